import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Database } from "../../src/database/database.js";
import { loadStaleness } from "../../src/engine/staleness.js";
import { makeGraph } from "../../src/engine/graph.js";
import { verifyModels } from "../../src/engine/verify.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { build, changesOf, landOrders, modelOf } from "./small-builds.js";
import { createSmallWarehouse, emptySmallWarehouse } from "./small-warehouse.js";

const changedInPlace = "orders: rows were changed in place: all are read";

/** Builds, returns the result for orders, and checks that a full refresh would change nothing. */
async function buildOrders(database: Database): Promise<[string | undefined, string | undefined]> {
    const summary = await build(database);
    expect(summary.models.filter(({ status }) => status !== "ok")).toEqual([]);
    const refreshed = await build(database, { fullRefresh: true });
    expect(Object.values(changesOf(refreshed)).filter((change) => !change.startsWith("all: +0 ~0 -0"))).toEqual([]);
    return [changesOf(summary).fct_orders, modelOf(summary, "fct_orders").scope?.reason];
}

const threeOrders = [
    { id: 1, modifiedAt: "2025-01-01" },
    { id: 2, modifiedAt: "2025-01-05" },
    { id: 3, modifiedAt: "2025-01-10" },
];

const insertOrder = (id: number, modifiedAt: string): string =>
    `insert into staging.orders (id, customer, status, amount, modified_at) values (${id}, 1, 'PAID', '10', '${modifiedAt}')`;

describeOnBothDatabases("landing rows that were changed in place", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landOrders(test.connected, ...threeOrders);
        await build(test.connected);
    });

    it.each([
        ["an update", ["update staging.orders set amount = '11' where id = 2"], "all: +0 ~1 -0 =2"],
        [
            "a delete and an insert",
            ["delete from staging.orders where id = 1", insertOrder(4, "2025-01-10")],
            "all: +1 ~0 -1 =2",
        ],
        [
            "a reload of the same size, one price another",
            [
                "create table staging.reload as select * from staging.orders",
                "truncate staging.orders",
                "insert into staging.orders select customer, status, case id when 3 then '12' else amount end, id, created_at, modified_at from staging.reload",
                "drop table staging.reload",
            ],
            "all: +0 ~1 -0 =2",
        ],
        [
            "an update and a new row",
            ["update staging.orders set amount = '11' where id = 2", insertOrder(4, "2025-01-20")],
            "all: +1 ~1 -0 =2",
        ],
        [
            "a type that rewrites it",
            ["alter table staging.orders add serial int default floor(random() * 9)"],
            "all: +0 ~0 -0 =3",
        ],
    ])("by %s are noticed and read again", async (_what, statements, change) => {
        for (const statement of statements) {
            await test.connected.query(statement);
        }
        const staleness = await test.connected.withReadOnlyTransaction(async (connection) =>
            loadStaleness(connection, makeGraph(await loadRegistry(connection))),
        );
        expect(staleness.get("fct_orders")).toEqual({ kind: "stale", reason: changedInPlace });
        const verified = await verifyModels(test.connected, {
            select: ["fct_orders"],
            exclude: [],
            onResult: () => undefined,
        });
        expect(verified.filter(({ status }) => status === "differs")).toEqual([]);
        expect(await buildOrders(test.connected)).toEqual([change, changedInPlace]);
        expect(changesOf(await build(test.connected))).toEqual({});
        await test.connected.query("alter table staging.orders drop column if exists serial");
    });

    it.each([
        ["written anew row by row", "vacuum full staging.orders"],
        ["given a column", "alter table staging.orders add note text default 'none'"],
        ["frozen", "vacuum freeze staging.orders"],
    ])("and a table that is only %s are two things", async (_what, statement) => {
        await test.connected.maintain(statement);
        expect(await buildOrders(test.connected)).toEqual([undefined, "nothing new"]);
        await landOrders(test.connected, { id: 4, modifiedAt: "2025-01-02" });
        expect(await buildOrders(test.connected)).toEqual([
            "1 entities: +1 ~0 -0 =0",
            "orders: 1 new row, late ones among them",
        ]);
        await test.connected.query("alter table staging.orders drop column if exists note");
    });

    it("are told apart for each model that was built since or not", async () => {
        await test.connected.query("update staging.orders set amount = '11' where id = 2");
        await build(test.connected, { select: ["fct_visits", "dim_customer"] });
        expect(await buildOrders(test.connected)).toEqual(["all: +0 ~1 -0 =2", changedInPlace]);
    });

    it("are all read where the database was moved, or its transactions are counted from the start again", async () => {
        const moved = "orders: the database was moved or restored: all are read";
        await test.connected.query(
            `update ops.source_cursor set mark = jsonb_set(mark, '{database}', '"1 1"') where source_name = 'orders'`,
        );
        expect(await buildOrders(test.connected)).toEqual(["all: +0 ~0 -0 =3", moved]);
        await test.connected.query(
            `update ops.source_cursor set mark = jsonb_set(mark, '{counted,snapshot}', '"9000000000:9000000000:"') where source_name = 'orders'`,
        );
        expect(await buildOrders(test.connected)).toEqual(["all: +0 ~0 -0 =3", moved]);
    });

    it("are all read after an earlier version of stardeck, which remembered less", async () => {
        await test.connected.query(`update ops.source_cursor set mark = '{"file": "1"}' where source_name = 'orders'`);
        expect(await buildOrders(test.connected)).toEqual([
            "all: +0 ~0 -0 =3",
            "orders: how its rows stood is not known: all are read",
        ]);
    });
});

