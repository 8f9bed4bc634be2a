import { beforeAll, expect, it } from "vitest";
import { previewBuild } from "../../src/engine/preview-build.js";
import { verifyModels } from "../../src/engine/verify.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landCustomers, landOrders, modelOf, rowsOf, statusesOf } from "./small-builds.js";

describeOnBothDatabases("models whose sources were changed behind their back", { template: "small" }, (test) => {
    beforeAll(async () => {
        await landCustomers(test.connected, [1, "Ann", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 });
        await build(test.connected);
    });

    const boundAnew = "orders: the views that read it were bound to what is there now: all are read";

    /** Builds, returns the result for orders, and checks that a full refresh would change nothing. */
    async function buildOrders(): Promise<unknown[]> {
        const summary = await build(test.connected);
        expect(summary.models.filter(({ status }) => status !== "ok")).toEqual([]);
        const refreshed = await build(test.connected, { fullRefresh: true });
        expect(Object.values(changesOf(refreshed)).filter((change) => !change.startsWith("all: +0 ~0 -0"))).toEqual([]);
        return [changesOf(summary).fct_orders, modelOf(summary, "fct_orders").scope?.reason];
    }

    const run = async (...statements: readonly string[]): Promise<void> => {
        for (const statement of statements) {
            await test.connected.query(statement);
        }
    };

    const swap = [
        "create table staging.orders_new (like staging.orders including all)",
        "insert into staging.orders_new select * from staging.orders",
        "insert into staging.orders_new (id, customer, status, amount, modified_at) select max(id) + 1, 1, 'PAID', '5', '2025-01-02' from staging.orders",
        "alter table staging.orders rename to orders_old",
        "alter table staging.orders_new rename to orders",
    ];

    it("are bound to the landing table that was swapped in, once or twice, and keep what hangs on them", async () => {
        await run("create schema if not exists bi", "create view bi.orders as select * from prep.stg_order");
        const oids = "select 'prep.stg_order'::regclass::oid, 'warehouse.fct_orders'::regclass::oid";
        const before = await rowsOf(test.connected, oids);
        await run(...swap);
        expect(await buildOrders()).toEqual(["all: +1 ~0 -0 =1", boundAnew]);
        await run("alter table staging.orders_old rename to orders_older", ...swap);
        await run("alter table staging.orders_old rename to orders_oldest", ...swap);
        expect(await buildOrders()).toEqual(["all: +2 ~0 -0 =2", boundAnew]);
        expect(await rowsOf(test.connected, oids)).toEqual(before);
        expect(await rowsOf(test.connected, "select count(*) from bi.orders")).toEqual([["4"]]);
        await run(
            "drop table staging.orders_old, staging.orders_older, staging.orders_oldest",
            "drop schema bi cascade",
        );
    });

    it("are made again where a loader dropped the landing table and all that read it", async () => {
        await run(...swap, "drop table staging.orders_old cascade");
        expect(await buildOrders()).toEqual(["all: +1 ~0 -0 =4", boundAnew]);
        expect(
            await rowsOf(
                test.connected,
                "select obj_description('prep.stg_order'::regclass), col_description('prep.stg_order'::regclass, 1)",
            ),
        ).toEqual([["Versions of orders. Grain: one row per version of an order.", "Order."]]);
    });

    it("keep their types where the table that was swapped in has others for texts", async () => {
        await run(
            "create table staging.orders_new (customer int, status varchar(20), amount varchar, id int, created_at timestamp, modified_at timestamp)",
            "insert into staging.orders_new select * from staging.orders",
            "alter table staging.orders rename to orders_old",
            "alter table staging.orders_new rename to orders",
        );
        expect(await buildOrders()).toEqual(["all: +0 ~0 -0 =5", boundAnew]);
        await run("drop table staging.orders_old");
    });

    it("fail, and say why, as long as the table that was swapped in is not as declared; nothing published is touched", async () => {
        await run(
            "alter table staging.orders rename to orders_old",
            "create table staging.orders (like staging.orders_old)",
            "alter table staging.orders alter column id type bigint",
        );
        const summary = await build(test.connected);
        expect(statusesOf(summary)).toEqual({
            stg_customer: "ok",
            stg_order: "failed",
            stg_visit: "ok",
            dim_customer: "ok",
            fct_visits: "ok",
            fct_orders: "skipped",
            paid_orders: "skipped",
            mart_customers: "skipped",
        });
        expect(modelOf(summary, "stg_order").message).toBe(
            "stg_order cannot be built: it reads staging.orders_old, which is neither a model nor a declared source; it cannot be bound anew: the landing table staging.orders is not as declared: column id is bigint, expected integer. Put what it reads in its place as it is declared: the next build binds the view to it.",
        );
        expect(await rowsOf(test.connected, "select count(*) from warehouse.fct_orders")).toEqual([["5"]]);
        await run("drop table staging.orders", "alter table staging.orders_old rename to orders");
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("are bound anew where the whole schema was swapped", async () => {
        await run(
            "create schema staging_new",
            ...["customer", "orders", "visit"].flatMap((table) => [
                `create table staging_new.${table} (like staging.${table})`,
                `insert into staging_new.${table} select * from staging.${table}`,
            ]),
            "alter schema staging rename to staging_old",
            "alter schema staging_new rename to staging",
        );
        expect(await buildOrders()).toEqual([
            "all: +0 ~0 -0 =5",
            expect.stringContaining("were bound to what is there now"),
        ]);
        await run("drop schema staging_old cascade");
    });

    it("are read again where a column was dropped with all that reads it, and is back with other values", async () => {
        await run("alter table staging.orders drop column status cascade");
        const plan = await previewBuild(test.connected, {
            command: "build",
            select: ["stg_order", "fct_orders"],
            exclude: [],
            fullRefresh: false,
            threads: 1,
            signal: new AbortController().signal,
        });
        expect(plan.models.map(({ modelName, action, reason }) => [modelName, action, reason])).toEqual([
            ["stg_order", "view", "the view prep.stg_order is gone"],
            ["fct_orders", "all", "its SELECT, the view prep.fct_orders__select, is gone"],
        ]);
        const failed = await build(test.connected);
        expect([modelOf(failed, "stg_order"), modelOf(failed, "mart_customers")]).toMatchObject([
            { status: "failed", message: expect.stringContaining("it cannot be bound anew: ") as unknown },
            { status: "skipped" },
        ]);
        await expect(
            verifyModels(test.connected, { select: [], exclude: [], onResult: () => undefined }),
        ).rejects.toMatchObject({
            code: "failed",
            message: "fct_orders cannot be built: its SELECT, the view prep.fct_orders__select, is gone.",
        });
        await run("alter table staging.orders add column status text default 'PLACED'");
        expect(await buildOrders()).toEqual(["all: +0 ~5 -0 =0", boundAnew]);
    });

    it("fail when their own table is gone", async () => {
        await test.connected.query("drop table warehouse.fct_visits cascade");
        expect(modelOf(await build(test.connected), "fct_visits")).toMatchObject({
            status: "failed",
            message: expect.stringContaining("the table warehouse.fct_visits is gone") as unknown,
        });
    });
});
