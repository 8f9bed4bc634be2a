import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCsv } from "../setup/csv.js";
import { landingTables } from "../setup/landing-tables.js";
import type { Landing } from "./landing.js";

/** Reads the modelled landing tables from `<table>.csv` files with a header line. */
export async function readLandingCsv(folder: string): Promise<Landing> {
    const [customer, product, orders, orderitem, event] = await Promise.all([
        readTable(folder, "customer"),
        readTable(folder, "product"),
        readTable(folder, "orders"),
        readTable(folder, "orderitem"),
        readTable(folder, "event"),
    ]);
    return { customer, product, orders, orderitem, event };
}

async function readTable<Table extends keyof Landing>(folder: string, table: Table): Promise<Landing[Table]> {
    const [header = [], ...records] = parseCsv(await readFile(join(folder, `${table}.csv`), "utf8"));
    const types: Record<string, string> = { ...landingTables[table], id: "int" };
    return records.map((record) => {
        const values = header.map((column, index) => [
            column ?? "",
            parseValue(record[index] ?? null, types[column ?? ""] ?? "text"),
        ]);
        return Object.fromEntries(values) as unknown;
    }) as readonly unknown[] as Landing[Table];
}

function parseValue(text: string | null, type: string): string | number | boolean | null {
    switch (text === null ? "null" : type) {
        case "null":
            return null;
        case "bool":
            return text === "t" || text === "true";
        case "int":
        case "float8":
            return Number(text);
        default:
            return text;
    }
}