/** Another kind of relation in place of the landing table, and how to add rows to it. */
interface Kind {
    readonly name: string;
    readonly make: readonly string[];
    readonly landIn: string;
    readonly afterLanding?: string;
    readonly namesTransactions: boolean;
}

const aside = "alter table staging.orders rename to landed";

const kinds: readonly Kind[] = [
    {
        name: "a view",
        make: [aside, "create view staging.orders as select * from staging.landed"],
        landIn: "staging.landed",
        namesTransactions: false,
    },
    {
        name: "a view over two tables",
        make: [
            aside,
            "create table staging.archived (like staging.landed)",
            "create view staging.orders as select * from staging.archived union all select * from staging.landed",
        ],
        landIn: "staging.landed",
        namesTransactions: false,
    },
    {
        name: "a materialised view",
        make: [aside, "create materialized view staging.orders as select * from staging.landed"],
        landIn: "staging.landed",
        afterLanding: "refresh materialized view staging.orders",
        namesTransactions: false,
    },
    {
        name: "a table with partitions",
        make: [
            aside,
            "create table staging.orders (like staging.landed) partition by list (status)",
            "create table staging.orders_paid partition of staging.orders for values in ('PAID')",
            "create table staging.orders_other partition of staging.orders default",
        ],
        landIn: "staging.orders",
        namesTransactions: true,
    },
    {
        name: "a table with children",
        make: ["create table staging.orders_child () inherits (staging.orders)"],
        landIn: "staging.orders_child",
        namesTransactions: true,
    },
    {
        name: "an unlogged table",
        make: ["alter table staging.orders set unlogged"],
        landIn: "staging.orders",
        namesTransactions: true,
    },
];

describeOnBothDatabases("a landing table of any kind", { template: "operations" }, (test) => {
    beforeEach(async () => {
        await test.connected.query("drop schema if exists ops, prep, warehouse, marts, staging cascade");
    });

    it.each(kinds)("$name is read right, whatever comes to it and happens to it", async (kind) => {
        const { make, landIn, afterLanding, namesTransactions } = kind;
        await createSmallWarehouse(test.connected, make);
        const run = async (...statements: readonly string[]): Promise<void> => {
            for (const statement of [...statements, ...(afterLanding === undefined ? [] : [afterLanding])]) {
                await test.connected.query(statement);
            }
        };
        const insert = (id: number, modifiedAt: string): string =>
            insertOrder(id, modifiedAt).replace("staging.orders", landIn);

        await run(...threeOrders.map(({ id, modifiedAt }) => insert(id, modifiedAt)));
        expect(changesOf(await build(test.connected))).toMatchObject({ fct_orders: "all: +3 ~0 -0 =0" });
        expect(changesOf(await build(test.connected))).toEqual({});
        await run(insert(4, "2025-01-20"));
        expect(await buildOrders(test.connected)).toEqual(["1 entities: +1 ~0 -0 =0", "orders: 1 new row"]);
        await run(insert(5, "2024-01-01"));
        expect(await buildOrders(test.connected)).toEqual(
            namesTransactions
                ? ["1 entities: +1 ~0 -0 =0", "orders: 1 new row, late ones among them"]
                : ["all: +1 ~0 -0 =4", "orders: which rows are new cannot be told: all are read"],
        );
        await run(`update ${landIn} set amount = '11' where id = 2`);
        expect(await buildOrders(test.connected)).toEqual(["all: +0 ~1 -0 =4", changedInPlace]);
        await run(`delete from ${landIn} where id = 1`, insert(6, "2025-01-10"));
        expect(await buildOrders(test.connected)).toEqual(["all: +1 ~0 -1 =4", changedInPlace]);
        await run(`delete from ${landIn} where id = 6`);
        expect(modelOf(await build(test.connected), "fct_orders").message).toMatch(
            /^The landing table staging.orders had 5 rows and now has 4: /,
        );
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toMatchObject({
            fct_orders: "all: +0 ~0 -1 =4",
        });
        expect(changesOf(await build(test.connected))).toEqual({});
    });
});

