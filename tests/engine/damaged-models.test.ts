import { beforeAll, expect, it } from "vitest";
import { previewBuild } from "../../src/engine/preview-build.js";
import { verifyModels } from "../../src/engine/verify.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, landCustomers, landOrders, modelOf, rowsOf, statusesOf } from "./small-builds.js";
import { createSmallWarehouse } from "./small-warehouse.js";

describeOnBothDatabases("models whose sources were changed behind their back", (test) => {
    beforeAll(async () => {
        await createSmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ann", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 });
        await build(test.connected);
    });

    it("fail when a landing table was renamed and another is in its place, and nothing published is touched", async () => {
        await test.connected.query("alter table staging.orders rename to orders_of_yesterday");
        await test.connected.query("create table staging.orders (like staging.orders_of_yesterday)");
        const run = await build(test.connected);
        expect(statusesOf(run)).toEqual({
            stg_customer: "ok",
            stg_order: "failed",
            stg_visit: "ok",
            dim_customer: "ok",
            fct_visits: "ok",
            fct_orders: "skipped",
            paid_orders: "skipped",
            mart_customers: "skipped",
        });
        expect(modelOf(run, "stg_order").message).toBe(
            "stg_order cannot be built: it reads staging.orders_of_yesterday, which is neither a model nor a declared source. Put what it reads back in its place, then make the models anew: `stardeck migrate --rollback`, `stardeck migrate`.",
        );
        expect(await rowsOf(test.connected, "select order_id, status from warehouse.fct_orders")).toEqual([
            ["1", "PAID"],
        ]);
        await test.connected.query("drop table staging.orders");
        await test.connected.query("alter table staging.orders_of_yesterday rename to orders");
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("fail when a column was dropped with all that reads it, and say so before and after", async () => {
        await test.connected.query("alter table staging.orders drop column status cascade");
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
        const run = await build(test.connected);
        expect([modelOf(run, "stg_order"), modelOf(run, "fct_orders"), modelOf(run, "mart_customers")]).toMatchObject([
            { status: "failed" },
            { status: "failed" },
            { status: "skipped" },
        ]);
        expect(await rowsOf(test.connected, "select order_id from warehouse.fct_orders")).toEqual([["1"]]);
        await expect(
            verifyModels(test.connected, { select: [], exclude: [], onResult: () => undefined }),
        ).rejects.toMatchObject({
            code: "failed",
            message: "fct_orders cannot be built: its SELECT, the view prep.fct_orders__select, is gone.",
        });
    });

    it("fail when their own table is gone", async () => {
        await test.connected.query("drop table warehouse.fct_visits cascade");
        expect(modelOf(await build(test.connected), "fct_visits")).toMatchObject({
            status: "failed",
            message: expect.stringContaining("the table warehouse.fct_visits is gone") as unknown,
        });
    });
});
