import { expect } from "vitest";
import type { Database } from "../../src/database/database.js";
import { quoteIdentifier, quoteQualified } from "../../src/sql/identifiers.js";
import type { Row } from "./row.js";
import { warehouseTables, type Warehouse, type WarehouseTable } from "./warehouse.js";

const tableNames = Object.keys(warehouseTables) as WarehouseTable[];

const booleanTypeId = 16;
const numericTypeId = 1700;

/** Reads the published models that the reference calculates. */
export async function loadWarehouse(database: Database): Promise<Warehouse> {
    const tables: Partial<Record<WarehouseTable, Row[]>> = {};
    for (const table of tableNames) {
        const order = quoteIdentifier(warehouseTables[table].key);
        const { fields, rows } = await database.withTransaction((connection) =>
            connection.queryText(
                `select * from ${quoteQualified(warehouseTables[table].schema, table)} order by ${order}`,
            ),
        );
        tables[table] = rows.map((values) =>
            Object.fromEntries(
                fields.map(({ name, typeId }, index) => [name, normalise(values[index] ?? null, typeId)]),
            ),
        );
    }
    return tables as Warehouse;
}

/** Fails with the first differing rows of every table that is not as expected; the order of rows does not matter. */
export function expectWarehouse(actual: Warehouse, expected: Warehouse): void {
    const difference = tableNames
        .map((table) => describeDifference(table, actual[table], expected[table]))
        .filter((text) => text !== "")
        .join("\n");
    expect(difference).toBe("");
}

const maxRowsShown = 5;

/** A few lines on what differs; empty when the tables are equal. A key that occurs twice is a difference. */
export function describeDifference(table: WarehouseTable, actual: readonly Row[], expected: readonly Row[]): string {
    const key = warehouseTables[table].key;
    const actualByKey = new Map(actual.map((row) => [row[key], row]));
    const expectedByKey = new Map(expected.map((row) => [row[key], row]));
    const lines: string[] = [];
    if (actualByKey.size !== actual.length) {
        lines.push(`  ${actual.length - actualByKey.size} rows repeat a ${key}`);
    }
    for (const [id, row] of expectedByKey) {
        const found = actualByKey.get(id);
        if (found === undefined) {
            lines.push(`  missing: ${JSON.stringify(row)}`);
            continue;
        }
        const columns = [...new Set([...Object.keys(row), ...Object.keys(found)])];
        const different = columns.filter((column) => row[column] !== found[column]);
        if (different.length > 0) {
            const values = different.map((column) => `${column} is ${show(found[column])}, not ${show(row[column])}`);
            lines.push(`  ${key} ${show(id)}: ${values.join("; ")}`);
        }
    }
    for (const [id, row] of actualByKey) {
        if (!expectedByKey.has(id)) {
            lines.push(`  unexpected: ${JSON.stringify(row)}`);
        }
    }
    if (lines.length === 0) {
        return "";
    }
    const rest = lines.length > maxRowsShown ? [`  … and ${lines.length - maxRowsShown} more`] : [];
    return [
        `${table}: ${actual.length} rows, ${expected.length} expected`,
        ...lines.slice(0, maxRowsShown),
        ...rest,
    ].join("\n");
}

function show(value: string | null | undefined): string {
    return value === undefined ? "no such column" : value === null ? "null" : JSON.stringify(value);
}

/** Values that are equal become equal texts. */
function normalise(text: string | null, typeId: number): string | null {
    if (text === null) {
        return null;
    }
    switch (typeId) {
        case booleanTypeId:
            return text === "t" ? "true" : "false";
        case numericTypeId:
            return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
        default:
            return text;
    }
}
