import type { Database } from "../../src/database/database.js";
import { emptyLanding, insertLanding, truncateLanding, type Landing } from "../oracle/landing.js";

/** Something that landing tables are not meant to suffer, and what they hold afterwards. */
export interface Mishap {
    readonly name: string;
    readonly befall: (database: Database, sourceSchema: string, landed: Landing) => Promise<Landing>;
}

const tables = Object.keys(emptyLanding);

const unchanged =
    (...statements: readonly ((table: string) => string)[]): Mishap["befall"] =>
    async (database, sourceSchema, landed) => {
        for (const statement of statements) {
            for (const table of tables) {
                await database.query(statement(`${sourceSchema}.${table}`));
            }
        }
        return landed;
    };

/** What can happen to landing tables between two builds. */
export const mishaps: readonly Mishap[] = [
    { name: "nothing", befall: unchanged() },
    {
        name: "rewritten",
        befall: async (database, sourceSchema, landed) => {
            for (const table of tables) {
                await database.maintain(`vacuum full ${sourceSchema}.${table}`);
            }
            return landed;
        },
    },
    { name: "touched", befall: unchanged((table) => `update ${table} set id = id`) },
    { name: "counters reset", befall: unchanged(() => "select pg_stat_reset()") },
    {
        name: "corrected",
        befall: async (database, sourceSchema, landed) => {
            await database.query(`update ${sourceSchema}.customer set name = 'Corrected' where id = 1`);
            await database.query(`update ${sourceSchema}.product set price = 5 where id = 1`);
            await database.query(`update ${sourceSchema}.orders set status = 'SHIPPED' where id = 1`);
            await database.query(`update ${sourceSchema}.orderitem set quantity = 3 where id = 1`);
            return {
                ...landed,
                customer: landed.customer.map((row) => (row.id === 1 ? { ...row, name: "Corrected" } : row)),
                product: landed.product.map((row) => (row.id === 1 ? { ...row, price: 5 } : row)),
                orders: landed.orders.map((row) => (row.id === 1 ? { ...row, status: "SHIPPED" } : row)),
                orderitem: landed.orderitem.map((row) => (row.id === 1 ? { ...row, quantity: 3 } : row)),
            };
        },
    },
    {
        name: "loaded anew without some rows",
        befall: async (database, sourceSchema, landed) => {
            const left: Landing = {
                customer: landed.customer.slice(1),
                product: landed.product.slice(1),
                orders: landed.orders.slice(1),
                orderitem: landed.orderitem.slice(1),
                event: landed.event.slice(1),
            };
            await truncateLanding(database, sourceSchema);
            await insertLanding(database, left, sourceSchema);
            return left;
        },
    },
];
