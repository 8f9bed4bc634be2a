import { afterEach, expect, it } from "vitest";
import { makeGraph } from "../../src/engine/graph.js";
import { loadLandingFacts } from "../../src/engine/landing-mark.js";
import { queueMovedSources, refreshCopies } from "../../src/engine/refresh-copies.js";
import { makeSession } from "../../src/engine/session.js";
import { verifyModels } from "../../src/engine/verify.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { migrateTo, type TestModel, type TestSource } from "../setup/models.js";
import { build, changesOf, modelOf, rowsOf, statusesOf } from "./small-builds.js";

describeOnBothDatabases("sources that are changed in place", (test) => {
    afterEach(async () => {
        await test.connected.query("drop schema if exists shop cascade");
        await migrateTo(test.connected, { models: [] });
    });

    it("tell the entities of old and new rows, and no others are rebuilt", async () => {
        await makeShop(test);
        await build(test.connected);
        await run(test, "update shop.orders set customer = 3 where id = 1");
        await run(test, "delete from shop.orders where id = 3");
        await run(test, "insert into shop.orders values (5, 4, 8)");
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ totals: "3 entities: +1 ~1 -1 =0" });
        expect(modelOf(summary, "totals").scope).toMatchObject({ reason: "changes in orders" });
        expect(await totals(test)).toEqual(["2 20", "3 11", "4 8"]);
        expect(await differences(test)).toEqual([]);
        expect(statusesOf(await build(test.connected))).toEqual({ totals: "ok" });
        expect(changesOf(await build(test.connected))).toEqual({});
    });

    it("are read again when only one price has changed, and after a reload of the same rows", async () => {
        await makeShop(test);
        await build(test.connected);
        await run(test, "update shop.orders set amount = 21 where id = 2");
        expect(changesOf(await build(test.connected))).toEqual({ totals: "1 entities: +0 ~1 -0 =0" });
        await run(test, "create table shop.kept as select * from shop.orders");
        await run(test, "truncate shop.orders");
        await run(test, "insert into shop.orders select * from shop.kept");
        expect(changesOf(await build(test.connected))).toEqual({});
        expect(await differences(test)).toEqual([]);
    });

    it("may be swapped for another table by renaming", async () => {
        await makeShop(test);
        await build(test.connected);
        await run(test, "create table shop.next (like shop.orders including all)");
        await run(test, "insert into shop.next select id, customer, amount + 1 from shop.orders where id < 4");
        await run(test, "alter table shop.orders rename to before");
        await run(test, "alter table shop.next rename to orders");
        expect(statusesOf(await build(test.connected))).toEqual({ totals: "ok" });
        expect(await totals(test)).toEqual(["1 17", "2 21"]);
        expect(await differences(test)).toEqual([]);
    });

    it("may have a key of several columns of any type, and hostile names", async () => {
        await run(test, 'create schema "Shop; drop"');
        await run(
            test,
            `create table "Shop; drop"."or""ders" ("Land" text, "a'b" uuid, "select" json, "new" numeric, primary key ("Land", "a'b"))`,
        );
        const insert = (land: string, id: number, json: string, amount: string): Promise<void> =>
            run(
                test,
                `insert into "Shop; drop"."or""ders" values ('${land}', '00000000-0000-0000-0000-00000000000${id}', '${json}', ${amount})`,
            );
        await insert("DE", 1, '{"a": 1}', "1.0");
        await insert("DE", 2, "null", "2");
        await insert("AT", 1, "[]", "'NaN'");
        await migrateTo(test.connected, {
            sources: [
                {
                    name: 'or"ders',
                    schema: "Shop; drop",
                    kind: "table",
                    key: ["Land", "a'b"],
                    versionColumn: null,
                },
            ],
            models: [
                {
                    ...totalsModel,
                    select: `select "Land" as customer, sum("new") as amount, string_agg("select"::text, ' ' order by "a'b") as texts
                        from "Shop; drop"."or""ders" group by "Land"`,
                    affectedBy: { 'or"ders': 'select "Land" from changed' },
                },
            ],
        });
        expect(statusesOf(await build(test.connected))).toEqual({ totals: "ok" });
        await run(test, `update "Shop; drop"."or""ders" set "select" = '{"a":  1}' where "new" = 1`);
        expect(changesOf(await build(test.connected))).toEqual({ totals: "1 entities: +0 ~1 -0 =0" });
        await run(test, `update "Shop; drop"."or""ders" set "new" = 1.00 where "new" = 1`);
        await run(test, `update "Shop; drop"."or""ders" set "Land" = 'CH' where "Land" = 'AT'`);
        expect(changesOf(await build(test.connected))).toEqual({ totals: "3 entities: +1 ~1 -1 =0" });
        expect(await differences(test)).toEqual([]);
        await run(test, 'drop schema "Shop; drop" cascade');
    });

    it("may be views, and tables without a key that PostgreSQL holds", async () => {
        await makeShop(test, { kind: "view", table: "some_orders" });
        expect(statusesOf(await build(test.connected))).toEqual({ totals: "ok" });
        await run(test, "update shop.orders set amount = 100 where id = 1");
        await run(test, "delete from shop.orders where id = 4");
        expect(changesOf(await build(test.connected))).toEqual({ totals: "2 entities: +0 ~1 -1 =0" });
        expect(await differences(test)).toEqual([]);
        expect(changesOf(await build(test.connected))).toEqual({});
    });

    it("are refused where the key does not tell their rows apart, with what reads them alone", async () => {
        await makeShop(test, {}, [{ ...other, select: "select id from shop.other" }]);
        await run(test, "alter table shop.orders drop constraint orders_pkey, alter id drop not null");
        await build(test.connected);
        await run(test, "insert into shop.orders values (1, 1, 10)");
        await run(test, "insert into shop.other values (2)");
        const shared = await build(test.connected);
        expect(statusesOf(shared)).toEqual({ others: "ok", totals: "failed" });
        expect(modelOf(shared, "totals").message).toBe(
            "The source shop.orders has 2 rows with the key (id) = (1). Its changes are found by its key: name the columns that tell its rows apart, or correct the rows. What does not read it is built.",
        );
        await run(test, "update shop.orders set id = null where ctid = (select max(ctid) from shop.orders)");
        expect(modelOf(await build(test.connected), "totals").message).toMatch(
            /^The source shop\.orders has 1 row without a key: id is null\. /,
        );
        await run(test, "delete from shop.orders where id is null");
        expect(statusesOf(await build(test.connected))).toEqual({ others: "ok", totals: "ok" });
        // One row is deleted and another one duplicated, so the count is unchanged.
        await run(test, "delete from shop.orders where id = 4");
        await run(test, "insert into shop.orders values (2, 2, 20)");
        expect(modelOf(await build(test.connected), "totals").message).toMatch(
            /^The source shop\.orders has 2 rows with the key \(id\) = \(2\)\. /,
        );
    });

    it("are refused where PostgreSQL cannot read them, with what reads them alone", async () => {
        await makeShop(test, { kind: "view", table: "some_orders" }, [
            { ...other, select: "select id from shop.other" },
        ]);
        await build(test.connected);
        await run(
            test,
            "create or replace view shop.some_orders as select id, customer, 10 / amount as amount from shop.orders",
        );
        await run(test, "update shop.orders set amount = 0 where id = 1");
        await run(test, "insert into shop.other values (2)");
        const summary = await build(test.connected);
        expect(statusesOf(summary)).toEqual({ others: "ok", totals: "failed" });
        expect(modelOf(summary, "totals").message).toBe(
            "What has changed in the source shop.some_orders cannot be found: division by zero.",
        );
        await run(test, "update shop.orders set amount = 10 where id = 1");
        expect(statusesOf(await build(test.connected))).toEqual({ others: "ok", totals: "ok" });
        expect(await differences(test)).toEqual([]);
    });

    it("say how many rows may go", async () => {
        await makeShop(test, { deletes: { upToShare: 0.25 } }, [{ ...other, select: "select id from shop.other" }]);
        await build(test.connected);
        await run(test, "delete from shop.orders where id = 4");
        expect(statusesOf(await build(test.connected))).toEqual({ others: "ok", totals: "ok" });
        await run(test, "delete from shop.orders where id = 3");
        await run(test, "insert into shop.orders values (6, 6, 6)");
        const refused = await build(test.connected);
        expect(statusesOf(refused)).toEqual({ others: "ok", totals: "failed" });
        expect(modelOf(refused, "totals").message).toBe(
            "In the source shop.orders 1 row of 3 rows are gone: up to 25 % of its rows may go away at a time. If that is meant to be so, build with --accept-source-shrink: everything that reads it is then rebuilt.",
        );
        expect(changesOf(await build(test.connected, { acceptSourceShrink: true }))).toMatchObject({
            totals: "2 entities: +1 ~1 -0 =0",
        });
        expect(await differences(test)).toEqual([]);
    });

    it("of one name in two schemas have a name of their own each", async () => {
        await run(test, "create schema shop");
        await run(test, "create schema store");
        await run(test, "create table shop.orders (id int primary key, amount int)");
        await run(test, "create table store.orders (id int primary key, amount int)");
        await run(test, "insert into shop.orders values (1, 10)");
        await run(test, "insert into store.orders values (1, 7)");
        const source = { kind: "table", table: "orders", versionColumn: null } as const;
        await migrateTo(test.connected, {
            sources: [
                { ...source, name: "shop_orders", schema: "shop" },
                { ...source, name: "store_orders", schema: "store" },
            ],
            models: [
                {
                    ...other,
                    select: "select id, shop.amount - store.amount as more from shop.orders as shop left join store.orders as store using (id)",
                    affectedBy: { shop_orders: "select id from changed", store_orders: "select id from changed" },
                },
            ],
        });
        await build(test.connected);
        await run(test, "update store.orders set amount = 8");
        const summary = await build(test.connected);
        expect(modelOf(summary, "others").scope).toMatchObject({ reason: "changes in store_orders" });
        expect(await rowsOf(test.connected, "select * from marts.others")).toEqual([["1", "2"]]);
        await run(test, "drop schema store cascade");
    });

    it("are computed again where a model has read a row that no copy ever had", async () => {
        await makeShop(test);
        await build(test.connected);
        const graph = makeGraph(await loadRegistry(test.connected));
        const model = graph.models.get("totals");
        if (model?.materialisation !== "table") {
            throw new Error("no table");
        }
        await run(test, "insert into shop.orders values (9, 7, 70)");
        // As if a build of the model began before the row arrived, but read it.
        await test.connected.withTransaction((connection) => queueMovedSources(connection, graph, model), {
            isolation: "repeatable read",
        });
        await run(test, "delete from shop.orders where id = 9");
        await run(test, "insert into marts.totals values (7, 70)");
        expect(changesOf(await build(test.connected))).toEqual({ totals: "1 entities: +0 ~0 -1 =0" });
        expect(await differences(test)).toEqual([]);
    });

    it("lose nothing when a run is killed after it compared them, nor when a model that reads them was not selected", async () => {
        await makeShop(test, {}, [
            { ...other, select: "select customer as id, max(amount) as most from shop.orders group by customer" },
        ]);
        await build(test.connected);
        await run(test, "delete from shop.orders where id = 4");
        const { signal } = new AbortController();
        const graph = makeGraph(await loadRegistry(test.connected));
        const refreshed = await refreshCopies({
            session: makeSession(test.connected, signal),
            graph,
            modelNames: graph.order,
            facts: await loadLandingFacts(test.connected, graph.sources.values()),
            options: { fullRefresh: false, signal },
        });
        expect([...refreshed.changed]).toEqual([["orders", "1 row gone"]]);
        expect(changesOf(await build(test.connected, { select: ["totals"] }))).toEqual({
            totals: "1 entities: +0 ~0 -1 =0",
        });
        await run(test, "update shop.orders set amount = 6 where id = 3");
        expect(changesOf(await build(test.connected, { select: ["totals"] }))).toEqual({
            totals: "1 entities: +0 ~1 -0 =0",
        });
        expect(Object.keys(changesOf(await build(test.connected)))).toEqual(["others"]);
        expect(await differences(test)).toEqual([]);
    });

    it("keep a version of each change that a build has seen, for what reads them as history", async () => {
        await run(test, "create schema shop");
        await run(test, "create table shop.customer (id int primary key, name text, note json)");
        await run(test, "insert into shop.customer values (1, 'Ada', '{}'), (2, 'Bob', null)");
        const customer = { ...orders, name: "customer", keepsHistory: true };
        const history = { name: "customer_history", table: "customer", schema: "history" } as const;
        const project = {
            sources: [customer, { ...history, versionColumn: "history_version", loadCursor: "history_version" }],
            models: [
                {
                    name: "dim_customer",
                    layer: "warehouse",
                    select: `select id, history_version as version, name, history_is_deleted as is_gone,
                            lead(history_version) over (partition by id order by history_version) is null as is_current
                        from history.customer`,
                    primaryKey: ["id", "version"],
                    affectedBy: { customer_history: "select id from changed" },
                },
            ],
        } as const;
        await migrateTo(test.connected, project);
        await build(test.connected);
        await run(test, "update shop.customer set name = 'Ada L.' where id = 1");
        await run(test, "delete from shop.customer where id = 2");
        expect(changesOf(await build(test.connected))).toEqual({ dim_customer: "2 entities: +2 ~2 -0 =0" });
        await run(test, "alter table shop.customer add column city text default 'Paris'");
        await run(test, "insert into shop.customer values (2, 'Bob', null)");
        await build(test.connected);
        expect(changesOf(await build(test.connected))).toEqual({});
        const rows = await rowsOf(
            test.connected,
            "select id, name, is_gone, is_current from warehouse.dim_customer order by id, version",
        );
        expect(rows.map((row) => row.join(" "))).toEqual([
            "1 Ada f f",
            "1 Ada L. f f",
            "1 Ada L. f t",
            "2 Bob f f",
            "2 Bob t f",
            "2 Bob f t",
        ]);
        expect(
            await rowsOf(test.connected, "select city from history.customer order by history_version desc limit 1"),
        ).toEqual([["Paris"]]);
        expect(await differences(test)).toEqual([]);
        await run(test, "drop schema history cascade");
    });

    it("keep their copy when other columns of them are read", async () => {
        await makeShop(test);
        await build(test.connected);
        const wide = {
            ...totalsModel,
            select: "select customer, sum(amount) as amount, max(id) as last from shop.orders group by customer",
        };
        await migrateTo(test.connected, { sources: [orders], models: [wide] });
        await run(test, "update shop.orders set id = 40 where id = 4");
        expect(statusesOf(await build(test.connected))).toEqual({ totals: "ok" });
        await run(test, "update shop.orders set id = 41 where id = 40");
        expect(changesOf(await build(test.connected))).toEqual({ totals: "1 entities: +0 ~1 -0 =0" });
        expect(await differences(test)).toEqual([]);
    });
});

