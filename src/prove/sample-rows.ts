import type { Connection } from "../database/connection.js";
import { formatIdentifier, formatQualified } from "../sql/identifiers.js";
import type { Links } from "./links.js";
import type { SourceRow, SourceRows } from "./source-rows.js";
import type { SourceTable } from "./source-tables.js";
import { isValueOf, numbersIn } from "./values.js";

/** How many rows of each source to take at random; the rows that they join are added. */
const randomRowCount = 8;
const mostRows = 30;

/** Tables with more rows than this are not read whole. */
const largeRowCount = 20_000;

/**
 * Takes some rows of each source, in an open read-only transaction: some at random, the rows of other sources that they join, and
 * the other versions of the same records.
 */
export async function sampleRows(
    database: Connection,
    tables: readonly SourceTable[],
    links: Links,
    seed: number,
): Promise<SourceRows> {
    const samples = new Map(tables.map(({ source }) => [source.name, new Sample()]));
    const sampleOf = (table: SourceTable): Sample => samples.get(table.source.name) ?? new Sample();
    for (const table of tables.filter(({ original }) => original !== null)) {
        sampleOf(table).add(await readAtRandom(database, table, seed));
    }
    // Twice, because the joined rows join further rows.
    for (let pass = 0; pass < 2; pass++) {
        for (const { from, to } of links.directed) {
            const source = tables.find(({ source: { name } }) => name === from.source);
            const target = tables.find(({ source: { name } }) => name === to.source);
            if (source !== undefined && target !== undefined && target.original !== null) {
                const values = sampleOf(source).valuesOf(from.column);
                sampleOf(target).add(await readByValues(database, target, to.column, values));
            }
        }
    }
    for (const table of tables.filter(({ original, source }) => original !== null && source.kind === "versions")) {
        const [column] = table.source.key;
        if (column !== undefined) {
            const sample = sampleOf(table);
            sample.add(await readByValues(database, table, column, sample.valuesOf(column)));
        }
    }
    return new Map([...samples].map(([name, sample]) => [name, sample.sorted]));
}

class Sample {
    private readonly rows: SourceRow[] = [];
    private readonly known = new Set<string>();

    add(rows: readonly SourceRow[]): void {
        for (const row of rows) {
            const text = JSON.stringify(row);
            if (this.rows.length < mostRows && !this.known.has(text)) {
                this.known.add(text);
                this.rows.push(row);
            }
        }
    }

    /** A column's values; for JSON documents, the numbers in them. */
    valuesOf(column: string): readonly string[] {
        return [
            ...new Set(
                this.rows.flatMap((row) => {
                    const value = row[column] ?? null;
                    return value === null
                        ? []
                        : value.startsWith("{") || value.startsWith('"')
                          ? numbersIn(value)
                          : [value];
                }),
            ),
        ];
    }

    get sorted(): readonly SourceRow[] {
        return [...this.rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
    }
}

/** The columns that an INSERT fills: all but generated ones. */
export function filledColumns({ columns }: SourceTable): readonly string[] {
    return columns.filter(({ generatedAs }) => generatedAs === null).map(({ name }) => name);
}

function readAtRandom(database: Connection, table: SourceTable, seed: number): Promise<readonly SourceRow[]> {
    const { rowCount = 0, canBeSampled = false } = table.original ?? {};
    const relation = formatQualified(table.schema, table.table);
    if (rowCount > largeRowCount) {
        const percentage = Math.min(100, (100 * largeRowCount) / 4 / rowCount);
        const part = canBeSampled ? ` tablesample system (${percentage}) repeatable (${seed})` : "";
        return readRows(database, table, `from ${relation}${part} limit ${randomRowCount}`);
    }
    const order = `order by pg_catalog.md5(sampled::text || '${seed}')`;
    return readRows(database, table, `from ${relation} as sampled ${order} limit ${randomRowCount}`);
}

function readByValues(
    database: Connection,
    table: SourceTable,
    column: string,
    values: readonly string[],
): Promise<readonly SourceRow[]> {
    const type = table.columns.find(({ name }) => name === column)?.type ?? "text";
    const usable = values.filter((value) => isValueOf(type, value)).slice(0, mostRows);
    return usable.length === 0
        ? Promise.resolve([])
        : readRows(
              database,
              table,
              `from ${formatQualified(table.schema, table.table)} where ${formatIdentifier(column)} = any($1::${type}[]) limit ${mostRows}`,
              [usable],
          );
}

async function readRows(
    database: Connection,
    table: SourceTable,
    rest: string,
    parameters: readonly unknown[] = [],
): Promise<readonly SourceRow[]> {
    const columns = filledColumns(table);
    const { rows } = await database.queryText(`select ${columns.map(formatIdentifier).join(", ")} ${rest}`, parameters);
    return rows.map((row) => Object.fromEntries(columns.map((name, place) => [name, row[place] ?? null])));
}

/** All rows of the sources, in a fixed order. */
export async function loadSourceRows(database: Connection, tables: readonly SourceTable[]): Promise<SourceRows> {
    const found = new Map<string, readonly SourceRow[]>();
    for (const table of tables) {
        const rows = await readRows(database, table, `from ${formatQualified(table.schema, table.table)}`);
        found.set(
            table.source.name,
            [...rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
        );
    }
    return found;
}
