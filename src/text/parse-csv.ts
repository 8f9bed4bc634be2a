/** A record of a CSV file and the line on which it begins. */
export interface CsvRecord {
    /** Null for an empty field without quotes, as PostgreSQL's COPY reads it. */
    readonly fields: readonly (string | null)[];
    readonly line: number;
}

export interface ParsedCsv {
    readonly records: readonly CsvRecord[];
    /** The line of a quoted field that is never closed; null when all are closed. */
    readonly unclosedLine: number | null;
}

/** Reads CSV as RFC 4180 and PostgreSQL's COPY do, but skips empty lines. */
export function parseCsv(text: string): ParsedCsv {
    const records: CsvRecord[] = [];
    let fields: (string | null)[] = [];
    let line = 1;
    let recordLine = 1;
    let at = 0;
    while (at < text.length) {
        if (fields.length === 0) {
            recordLine = line;
            if (text[at] === "\n") {
                at++;
                line++;
                continue;
            }
        }
        const isQuoted = text[at] === '"';
        const end = isQuoted ? endOfQuotedOrNull(text, at) : at;
        if (end === null) {
            return { records, unclosedLine: line };
        }
        const quoted = isQuoted ? text.slice(at + 1, end - 1) : "";
        // As in COPY, text between a closing quote and the comma belongs to the field.
        const rest = restOfField(text, end);
        at = end + rest.length;
        fields.push(isQuoted ? quoted.replaceAll('""', '"') + rest : rest === "" ? null : rest);
        line += (quoted.match(/\n/g) ?? []).length;
        if (text[at] === ",") {
            at++;
            if (at === text.length || text[at] === "\n") {
                fields.push(null);
            }
        }
        if (at === text.length || text[at] === "\n") {
            records.push({ fields, line: recordLine });
            fields = [];
            at++;
            line++;
        }
    }
    return { records, unclosedLine: null };
}

/** Behind the quote that ends a field; null where there is none. */
function endOfQuotedOrNull(text: string, start: number): number | null {
    for (let at = start + 1; ; at += 2) {
        at = text.indexOf('"', at);
        if (at === -1) {
            return null;
        }
        if (text[at + 1] !== '"') {
            return at + 1;
        }
    }
}

function restOfField(text: string, start: number): string {
    const rest = /[^,\n]*/y;
    rest.lastIndex = start;
    return rest.exec(text)?.[0] ?? "";
}
