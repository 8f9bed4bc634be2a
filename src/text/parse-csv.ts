/** A record of a CSV file and the line on which it begins. */
export interface CsvRecord {
    /** Null for an empty field without quotes, as PostgreSQL's COPY reads it. */
    readonly fields: readonly (string | null)[];
    readonly line: number;
}

export interface ParsedCsv {
    readonly records: readonly CsvRecord[];
    /** The line of a quoted field without its end; null where all is well. */
    readonly unclosedLine: number | null;
}

/** Reads CSV as RFC 4180 and PostgreSQL's COPY do. Empty lines between records are none. */
export function parseCsv(text: string): ParsedCsv {
    const records: CsvRecord[] = [];
    const field = /"((?:[^"]|"")*)("?)|([^,\n]*)/y;
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
        field.lastIndex = at;
        const [all = "", quoted, end, plain] = field.exec(text) ?? [];
        if (quoted !== undefined && end === "") {
            return { records, unclosedLine: line };
        }
        // What follows a closing quote up to the comma belongs to the field, as COPY has it.
        at += all.length;
        const rest = quoted === undefined ? "" : (/[^,\n]*/y.exec(text.slice(at))?.[0] ?? "");
        at += rest.length;
        fields.push(
            quoted === undefined ? (plain === "" ? null : (plain ?? null)) : quoted.replaceAll('""', '"') + rest,
        );
        line += (quoted?.match(/\n/g) ?? []).length;
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
