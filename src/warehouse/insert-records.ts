import { quoteIdentifier } from "../sql/identifiers.js";
import type { CsvRecord } from "../text/parse-csv.js";
import type { Queryable } from "./queryable.js";

/** PostgreSQL takes 65,535 parameters; fewer at a time are as quick. */
const mostParameters = 20_000;

/**
 * Adds the records of a CSV file to a table, in their order. Each value is read as PostgreSQL reads a text for the type of its column, and
 * refused where it is too long for it.
 *
 * @param relation quoted and qualified
 */
export async function insertRecords(
    database: Queryable,
    relation: string,
    columnNames: readonly string[],
    records: readonly CsvRecord[],
): Promise<void> {
    const names = columnNames.map(quoteIdentifier).join(", ");
    const width = columnNames.length;
    const chunkRows = Math.max(1, Math.floor(mostParameters / width));
    for (let start = 0; start < records.length; start += chunkRows) {
        const chunk = records.slice(start, start + chunkRows);
        const rows = chunk.map(
            (_, row) => `(${columnNames.map((_, column) => `$${row * width + column + 1}`).join(", ")})`,
        );
        await database.query(
            `insert into ${relation} (${names}) values ${rows.join(", ")}`,
            chunk.flatMap(({ fields }) => fields),
        );
    }
}