describeOnBothDatabases("partitions of a landing table that come and go", { template: "operations" }, (test) => {
    const insertMonth = (id: number, month: number): string =>
        insertOrder(id, `2025-0${month}-10`).replace("staging.orders", `staging.month_${month}`);
    const attach = (month: number): string =>
        `alter table staging.orders attach partition staging.month_${month} for values from ('2025-0${month}-01') to ('2025-0${month + 1}-01')`;
    const run = async (...statements: readonly string[]): Promise<void> => {
        for (const statement of statements) {
            await test.connected.query(statement);
        }
    };

    beforeAll(async () => {
        await createSmallWarehouse(test.connected, [
            aside,
            "create table staging.orders (like staging.landed) partition by range (modified_at)",
            ...[1, 2, 3].map((month) => `create table staging.month_${month} (like staging.landed)`),
            attach(1),
        ]);
        // All rows are older than the first build: other tests on the server may have a transaction open that began before them.
        await run(insertMonth(1, 1), insertMonth(2, 2), insertMonth(3, 3));
        const { rows } = await test.connected.query<{ now: string }>("select pg_current_xact_id()::text as now");
        await vi.waitFor(
            async () => {
                const sql = "select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as past";
                const found = await test.connected.query<{ past: boolean }>(sql, [rows[0]?.now]);
                expect(found.rows).toEqual([{ past: true }]);
            },
            { timeout: 60_000 },
        );
        await build(test.connected);
    });

    it("bring and take rows of old transactions", async () => {
        await run(attach(2));
        expect(await buildOrders(test.connected)).toEqual(["1 entities: +1 ~0 -0 =0", "orders: 1 new row"]);
        await run("alter table staging.orders detach partition staging.month_1", attach(3));
        expect(await buildOrders(test.connected)).toEqual(["all: +1 ~0 -1 =1", changedInPlace]);
        await run(attach(1));
        expect(await buildOrders(test.connected)).toEqual([
            "1 entities: +1 ~0 -0 =0",
            "orders: 1 new row, late ones among them",
        ]);
    });
});

describeOnServer("a change whose counters come late", { template: "small" }, (test) => {
    it("is found by the next build, although rows were read in between", async () => {
        await emptySmallWarehouse(test.connected);
        await test.connected.query("alter table staging.orders set (fillfactor = 10)");
        await test.connected.query(
            "insert into staging.orders (id, customer, status, amount, modified_at) select number, 1, 'PAID', '1', '2025-01-10' from generate_series(1, 400) as number",
        );
        await build(test.connected, { tailBlocks: 2 });
        const loseCounters = `update ops.source_cursor set mark = jsonb_set(mark, '{counters,changed}', to_jsonb((mark #>> '{counters,changed}')::int + $1))`;
        await openDatabase(test.settings, (other) =>
            other.withTransaction(async (connection) => {
                await connection.query("update staging.orders set amount = '7' where id = 1");
                await connection.query("select pg_stat_force_next_flush()");
            }),
        );
        // As if the update were not counted yet.
        await test.connected.query(loseCounters, [1]);
        await landOrders(test.connected, { id: 401, modifiedAt: "2025-01-20" });
        await test.connected.query("select pg_stat_force_next_flush()");
        const early = await build(test.connected, { tailBlocks: 2 });
        expect([changesOf(early).fct_orders, modelOf(early, "fct_orders").scope?.reason]).toEqual([
            "1 entities: +1 ~0 -0 =0",
            "orders: 1 new row",
        ]);
        await test.connected.query(loseCounters, [-1]);
        const next = await build(test.connected, { tailBlocks: 2 });
        expect([changesOf(next).fct_orders, modelOf(next, "fct_orders").scope?.reason]).toEqual([
            "all: +0 ~1 -0 =400",
            changedInPlace,
        ]);
    });
});