const orders = {
    name: "orders",
    schema: "shop",
    kind: "table",
    versionColumn: null,
} as const satisfies TestSource;

const totalsModel = {
    name: "totals",
    layer: "marts",
    select: "select customer, sum(amount) as amount from shop.orders group by customer",
    primaryKey: ["customer"],
} as const satisfies TestModel;

const other = { name: "others", layer: "marts", primaryKey: ["id"] } as const;

async function makeShop(
    test: TestDatabase,
    source: Partial<TestSource> = {},
    more: readonly TestModel[] = [],
): Promise<void> {
    await run(test, "create schema shop");
    await run(test, "create table shop.orders (id int primary key, customer int, amount int)");
    await run(test, "create view shop.some_orders as select id, customer, amount from shop.orders where amount > 1");
    await run(test, "create table shop.other (id int primary key)");
    await run(test, "insert into shop.orders values (1, 1, 10), (2, 2, 20), (3, 1, 5), (4, 3, 1)");
    if (source.table === "some_orders") {
        await run(test, "insert into shop.orders values (5, 5, 5)");
        await run(test, "update shop.orders set amount = 3 where id = 4");
    }
    await migrateTo(test.connected, {
        sources: [{ ...orders, ...source }, ...(more.length === 0 ? [] : [{ ...orders, name: "other" }])],
        models: [
            {
                ...totalsModel,
                select: totalsModel.select.replace("shop.orders", `shop.${source.table ?? "orders"}`),
            },
            ...more,
        ],
    });
}

async function run(test: TestDatabase, statement: string): Promise<void> {
    await test.connected.query(statement);
}

async function totals(test: TestDatabase): Promise<readonly string[]> {
    const rows = await rowsOf(test.connected, "select customer, amount from marts.totals order by customer");
    return rows.map((row) => row.join(" "));
}

/** The models that differ from what a full refresh would make of them. */
async function differences(test: TestDatabase): Promise<readonly string[]> {
    const results = await verifyModels(test.connected, { select: [], exclude: [], onResult: () => undefined });
    return results.filter(({ status }) => status !== "equal").map(({ modelName }) => modelName);
}
