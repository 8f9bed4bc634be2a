import { beforeEach, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { previewBuild, type BuildWish, type PreviewedModel } from "../../src/engine/preview-build.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, landCustomers, landOrders, rowsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

function preview(database: Database, wish: Partial<BuildWish> = {}): ReturnType<typeof previewBuild> {
    return previewBuild(database, {
        command: "build",
        select: [],
        exclude: [],
        fullRefresh: false,
        threads: 1,
        signal: new AbortController().signal,
        ...wish,
    });
}

function describeModels(models: readonly PreviewedModel[]): readonly string[] {
    return models.map(
        ({ modelName, action, scope, reason }) => `${modelName}: ${scope?.kind ?? action}, ${scope?.reason ?? reason}`,
    );
}

describeOnBothDatabases("the preview of a build", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2 });
    });

    it("says what a first build does to each model, and no duration as nothing is known", async () => {
        const { models, estimatedMs } = await preview(test.connected);
        expect(describeModels(models)).toEqual([
            "stg_customer: view, a view: its tests only",
            "stg_order: view, a view: its tests only",
            "stg_visit: view, a view: its tests only",
            "dim_customer: all, never built",
            "fct_visits: all, never built",
            "fct_orders: all, never built",
            "paid_orders: view, a view: its tests only",
            "mart_customers: all, never built",
        ]);
        expect(estimatedMs).toBe(null);
        expect(models.map(({ testCount }) => testCount)).toEqual([1, 0, 0, 2, 0, 5, 1, 1]);
        expect(await rowsOf(test.connected, "select from ops.run")).toEqual([]);
    });

    it("says what new landing rows make stale, and how long that usually takes", async () => {
        await landOrders(
            test.connected,
            ...Array.from({ length: 100 }, (_, index) => ({ id: 100 + index, amount: "1" })),
        );
        await build(test.connected);
        await landOrders(test.connected, { id: 3, modifiedAt: "2025-02-01" });
        const { models, estimatedMs } = await preview(test.connected, { select: ["+mart_customers"] });
        expect(describeModels(models).filter((line) => !line.includes(" view,"))).toEqual([
            "dim_customer: none, nothing new",
            "fct_orders: entities, orders: 1 new row",
            "mart_customers: if-upstream-changes, if fct_orders changes",
        ]);
        expect(estimatedMs).toBeGreaterThan(0);
    });

    it("of tests alone names the models", async () => {
        const { models, estimatedMs } = await preview(test.connected, { command: "test", select: ["fct_orders"] });
        expect(describeModels(models)).toEqual(["fct_orders: none, its tests only"]);
        expect(estimatedMs).toBe(null);
    });

    it("is empty when nothing is selected by a state", async () => {
        await build(test.connected);
        expect((await preview(test.connected, { select: ["state:stale"] })).models).toEqual([]);
    });
});
