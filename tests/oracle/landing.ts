import type { Database } from "../../src/database/database.js";
import { quoteQualified } from "../../src/sql/identifiers.js";
import { appendLandingRows } from "../setup/landing-tables.js";

interface LandingRecord {
    readonly id: number | null;
    /** PostgreSQL's text form of a timestamp, `infinity` and `-infinity` included. */
    readonly created_at: string | null;
    readonly modified_at: string | null;
}

export interface CustomerRow extends LandingRecord {
    readonly name: string | null;
    readonly email: string | null;
    readonly phone_number: string | null;
}

export interface ProductRow extends LandingRecord {
    readonly name: string | null;
    readonly description: string | null;
    readonly EAN: string | null;
    /** float8: NaN and infinities may occur. */
    readonly price: number | null;
    readonly discount_percent: number | null;
    readonly brand: number | null;
    readonly inventory: number | null;
    readonly published: boolean | null;
}

export interface OrderRow extends LandingRecord {
    readonly customer: number | null;
    readonly status: string | null;
    readonly customer_address: number | null;
}

export interface OrderItemRow extends LandingRecord {
    readonly order: number | null;
    readonly product: number | null;
    readonly quantity: number | null;
    readonly price: number | null;
}

export interface EventRow extends LandingRecord {
    readonly type: string | null;
    /** The raw text of the JSON value, or null for a null column. */
    readonly event: string | null;
}

/** What the modelled landing tables hold, or what one batch appends to them. */
export interface Landing {
    readonly customer: readonly CustomerRow[];
    readonly product: readonly ProductRow[];
    readonly orders: readonly OrderRow[];
    readonly orderitem: readonly OrderItemRow[];
    readonly event: readonly EventRow[];
}

export const emptyLanding: Landing = { customer: [], product: [], orders: [], orderitem: [], event: [] };

const landingColumns: { readonly [Table in keyof Landing]: readonly (keyof Landing[Table][number])[] } = {
    customer: ["name", "email", "phone_number"],
    product: ["name", "description", "EAN", "price", "discount_percent", "brand", "inventory", "published"],
    orders: ["customer", "status", "customer_address"],
    orderitem: ["order", "product", "quantity", "price"],
    event: ["type", "event"],
};

const modelledTables = Object.keys(landingColumns) as (keyof Landing)[];

/** All rows of several batches, in the order of their arrival. */
export function joinLandings(batches: readonly Landing[]): Landing {
    return {
        customer: batches.flatMap((batch) => batch.customer),
        product: batches.flatMap((batch) => batch.product),
        orders: batches.flatMap((batch) => batch.orders),
        orderitem: batches.flatMap((batch) => batch.orderitem),
        event: batches.flatMap((batch) => batch.event),
    };
}

/** Appends the rows, a few thousand per statement. Every column is written, nulls included. */
export async function insertLanding(database: Database, rows: Landing, sourceSchema: string): Promise<void> {
    for (const table of modelledTables) {
        const columns = [...landingColumns[table], "id", "created_at", "modified_at"];
        const texts = rows[table].map((row) => {
            const record = row as unknown as Readonly<Record<string, string | number | boolean | null>>;
            return columns.map((column) => formatValue(record[column] ?? null));
        });
        for (let from = 0; from < texts.length; from += rowsPerStatement) {
            await appendLandingRows(database, sourceSchema, table, columns, texts.slice(from, from + rowsPerStatement));
        }
    }
}

/** Empties the modelled landing tables. */
export async function truncateLanding(database: Database, sourceSchema: string): Promise<void> {
    const names = modelledTables.map((table) => quoteQualified(sourceSchema, table));
    await database.query(`truncate ${names.join(", ")}`);
}

const rowsPerStatement = 5000;

function formatValue(value: string | number | boolean | null): string | null {
    return value === null ? null : String(value);
}
