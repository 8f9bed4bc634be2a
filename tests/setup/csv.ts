/** The records of a CSV text. As in PostgreSQL's COPY, an empty field is null unless it is quoted. */
export function parseCsv(text: string): (string | null)[][] {
    const records: (string | null)[][] = [];
    let record: (string | null)[] = [];
    // A field, quoted or plain, and its separator.
    for (const [, quoted, plain, end] of text.matchAll(/(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
        const isAfterLastLine = end === "" && record.length === 0 && quoted === undefined && plain === "";
        if (isAfterLastLine) {
            break;
        }
        record.push(quoted?.replaceAll('""', '"') ?? (plain === "" || plain === undefined ? null : plain));
        if (end !== ",") {
            records.push(record);
            record = [];
        }
    }
    return records;
}
