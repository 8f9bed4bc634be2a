import { beforeAll, expect, it } from "vitest";
import type { TableModelDefinition } from "../../src/warehouse/definitions.js";
import { alterModel, createModel, declareSource } from "../../src/warehouse/index.js";
import { migrate } from "../engine/migrate.js";
import { build, failuresOf } from "../properties/build.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const fctOrders: TableModelDefinition = {
    name: "fct_orders",
    layer: "warehouse",
    materialisation: "table",
    description: "Orders.",
    grain: "one row per order",
    select: "select id as order_id, status from {source_schema}.orders",
    primaryKey: ["order_id"],
    entityKey: "order_id",
    columns: [
        { name: "order_id", type: "integer", description: "Order." },
        { name: "status", type: "text", description: "Status." },
    ],
    affectedBy: { orders: "select id from changed" },
    tests: [
        { kind: "not_null", column: "status", severity: "warn" },
        { kind: "expression", name: "status_is_short", expression: "length(status) < 3" },
    ],
};

describeOnBothDatabases("alterModel", { template: "operations" }, (database) => {
    const read = async (sql: string): Promise<readonly unknown[]> => (await database.connected.query(sql)).rows;

    beforeAll(async () => {
        await migrate(database.connected, async (knex) => {
            await knex.raw("create table staging.orders (id int, status text, modified_at timestamp)");
            await declareSource(knex, {
                name: "orders",
                description: "Orders.",
                key: "id",
                versionColumn: "modified_at",
                columns: [{ name: "id", type: "integer" }],
            });
            await createModel(knex, fctOrders);
        });
        await database.connected.query(
            "insert into staging.orders values (1, 'a', '2025-01-01'), (2, 'b', '2025-01-01')",
        );
        expect(failuresOf(await build(database, { fullRefresh: false }))).toEqual([]);
    });

    it("keeps the table, its rows and what hangs on it, and has it rebuilt whole by the next build", async () => {
        await database.connected.query("create view public.mine as select * from warehouse.fct_orders");
        const identity = "select 'warehouse.fct_orders'::regclass::oid as oid";
        const before = await read(identity);
        await migrate(database.connected, (knex) =>
            alterModel(knex, "fct_orders", {
                select: "select id as order_id, upper(status) as status, id * 2 as twice from {source_schema}.orders;",
                addedColumns: [{ name: "twice", type: "int", description: "It's twice the order." }],
                columnDescriptions: { status: "In capitals." },
                tests: [
                    { kind: "not_null", column: "status" },
                    { kind: "expression", name: "twice_is_even", expression: "twice % 2 = 0" },
                ],
                removedTests: ["fct_orders.status_is_short"],
            }),
        );
        expect(await read("select order_id, status, twice from warehouse.fct_orders order by 1")).toEqual([
            { order_id: 1, status: "a", twice: null },
            { order_id: 2, status: "b", twice: null },
        ]);
        expect(await read("select test_name, severity, position from ops.data_test order by position")).toEqual([
            { test_name: "fct_orders.not_null.status", severity: "error", position: 0 },
            { test_name: "fct_orders.twice_is_even", severity: "error", position: 1 },
        ]);
        expect(
            await read(
                "select col_description('warehouse.fct_orders'::regclass, 2) as status, col_description('warehouse.fct_orders'::regclass, 3) as twice",
            ),
        ).toEqual([{ status: "In capitals.", twice: "It's twice the order." }]);

        const { models } = await build(database, { fullRefresh: false });
        expect(models.map(({ scope, rows }) => [scope, rows])).toEqual([
            [
                { kind: "all", reason: "its SELECT has changed" },
                { inserted: 0, updated: 2, deleted: 0, unchanged: 0 },
            ],
        ]);
        expect(await read("select order_id, status, twice from warehouse.fct_orders order by 1")).toEqual([
            { order_id: 1, status: "A", twice: 2 },
            { order_id: 2, status: "B", twice: 4 },
        ]);
        expect(await read(identity)).toEqual(before);
        expect(await read("select status from public.mine where order_id = 2")).toEqual([{ status: "B" }]);
    });

    it.each([
        {
            what: "an unknown model",
            name: "fct_none",
            change: {},
            message: 'There is no model "fct_none" to change.',
        },
        {
            what: "a SELECT without a column that the model has",
            name: "fct_orders",
            change: { select: "select id as order_id from {source_schema}.orders" },
            message: 'The new SELECT of "fct_orders" cannot replace the old one: cannot drop columns from view.',
        },
        {
            what: "a column of another type than declared",
            name: "fct_orders",
            change: {
                select: "select order_id, status, twice, 1 as one from warehouse.fct_orders",
                addedColumns: [{ name: "one", type: "bigint", description: "One." }],
            },
            message:
                'The new SELECT of "fct_orders" has the columns order_id integer, status text, twice integer, one integer, declared are order_id integer, status text, twice integer, one bigint.',
        },
    ])("refuses $what", async ({ name, change, message }) => {
        await expect(migrate(database.connected, (knex) => alterModel(knex, name, change))).rejects.toMatchObject({
            code: "failed",
            message,
        });
    });
});
