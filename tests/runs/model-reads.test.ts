import { beforeAll, expect, it } from "vitest";
import { makeGraph } from "../../src/engine/graph.js";
import { verifyModels } from "../../src/engine/verify.js";
import { loadStaleness } from "../../src/engine/staleness.js";
import { isNeverBuilt, loadModelList, type ListedModel } from "../../src/runs/model-list.js";
import { loadRunsOfModel } from "../../src/runs/model-runs.js";
import { loadRunOrNull, loadUnfinishedWorkOrNull } from "../../src/runs/run-history.js";
import { loadLastRunIdOrNull } from "../../src/runs/watch-run.js";
import { loadRelationDetails } from "../../src/warehouse/relation-details.js";
import { loadSourceList } from "../../src/warehouse/source-list.js";
import { loadHeldTests, loadTestList } from "../../src/runs/test-list.js";
import { loadRegistry, type Model } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, landCustomers, landOrders } from "../engine/small-builds.js";

describeOnBothDatabases("what the Models screen reads", { template: "small" }, (test) => {
    async function modelOf(name: string): Promise<Model> {
        const { models } = await loadRegistry(test.connected);
        const found = models.find((model) => model.name === name);
        if (found === undefined) {
            throw new Error(`There is no model ${name}.`);
        }
        return found;
    }

    async function stalenessOf(name: string): Promise<unknown> {
        const graph = makeGraph(await loadRegistry(test.connected));
        return test.connected.withReadOnlyTransaction(
            async (connection) => (await loadStaleness(connection, graph)).get(name),
            { isolation: "repeatable read" },
        );
    }

    beforeAll(async () => {
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, status: "LOST" });
    });

    it("before the first build is that nothing was built, and which tests hold by themselves", async () => {
        const listed = (await loadModelList(test.connected)).get("fct_orders");
        expect(listed).toMatchObject({
            isBuilt: false,
            lastStatus: null,
            lastRunAtMs: null,
            lastBuildMs: null,
            testCount: 5,
        });
        expect(await loadRunsOfModel(test.connected, "fct_orders", 10)).toEqual([]);
        expect(await stalenessOf("fct_orders")).toEqual({ kind: "stale", reason: "never built" });
        expect(await stalenessOf("stg_order")).toEqual({
            kind: "fresh",
            reason: "a view: computed whenever it is read",
        });
        expect([...(await loadHeldTests(test.connected))].sort()).toEqual([
            "dim_customer.unique.customer_id.valid_from",
            "fct_orders.not_null.order_id",
        ]);
    });

    it("after builds is how each of them went", async () => {
        const before = Date.now();
        const first = await build(test.connected);
        await build(test.connected);
        const listed = (await loadModelList(test.connected)).get("fct_orders");
        expect(listed).toMatchObject({ lastStatus: "ok", warnedTestCount: 1, failedTestCount: 0 });
        const [lastRunAtMs = 0, lastBuildMs = 0] = [listed?.lastRunAtMs, listed?.lastBuildMs].map(Number);
        expect(Math.abs(lastRunAtMs - before)).toBeLessThan(60_000);
        expect(lastBuildMs).toBeGreaterThan(0);
        const runs = await loadRunsOfModel(test.connected, "fct_orders", 10);
        expect(
            runs.map(({ runId, command, status, scope, rows }) => ({ runId, command, status, scope, rows })),
        ).toEqual([
            {
                runId: expect.any(String) as string,
                command: "build",
                status: "ok",
                scope: { kind: "none", reason: "nothing new" },
                rows: null,
            },
            {
                runId: first.runId,
                command: "build",
                status: "ok",
                scope: { kind: "all", reason: "never built" },
                rows: { inserted: 2, updated: 0, deleted: 0, unchanged: 0 },
            },
        ]);
        expect((await loadRunsOfModel(test.connected, "fct_orders", 1)).length).toBe(1);
        const tested = (await loadTestList(test.connected)).get("fct_orders.accepted_values.status");
        expect(tested).toMatchObject({ status: "warned", failingCount: 1 });
        expect(Math.abs((tested?.ranAtMs ?? 0) - before)).toBeLessThan(60_000);
        expect(await stalenessOf("fct_orders")).toEqual({ kind: "fresh", reason: "nothing new" });
        await landOrders(test.connected, { id: 3 });
        expect(await stalenessOf("fct_orders")).toEqual({
            kind: "stale",
            reason: "orders: 1 new row, late ones among them",
        });
        expect(await stalenessOf("mart_customers")).toEqual({ kind: "maybe", reason: "if fct_orders changes" });
    });

    it("of a model is its columns, indexes and SELECT", async () => {
        const model = await modelOf("fct_orders");
        const { columns, indexes, sql, storedBytes } = await loadRelationDetails(
            test.connected,
            { schema: "warehouse", name: "fct_orders" },
            model,
        );
        expect(columns[0]).toEqual({ name: "order_id", type: "integer", isNullable: false, comment: "Order." });
        expect(indexes.at(-1)).toEqual({ name: "fct_orders_order_id_pk", definition: "btree (order_id)" });
        expect(sql).toMatch(/^with latest as \([^]*customer\.is_current$/);
        expect(storedBytes).toBeGreaterThan(0);
    });

    it("of a source is what the catalog has of it", async () => {
        const { sources } = await loadRegistry(test.connected);
        const [customer] = sources;
        if (customer === undefined) {
            throw new Error("There is no source.");
        }
        const odd = { ...customer, name: "customer", columns: [{ name: 'no "such', type: "text" }] };
        const listed = await loadSourceList(test.connected, [
            odd,
            { ...customer, name: "gone", table: "gone" },
            { ...customer, schema: "no'where", name: "elsewhere", table: "elsewhere" },
        ]);
        expect([...listed.values()].map(({ state, differences }) => [state, differences])).toEqual([
            ["differs", ['column no "such (text) is missing']],
            ["missing", []],
            ["missing", []],
        ]);
        await expect(loadRelationDetails(test.connected, { schema: "staging", name: "gone" }, null)).rejects.toThrow(
            "staging.gone is not in the database.",
        );
        const { sql } = await loadRelationDetails(test.connected, { schema: "staging", name: "customer" }, null);
        expect(sql).toBe(null);
    });

    it("of a model whose runs have published nothing is that it was never built", async () => {
        const listed = async (): Promise<ListedModel | undefined> =>
            (await loadModelList(test.connected)).get("fct_orders");
        expect(await listed()).toMatchObject({ isBuilt: true });
        await test.connected.query("delete from ops.model_state where model_name = 'fct_orders'");
        const unbuilt = await listed();
        expect(unbuilt).toMatchObject({ isBuilt: false, lastStatus: "ok" });
        expect(unbuilt !== undefined && isNeverBuilt(unbuilt)).toBe(true);
        const view = (await loadModelList(test.connected)).get("stg_order");
        expect(view !== undefined && isNeverBuilt(view)).toBe(false);
    });

    it("of the last run is the last one that could change anything, for a retry too", async () => {
        const { runId } = await build(test.connected);
        await verifyModels(test.connected, { select: [], exclude: [], onResult: () => undefined });
        expect(await loadLastRunIdOrNull(test.connected)).toBe(runId);
        expect((await loadRunOrNull(test.connected, "last"))?.runId).toBe(runId);
        expect(await loadUnfinishedWorkOrNull(test.connected)).toEqual({
            command: "build",
            isFullRefresh: false,
            modelNames: [],
        });
    });
});
