import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { judgeStatement } from "../../src/database/read-only/judge-statement.js";
import { verifyModels } from "../../src/engine/verify.js";
import { spreadSql } from "../../src/warehouse/citus.js";
import type { Distribution } from "../../src/project/definitions.js";
import { describeWhere } from "../setup/describe-where.js";
import { migrateTo, type TestModel } from "../setup/models.js";
import { build, changesOf, landCustomers, modelOf, rowsOf } from "./small-builds.js";
import { smallProject } from "./small-warehouse.js";

/** The coordinator of a cluster with at least two other servers, and a disposable database with the extension. */
const url = process.env.STARDECK_TEST_CITUS_URL ?? "";

const distributions: Readonly<Record<string, Distribution>> = {
    fct_orders: { column: "order_id" },
    fct_visits: { column: "visit_id" },
    mart_customers: { column: "customer_id" },
};

const models: readonly TestModel[] = smallProject.models.map((model) => {
    const distribution = distributions[model.name];
    return distribution === undefined ? model : { ...model, distribution };
});

describe("spreadSql", () => {
    it("distributes a table again only if its distribution differs", () => {
        const byCustomer = { kind: "distributed", column: "customer_id" } as const;
        const spread = (wanted: Distribution, actual: Parameters<typeof spreadSql>[2]): readonly string[] =>
            spreadSql('"marts"."it\'s"', wanted, actual);
        expect(spread({ column: "customer_id" }, byCustomer)).toEqual([]);
        expect(spread("reference", { kind: "reference", column: null })).toEqual([]);
        expect(spread("reference", null)).toEqual([`select pg_catalog.create_reference_table('"marts"."it''s"')`]);
        expect(spread({ column: "order_id" }, byCustomer)).toEqual([
            `select pg_catalog.undistribute_table('"marts"."it''s"')`,
            `select pg_catalog.create_distributed_table('"marts"."it''s"', 'order_id')`,
        ]);
    });
});

