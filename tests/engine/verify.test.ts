import { beforeEach, expect, it } from "vitest";
import { verifyModels, type VerifyResult } from "../../src/engine/verify.js";
import { loadChangedValues } from "../../src/runs/changed-rows.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landCustomers, landOrders, rowsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

describeOnBothDatabases("verifyModels", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, customer: 2 });
        await build(test.connected);
    });

    async function verify(...select: readonly string[]): Promise<readonly VerifyResult[]> {
        const shown: VerifyResult[] = [];
        const results = await verifyModels(test.connected, {
            select,
            exclude: [],
            onResult: (result) => shown.push(result),
        });
        expect(shown).toEqual(results);
        return results;
    }

    const statuses = (results: readonly VerifyResult[]): Record<string, string> =>
        Object.fromEntries(results.map(({ modelName, status }) => [modelName, status]));

    it("finds every table equal after builds, changes nothing and records itself", async () => {
        await landOrders(test.connected, { id: 2, customer: 1, modifiedAt: "2025-01-02" });
        await build(test.connected);
        const before = await rowsOf(test.connected, "select order_id, ctid, xmin from warehouse.fct_orders order by 1");
        const results = await verify();
        expect(statuses(results)).toEqual({
            dim_customer: "equal",
            fct_orders: "equal",
            fct_visits: "equal",
            mart_customers: "equal",
        });
        expect(results.find(({ modelName }) => modelName === "fct_orders")).toEqual({
            modelName: "fct_orders",
            status: "equal",
            reason: null,
            isRefused: false,
            rows: { inserted: 0, updated: 0, deleted: 0, unchanged: 2 },
            differences: [],
        });
        expect(
            await rowsOf(test.connected, "select order_id, ctid, xmin from warehouse.fct_orders order by 1"),
        ).toEqual(before);
        expect(
            await rowsOf(
                test.connected,
                "select command, status, finished_at is not null from ops.run order by run_id desc limit 1",
            ),
        ).toEqual([["verify", "ok", "t"]]);
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
    });

    it("finds what was edited by hand, with the row before and after, and a full refresh heals it", async () => {
        await test.connected.query("update warehouse.fct_orders set amount = 9007199254740993 where order_id = 1");
        const results = await verify();
        expect(statuses(results)).toEqual({
            dim_customer: "equal",
            fct_orders: "differs",
            fct_visits: "equal",
            // It was built from the right row.
            mart_customers: "equal",
        });
        expect(results.find(({ modelName }) => modelName === "fct_orders")).toEqual({
            modelName: "fct_orders",
            status: "differs",
            reason: null,
            isRefused: false,
            rows: { inserted: 0, updated: 1, deleted: 0, unchanged: 1 },
            differences: [
                {
                    operation: "update",
                    // More digits than a JavaScript number holds.
                    before: {
                        order_id: 1,
                        customer_id: 1,
                        customer_name: "Ada",
                        status: "PAID",
                        amount: "9007199254740993",
                    },
                    after: { order_id: 1, customer_id: 1, customer_name: "Ada", status: "PAID", amount: 10 },
                },
            ],
        });
        expect(await rowsOf(test.connected, "select amount from warehouse.fct_orders where order_id = 1")).toEqual([
            ["9007199254740993"],
        ]);
        expect(await rowsOf(test.connected, "select status from ops.run order by run_id desc limit 1")).toEqual([
            ["failed"],
        ]);
        expect(changesOf(await build(test.connected))).toEqual({});
        const healed = await build(test.connected, { fullRefresh: true });
        expect(changesOf(healed).fct_orders).toBe("all: +0 ~1 -0 =1");
        const [change] = await loadChangedValues(test.connected, healed.runId, "fct_orders");
        expect([change?.before?.amount, change?.after?.amount]).toEqual(["9007199254740993", 10]);
        expect(statuses(await verify("fct_orders"))).toEqual({ fct_orders: "equal" });
    });

    it("finds rows that are missing and rows too many", async () => {
        await test.connected.query("delete from warehouse.dim_customer where customer_id = 2");
        await test.connected.query("insert into marts.mart_customers values (5, 1, 1)");
        const results = await verify();
        expect(statuses(results)).toEqual({
            dim_customer: "differs",
            fct_orders: "equal",
            fct_visits: "equal",
            mart_customers: "differs",
        });
        expect(results.map(({ rows }) => [rows.inserted, rows.updated, rows.deleted])).toEqual([
            [1, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 1],
        ]);
        expect(results[3]?.differences).toEqual([
            { operation: "delete", before: { customer_id: 5, order_count: 1, total: 1 }, after: null },
        ]);
    });

    it("calls a model behind that has landing rows to read, or stands after one", async () => {
        await landOrders(test.connected, { id: 3, customer: 2, modifiedAt: "2025-01-02" });
        expect(statuses(await verify())).toEqual({
            dim_customer: "equal",
            fct_orders: "behind",
            fct_visits: "equal",
            mart_customers: "behind",
        });
        expect(await rowsOf(test.connected, "select status from ops.run order by run_id desc limit 1")).toEqual([
            ["ok"],
        ]);
        await build(test.connected);
        expect(new Set(Object.values(statuses(await verify())))).toEqual(new Set(["equal"]));
    });

    it("shows at most ten of the rows and counts all", async () => {
        await test.connected.query(
            "insert into warehouse.fct_orders (order_id) select number from generate_series(101, 125) as number",
        );
        const [result] = await verify("fct_orders");
        expect([result?.rows.deleted, result?.differences.length]).toEqual([25, 10]);
    });
});
