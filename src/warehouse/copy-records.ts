import { DatabaseError } from "pg";
import { formatCopyRow } from "../database/copy-in.js";
import type { StatementError } from "../database/errors.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { CsvRecord } from "../text/parse-csv.js";
import type { CopyTarget } from "./queryable.js";

/**
 * Adds the records of a CSV file to a table, in their order, by COPY: PostgreSQL parses each value by the type of its column, and
 * refuses one that is too long.
 */
export async function copyRecords(
    database: CopyTarget,
    { schema, name }: { readonly schema: string; readonly name: string },
    columnNames: readonly string[],
    records: readonly CsvRecord[],
): Promise<void> {
    await database.copyIn(
        `copy ${quoteQualified(schema, name)} (${columnNames.map(quoteIdentifier).join(", ")}) from stdin`,
        records.map(({ fields }) => formatCopyRow(fields)).join(""),
    );
}

/** The line in the CSV file of the record that COPY refused; null if PostgreSQL does not say which. */
export function refusedLineOrNull(
    error: StatementError,
    { name }: { readonly name: string },
    records: readonly CsvRecord[],
): number | null {
    // `COPY country, line 2, column code: "…"`, in the language of the server.
    const context = error.cause instanceof DatabaseError ? (error.cause.where ?? "") : "";
    const place = context.split("\n").find((line) => line.includes(name)) ?? "";
    const number = /\d+/.exec(place.replace(name, ""))?.[0];
    return number === undefined ? null : (records[Number(number) - 1]?.line ?? null);
}