describeWhere(url !== "", "builds on Citus", "STARDECK_TEST_CITUS_URL names no cluster", () => {
    const opened: { database?: Database; close?: () => void; closed?: Promise<void> } = {};
    const database = (): Database => {
        if (opened.database === undefined) {
            throw new Error("not open");
        }
        return opened.database;
    };
    const run = async (...statements: readonly string[]): Promise<void> => {
        for (const statement of statements) {
            await database().query(statement);
        }
    };

    beforeAll(async () => {
        const settings = parseSettings({ databaseUrl: url }, {}, import.meta.dirname);
        await new Promise<void>((resolve, reject) => {
            opened.closed = withDatabase(settings.database, { ...settings, maxConnections: 4 }, async (connected) => {
                opened.database = connected;
                const isClosed = new Promise<void>((close) => {
                    opened.close = close;
                });
                resolve();
                await isClosed;
            });
            opened.closed.catch(reject);
        });
        await run("drop schema if exists staging, prep, warehouse, marts, ops cascade");
        await run(
            "create schema staging",
            "create table staging.customer (name text, id int, created_at timestamp, modified_at timestamp)",
            "create table staging.orders (customer int, status text, amount text, id int, created_at timestamp, modified_at timestamp)",
            "create table staging.visit (page text, id int, modified_at timestamp, loaded_at timestamp)",
            // It stays on the coordinator, and must not count as a landed row.
            "insert into staging.orders (id, customer, status, amount, modified_at) values (1, 1, 'PLACED', '10', '2026-01-01')",
            "select create_reference_table('staging.customer')",
            "select create_distributed_table('staging.orders', 'id')",
            "select create_distributed_table('staging.visit', 'id')",
        );
        await migrateTo(database(), { ...smallProject, models });
    });

    afterAll(async () => {
        opened.close?.();
        await opened.closed;
    });

    async function differing(): Promise<readonly string[]> {
        const results = await verifyModels(database(), { select: [], exclude: [], onResult: () => undefined });
        return results.filter(({ status }) => status !== "equal").map(({ modelName }) => modelName);
    }

    it("spreads tables as their models say, and copies the others", async () => {
        expect(
            await rowsOf(
                database(),
                `select table_name::text, citus_table_type, distribution_column
                from public.citus_tables where table_name::text !~ '^staging' order by 1`,
            ),
        ).toEqual([
            ["marts.mart_customers", "distributed", "customer_id"],
            ["warehouse.dim_customer", "reference", "<none>"],
            ["warehouse.fct_orders", "distributed", "order_id"],
            ["warehouse.fct_visits", "distributed", "visit_id"],
        ]);
    });

    it("leaves after each batch what a full refresh would", async () => {
        const batches: readonly (readonly string[])[] = [
            [
                "insert into staging.visit select 'page ' || n, n, '2026-01-01', '2026-01-01' from generate_series(1, 50) as n",
            ],
            [
                "insert into staging.orders (id, customer, status, amount, modified_at) select n, n % 7, 'PLACED', '5', '2026-01-02' from generate_series(1, 40) as n",
            ],
            // Late, doubled and moved to another customer.
            [
                "insert into staging.orders (id, customer, status, amount, modified_at) values (3, 5, 'PAID', '5', '2026-01-03'), (3, 5, 'PAID', '5', '2026-01-03'), (41, 1, 'PAID', '7', '2025-12-01')",
                "insert into staging.visit values ('late', 51, '2025-01-01', '2026-01-02')",
            ],
            [],
        ];
        await landCustomers(database(), [1, "Ada", "2026-01-01"], [5, "Bo", "2026-01-01"]);
        for (const [place, statements] of batches.entries()) {
            await run(...statements);
            if (place === 2) {
                await landCustomers(database(), [5, "Bob", "2026-01-03"]);
            }
            expect((await build(database())).status).toBe("ok");
            expect(await differing()).toEqual([]);
        }
        expect(await rowsOf(database(), "select count(*) from warehouse.fct_orders")).toEqual([["41"]]);
    });

    it("rebuilds on the servers only the entities that a new row affects", async () => {
        await run(
            "insert into staging.orders (id, customer, status, amount, modified_at) values (2, 2, 'PAID', '6', '2026-01-05')",
        );
        expect(changesOf(await build(database()))).toMatchObject({
            fct_orders: "1 entities: +0 ~1 -0 =0",
            mart_customers: "1 entities: +1 ~0 -0 =0",
        });
        expect(await differing()).toEqual([]);
    });

    it("finds rows of a transaction that was open while a build looked, and late ones", async () => {
        const insert = (id: number, modifiedAt: string): string =>
            `insert into staging.orders (id, customer, status, amount, modified_at) values (${id}, 4, 'PAID', '6', '${modifiedAt}')`;
        await database().withTransaction(async (connection) => {
            await connection.query(insert(50, "2025-06-01"));
            await connection.query("savepoint deeper");
            await connection.query(insert(51, "2025-06-01"));
            await connection.query("release savepoint deeper");
            // Their transaction ids follow the open one, but they commit before it.
            await run(insert(52, "2025-06-02"), insert(53, "2026-01-06"));
            expect((await build(database())).status).toBe("ok");
        });
        // Those that were written beside the open transaction on its servers are read again.
        for (const reason of [/orders: [234] new rows, late ones among them/, /^nothing new$/]) {
            const { scope } = modelOf(await build(database()), "fct_orders");
            expect(scope?.reason).toMatch(reason);
            expect(await differing()).toEqual([]);
        }
        await run(insert(54, "2025-06-03"));
        expect(modelOf(await build(database()), "fct_orders").scope?.reason).toContain(
            "orders: 1 new row, late ones among them",
        );
        expect(await differing()).toEqual([]);
    });

    it("finds a row that landed after its shard was moved", async () => {
        const [[shard = "", from = "", fromPort = "", to = "", toPort = ""] = []] = await rowsOf(
            database(),
            `select shardid, held.nodename, held.nodeport, other.nodename, other.nodeport
            from pg_catalog.citus_shards as held
            join pg_dist_node as other on other.shouldhaveshards and (other.nodename, other.nodeport) <> (held.nodename, held.nodeport)
            where table_name = 'staging.orders'::regclass
            order by 1 limit 1`,
        );
        await run(
            `select citus_move_shard_placement(${shard ?? ""}, '${from ?? ""}', ${fromPort ?? ""}, '${to ?? ""}', ${toPort ?? ""}, 'block_writes')`,
            "insert into staging.orders (id, customer, status, amount, modified_at) select n, 3, 'PAID', '8', '2026-01-06' from generate_series(60, 70) as n",
        );
        await build(database());
        expect(await differing()).toEqual([]);
        expect(await rowsOf(database(), "select count(*) from warehouse.fct_orders")).toEqual([["57"]]);
    });

    it("publishes nothing on any server when a test fails, nor does an atomic build", async () => {
        const before = await rowsOf(database(), "select order_id, amount from warehouse.fct_orders order by 1");
        await run(
            "insert into staging.orders (id, customer, status, amount, modified_at) select n, 1, 'PAID', '-1', '2026-02-01' from generate_series(1, 20) as n",
        );
        for (const isAtomic of [false, true]) {
            const summary = await build(database(), { isAtomic });
            expect(modelOf(summary, "fct_orders").message).toContain(
                "test fct_orders.amount_is_positive failed with 20 rows",
            );
            expect(await rowsOf(database(), "select order_id, amount from warehouse.fct_orders order by 1")).toEqual(
                before,
            );
        }
        await run(
            "insert into staging.orders (id, customer, status, amount, modified_at) select n, 1, 'PAID', '9', '2026-02-02' from generate_series(1, 20) as n",
        );
        expect((await build(database(), { isAtomic: true })).status).toBe("ok");
        expect(await differing()).toEqual([]);
    });

    it("names the file of a SELECT that Citus cannot run, and changes nothing", async () => {
        const select =
            "select customer_id, (select count(*) from warehouse.fct_orders as orders where orders.customer_id < dim_customer.customer_id) as lower from warehouse.dim_customer where is_current";
        const refused: TestModel = { name: "refused", layer: "marts", select, primaryKey: ["customer_id"] };
        await expect(migrateTo(database(), { ...smallProject, models: [...models, refused] })).rejects.toThrow(
            /^migrations\/models\/marts\/refused\.sql:1: Citus cannot run the SELECT of "refused" over tables that are spread: /,
        );
        expect(await rowsOf(database(), "select to_regclass('marts.refused')")).toEqual([[null]]);
    });

    describe("the read-only guard", () => {
        const judge = (sql: string): Promise<unknown> =>
            database().withTransaction((connection) => judgeStatement(connection, sql), { readOnly: true });

        it.each([
            "select * from run_command_on_shards('staging.orders', 'delete from %s')",
            "select * from run_command_on_workers('select 1')",
            "select * from run_command_on_all_nodes('select 1')",
            "select * from run_command_on_placements('staging.orders', 'delete from %s')",
            "select * from master_run_on_worker(array['localhost'], array[1], array['select 1'], false)",
            "select citus_move_shard_placement(1, 'a', 1, 'b', 2)",
            "select undistribute_table('staging.orders')",
            "select worker_partial_agg('sum(int)'::regprocedure::oid, id) from staging.orders",
        ])("refuses %s", async (sql) => {
            expect(await judge(sql)).toMatchObject({ sqlState: "25006" });
        });

        it.each([
            "select status, count(*) from staging.orders group by 1",
            "select * from warehouse.fct_orders join warehouse.dim_customer using (customer_id)",
            "select * from citus_tables",
            "select * from citus_shards",
            "select citus_total_relation_size('staging.orders')",
        ])("lets %s pass", async (sql) => {
            expect(await judge(sql)).toBe(null);
        });
    });
});
