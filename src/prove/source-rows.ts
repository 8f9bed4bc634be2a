import { formatIdentifier, formatLiteral, formatQualified } from "../sql/identifiers.js";
import type { SourceTable } from "./source-tables.js";

/** A row's values as PostgreSQL writes them, by column. */
export type SourceRow = Readonly<Record<string, string | null>>;

/** The rows of all sources, by the source's name. */
export type SourceRows = ReadonlyMap<string, readonly SourceRow[]>;

/** One change of a source. */
export type SourceChange =
    | { readonly kind: "insert"; readonly source: string; readonly row: SourceRow }
    | { readonly kind: "update"; readonly source: string; readonly where: SourceRow; readonly set: SourceRow }
    | { readonly kind: "delete"; readonly source: string; readonly where: SourceRow };

/** The statement for a change, short enough to be read and complete enough to be run. */
export function formatChange(table: SourceTable, change: SourceChange): string {
    const relation = formatQualified(table.schema, table.table);
    switch (change.kind) {
        case "insert":
            return `insert into ${relation} (${formatNames(change.row)}) values (${formatValues(table, change.row)})`;
        case "update":
            return `update ${relation} set ${assignments(table, change.set)} where ${conditions(table, change.where)}`;
        case "delete":
            return `delete from ${relation} where ${conditions(table, change.where)}`;
    }
}

/** One statement for rows that all have the same columns. */
export function formatInsert(table: SourceTable, rows: readonly SourceRow[]): string {
    const [first = {}] = rows;
    const values = rows.map((row) => `(${formatValues(table, row)})`).join(",\n");
    return `insert into ${formatQualified(table.schema, table.table)} (${formatNames(first)}) values\n${values}`;
}

function formatNames(row: SourceRow): string {
    return Object.keys(row).map(formatIdentifier).join(", ");
}

function formatValues(table: SourceTable, row: SourceRow): string {
    return Object.entries(row)
        .map(([name, value]) => formatValue(table, name, value))
        .join(", ");
}

function assignments(table: SourceTable, row: SourceRow): string {
    return Object.entries(row)
        .map(([name, value]) => `${formatIdentifier(name)} = ${formatValue(table, name, value)}`)
        .join(", ");
}

function conditions(table: SourceTable, row: SourceRow): string {
    return Object.entries(row)
        .map(([name, value]) => {
            if (value === null) {
                return `${formatIdentifier(name)} is null`;
            }
            // Compared as text, because some types, such as json, have no `=`.
            return table.source.key.includes(name)
                ? `${formatIdentifier(name)} = ${formatValue(table, name, value)}`
                : `${formatIdentifier(name)}::text = ${formatLiteral(value)}`;
        })
        .join(" and ");
}

function formatValue({ columns }: SourceTable, name: string, value: string | null): string {
    if (value === null) {
        return "null";
    }
    const type = columns.find((column) => column.name === name)?.type ?? "";
    return /^(smallint|integer|bigint)$/.test(type) && /^-?\d+$/.test(value) ? value : formatLiteral(value);
}
