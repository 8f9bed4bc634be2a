import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { quoteLiteral } from "../../src/sql/identifiers.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landOrders, modelOf, rowsOf } from "./small-builds.js";
import { createSmallWarehouse } from "./small-warehouse.js";

interface Definition {
    readonly select: string;
    readonly notNull?: readonly string[];
    readonly primaryKey?: readonly string[];
}

/** Does what a migration does: changes the SELECT, adds new empty columns, and leaves the rest to the build. */
async function redefine(
    database: Database,
    name: string,
    { select, notNull = [], primaryKey }: Definition,
    statements: readonly string[] = [],
): Promise<void> {
    const view = `prep.${name}__select`;
    await database.withTransaction(async (connection) => {
        await connection.query(`drop view ${view}`);
        await connection.query(`create view ${view} as ${select}`);
        for (const statement of statements) {
            await connection.query(statement);
        }
        await connection.query(
            `update ops.model
            set
                columns = (
                    select jsonb_agg(
                        jsonb_build_object(
                            'name', attname, 'type', format_type(atttypid, atttypmod), 'description', '',
                            'notNull', attname = any ($2::text[])
                        )
                        order by attnum
                    )
                    from pg_attribute where attrelid = ${quoteLiteral(view)}::regclass and attnum > 0
                ),
                primary_key = coalesce($3::text[], primary_key)
            where model_name = $1`,
            [name, notNull, primaryKey ?? null],
        );
    });
}

