import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import type { Database } from "../../src/database/database.js";
import { quoteIdentifier, quoteQualified } from "../../src/sql/identifiers.js";
import { parseCsv } from "./csv.js";

const versionColumns = {
    id: "integer not null",
    created_at: "timestamp default now()",
    modified_at: "timestamp default now()",
};

/** Column types of the webshop's landing tables, as its extract makes them. */
export const landingTables = {
    customer: { name: "text", email: "text", phone_number: "text" },
    product: {
        name: "text",
        description: "text",
        EAN: "text",
        price: "float8",
        discount_percent: "float8",
        brand: "int",
        inventory: "int",
        published: "bool",
    },
    orders: { customer: "int", status: "text", customer_address: "int" },
    orderitem: { order: "int", product: "int", quantity: "int", price: "float8" },
    event: { type: "text", event: "json" },
    category: { name: "text", parent: "int" },
    productbrand: { name: "text" },
    productcategory: { category: "int", product: "int" },
    customeraddress: {
        customer: "int",
        street: "text",
        number: "text",
        city: "text",
        postal_code: "text",
        country: "text",
    },
    paymentprovider: { name: "text", fixed_payment_costs: "float8", percentage_payment_costs: "float8" },
    customerpaymentprovider: { customer: "int", provider: "int", account_no: "text" },
} as const satisfies Record<string, Record<string, string>>;

export type LandingTable = keyof typeof landingTables;

/** The folder with a sample of real landing tables, one CSV file a table; null on machines that have none. */
const sampleFolderOrNull = process.env.STARDECK_WEBSHOP_SAMPLE ?? null;

/** Defines tests of the real sample if it exists, otherwise none. */
export function describeWhereSampleExists(name: string, defineTests: (sampleFolder: string) => void): void {
    if (sampleFolderOrNull !== null) {
        const sampleFolder = sampleFolderOrNull;
        describe(name, () => {
            defineTests(sampleFolder);
        });
    }
}

/** Creates all landing tables, empty, and the schema when it is missing. */
export async function createLandingTables(database: Database, schema: string): Promise<void> {
    await database.query(`create schema if not exists ${quoteIdentifier(schema)}`);
    for (const [table, columns] of Object.entries(landingTables)) {
        const definitions = Object.entries({ ...columns, ...versionColumns })
            .map(([name, type]) => `${quoteIdentifier(name)} ${type}`)
            .join(", ");
        await database.query(`create table ${quoteQualified(schema, table)} (${definitions})`);
    }
}

/** Appends rows of text, null or both, in the order of `columns`; PostgreSQL reads each text as the column's type. */
export async function appendLandingRows(
    database: Database,
    schema: string,
    table: LandingTable,
    columns: readonly string[],
    rows: readonly (readonly (string | null)[])[],
): Promise<void> {
    const types: Record<string, string> = {
        ...landingTables[table],
        id: "int",
        created_at: "timestamp",
        modified_at: "timestamp",
    };
    const names = columns.map(quoteIdentifier).join(", ");
    const casts = columns.map((name, index) => `value_${index}::${types[name] ?? "text"}`).join(", ");
    const aliases = columns.map((_, index) => `value_${index}`).join(", ");
    const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(", ");
    await database.query(
        `insert into ${quoteQualified(schema, table)} (${names}) select ${casts} from unnest(${arrays}) as landed (${aliases})`,
        columns.map((_, index) => rows.map((row) => row[index] ?? null)),
    );
}

/** Fills landing tables from `<table>.csv` files with a header line, as `copy … with (format csv, header)` would. */
export async function restoreLandingCsv(database: Database, schema: string, folder: string): Promise<void> {
    for (const table of Object.keys(landingTables) as LandingTable[]) {
        const [header, ...rows] = parseCsv(await readFile(join(folder, `${table}.csv`), "utf8"));
        await appendLandingRows(database, schema, table, (header ?? []).map(String), rows);
    }
}