const columnsOf = (database: Database, relation: string): Promise<(readonly (string | null)[])[]> =>
    rowsOf(
        database,
        `select attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end
        from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
        [relation],
    );

const keyOf = (database: Database, relation: string): Promise<(readonly (string | null)[])[]> =>
    rowsOf(
        database,
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and contype = 'p'",
        [relation],
    );

const latest = `select distinct on (order_id) order_id, customer_id, status, amount
    from prep.stg_order order by order_id, modified_at desc`;

describeOnBothDatabases("a table whose columns are not those that its model wants", (test) => {
    let before: readonly unknown[] = [];
    const oid = async (): Promise<readonly unknown[]> =>
        rowsOf(test.connected, "select 'warehouse.fct_orders'::regclass::oid");

    beforeEach(async () => {
        await test.connected.query("drop schema if exists bi cascade");
        for (const schema of ["ops", "prep", "warehouse", "marts", "staging"]) {
            await test.connected.query(`drop schema if exists ${schema} cascade`);
        }
        await createSmallWarehouse(test.connected);
        await landOrders(test.connected, { id: 1, amount: "10" }, { id: 2, customer: 2, amount: "20" });
        await build(test.connected);
        before = await oid();
    });

    it("loses, gets and retypes columns when it is built, and keeps its identity and what hangs on it", async () => {
        await test.connected.query("create schema bi");
        await test.connected.query("create view bi.statuses as select order_id, status from warehouse.fct_orders");
        await test.connected.query("comment on view warehouse.paid_orders is 'Mine.'");
        await test.connected.query("comment on column warehouse.paid_orders.amount is 'Paid.'");
        await test.connected.query("grant select on warehouse.paid_orders to public");
        await redefine(
            test.connected,
            "fct_orders",
            {
                select: `select order_id, customer_id, status, (amount * 10)::bigint as amount, order_id % 2 = 0 as is_even from (${latest}) as latest`,
                notNull: ["status", "is_even"],
            },
            ["alter table warehouse.fct_orders add column is_even boolean"],
        );
        const grants = "select relacl::text from pg_class where oid = 'warehouse.paid_orders'::regclass";
        const granted = await rowsOf(test.connected, grants);

        const summary = await build(test.connected);
        expect(modelOf(summary, "fct_orders").scope).toEqual({ kind: "all", reason: "its SELECT has changed" });
        expect(modelOf(summary, "mart_customers").scope).toEqual({ kind: "all", reason: "fct_orders was rebuilt" });
        expect(changesOf(summary)).toMatchObject({
            fct_orders: "all: +0 ~2 -0 =0",
            mart_customers: "all: +0 ~2 -0 =0",
        });
        expect(await columnsOf(test.connected, "warehouse.fct_orders")).toEqual([
            ["order_id", "integer", "not null"],
            ["customer_id", "integer", null],
            ["status", "text", "not null"],
            ["amount", "bigint", null],
            ["is_even", "boolean", "not null"],
        ]);
        expect(await rowsOf(test.connected, "select * from warehouse.fct_orders order by 1")).toEqual([
            ["1", "1", "PAID", "100", "f"],
            ["2", "2", "PAID", "200", "t"],
        ]);
        expect(await oid()).toEqual(before);
        expect(await columnsOf(test.connected, "warehouse.paid_orders")).toContainEqual(["amount", "bigint", null]);
        expect(await rowsOf(test.connected, grants)).toEqual(granted);
        expect(
            await rowsOf(
                test.connected,
                "select obj_description('warehouse.paid_orders'::regclass), col_description('warehouse.paid_orders'::regclass, 3)",
            ),
        ).toEqual([["Mine.", "Paid."]]);
        expect(await rowsOf(test.connected, "select status from bi.statuses where order_id = 2")).toEqual([["PAID"]]);
        expect(changesOf(await build(test.connected))).toEqual({});
    });

    it("gets another primary key, under which it is filled anew", async () => {
        await redefine(
            test.connected,
            "mart_customers",
            {
                select: "select order_id, customer_id, amount as total from warehouse.paid_orders",
                primaryKey: ["order_id", "customer_id"],
            },
            ["alter table marts.mart_customers add column order_id integer"],
        );
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ mart_customers: "all: +2 ~0 -2 =0" });
        expect(await keyOf(test.connected, "marts.mart_customers")).toEqual([
            ["mart_customers_order_id_customer_id_pk", "PRIMARY KEY (order_id, customer_id)"],
        ]);
        expect(await columnsOf(test.connected, "marts.mart_customers")).toEqual([
            ["customer_id", "integer", "not null"],
            ["total", "numeric", null],
            ["order_id", "integer", "not null"],
        ]);
        expect(changesOf(await build(test.connected))).toEqual({});
    });

    it.each([
        { what: "a type without a cast", type: "customer_id > 1", column: "customer_id", found: ["f", "t"] },
        { what: "a type for which a value has no cast", type: "order_id", column: "status", found: ["1", "2"] },
    ])("takes $what", async ({ type, column, found }) => {
        await test.connected.query("drop view warehouse.paid_orders cascade");
        await test.connected.query("delete from ops.model where model_name in ('paid_orders', 'mart_customers')");
        const columns = ["customer_id", "status", "amount"].map((name) =>
            name === column ? `${type} as ${name}` : name,
        );
        await redefine(test.connected, "fct_orders", {
            select: `select order_id, ${columns.join(", ")} from (${latest}) as latest`,
            notNull: [column],
        });
        expect(modelOf(await build(test.connected, { command: "run" }), "fct_orders")).toMatchObject({ status: "ok" });
        const rows = await rowsOf(test.connected, `select ${column} from warehouse.fct_orders order by order_id`);
        expect(rows.flat()).toEqual(found);
    });

    it("takes another type of its key", async () => {
        await redefine(test.connected, "fct_visits", {
            select: "select visit_id::text as visit_id, page from prep.stg_visit",
        });
        await test.connected.query(
            "insert into staging.visit (id, page, modified_at) values (7, 'home', '2025-01-01')",
        );
        expect(changesOf(await build(test.connected))).toEqual({ fct_visits: "all: +1 ~0 -0 =0" });
        expect(await keyOf(test.connected, "warehouse.fct_visits")).toEqual([
            ["fct_visits_visit_id_pk", "PRIMARY KEY (visit_id)"],
        ]);
    });

    describe("stays as it was", () => {
        const unchanged = async (): Promise<void> => {
            expect(await columnsOf(test.connected, "warehouse.fct_orders")).toEqual([
                ["order_id", "integer", "not null"],
                ["customer_id", "integer", null],
                ["customer_name", "text", null],
                ["status", "text", null],
                ["amount", "numeric", null],
            ]);
            expect(
                await rowsOf(test.connected, "select order_id, amount from warehouse.fct_orders order by 1"),
            ).toEqual([
                ["1", "10"],
                ["2", "20"],
            ]);
            expect(
                await rowsOf(test.connected, "select order_id, amount from warehouse.paid_orders order by 1"),
            ).toEqual([
                ["1", "10"],
                ["2", "20"],
            ]);
        };

        it.each([
            {
                what: "a data test of it fails",
                definition: {
                    select: `select order_id, customer_id, status, -amount::int as amount from (${latest}) as latest`,
                },
                message: "test fct_orders.amount_is_positive failed with 2 rows; what was published before is kept",
            },
            {
                what: "a column that must not be null is null",
                definition: {
                    select: `select order_id, customer_id, nullif(status, 'PAID') as status, amount from (${latest}) as latest`,
                    notNull: ["status"],
                },
                message:
                    'The SELECT gives null for "status", which must not be null. Failing row contains (1, 1, null, 10).',
            },
            {
                what: "a key is there twice",
                definition: {
                    select: `select order_id, 1 as customer_id, status, amount::int as amount from (${latest}) as latest`,
                    primaryKey: ["customer_id"],
                },
                message:
                    "The SELECT gives several rows for the key (customer_id) = (1). Make it give one row per order.",
            },
        ])("when $what", async ({ definition, message }) => {
            await redefine(test.connected, "fct_orders", definition);
            const summary = await build(test.connected, { select: ["fct_orders"] });
            expect(modelOf(summary, "fct_orders").message).toBe(message);
            await unchanged();
        });

        it("when a view of others reads what has to get another type, directly or through a model", async () => {
            await test.connected.query("create schema bi");
            await test.connected.query("create view bi.paid as select amount from warehouse.paid_orders");
            await redefine(test.connected, "fct_orders", {
                select: `select order_id, customer_id, status, amount::int as amount from (${latest}) as latest`,
            });
            const summary = await build(test.connected, { select: ["fct_orders"] });
            expect(modelOf(summary, "fct_orders").message).toBe(
                "warehouse.fct_orders cannot change the type of amount: view bi.paid reads it and would have to be dropped. Drop it, build, and make it again; what was published before is kept.",
            );
            await unchanged();
        });

        it("when a view of others reads a column that has to go", async () => {
            await test.connected.query("create schema bi");
            await test.connected.query("create view bi.names as select customer_name from warehouse.fct_orders");
            await redefine(test.connected, "fct_orders", {
                select: `select order_id, customer_id, status, amount from (${latest}) as latest`,
            });
            const summary = await build(test.connected, { select: ["fct_orders"] });
            expect(modelOf(summary, "fct_orders").message).toBe(
                "fct_orders cannot be given its new columns: cannot drop column customer_name of table warehouse.fct_orders because other objects depend on it (view bi.names depends on column customer_name of table warehouse.fct_orders). What was published before is kept.",
            );
            await unchanged();
        });
    });
});
