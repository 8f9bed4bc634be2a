import { beforeEach, expect, it } from "vitest";
import { loadTestRuns } from "../../src/runs/run-history.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landCustomers, landOrders, modelOf, rowsOf, statusesOf, testsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

describeOnBothDatabases("the audit of a build", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, status: "PLACED" });
        expect((await build(test.connected)).status).toBe("ok");
    });

    const orders = () => rowsOf(test.connected, "select order_id, status, amount from warehouse.fct_orders order by 1");
    const counts = () =>
        rowsOf(
            test.connected,
            "select test_name, failing_count from ops.test_state where failing_count > 0 order by 1",
        );

    it("publishes nothing of a model whose error test fails; what was published stays, what depends on it is skipped", async () => {
        await landOrders(
            test.connected,
            { id: 1, amount: "11", modifiedAt: "2025-01-02" },
            { id: 3, amount: "-9007199254740993", modifiedAt: "2025-01-02" },
        );
        const failed = await build(test.connected);
        expect(failed.status).toBe("failed");
        expect(statusesOf(failed)).toMatchObject({
            dim_customer: "ok",
            fct_orders: "failed",
            paid_orders: "skipped",
            mart_customers: "skipped",
        });
        expect(modelOf(failed, "fct_orders")).toMatchObject({
            scope: { kind: "entities", entityCount: 2, reason: "orders: 2 new rows" },
            rows: null,
            message: "test fct_orders.amount_is_positive failed with 1 row; what was published before is kept",
        });
        expect(await orders()).toEqual([
            ["1", "PAID", "10"],
            ["2", "PLACED", "10"],
        ]);
        expect(
            await rowsOf(
                test.connected,
                "select status, failing_count, failing_rows from ops.test_run where run_id = $1 and test_name = 'fct_orders.amount_is_positive'",
                [failed.runId],
            ),
        ).toEqual([
            [
                "failed",
                "1",
                '[{"amount": -9007199254740993, "status": "PAID", "order_id": 3, "customer_id": 1, "customer_name": "Ada"}]',
            ],
        ]);
        const [found] = (await loadTestRuns(test.connected, failed.runId)).filter(({ status }) => status === "failed");
        expect(found?.failingRows).toEqual([
            { amount: "-9007199254740993", status: "PAID", order_id: 3, customer_id: 1, customer_name: "Ada" },
        ]);
        await test.connected.query("update staging.orders set amount = '1' where id = 3");
        expect(changesOf(await build(test.connected))).toEqual({
            fct_orders: "2 entities: +1 ~1 -0 =0",
            mart_customers: "1 entities: +0 ~1 -0 =0",
        });
    });

    it("names what is stale and was not selected when an error test of what depends on it fails", async () => {
        await landOrders(test.connected, { id: 1, amount: "10" });
        await build(test.connected);
        await test.connected.query("update marts.mart_customers set total = 5000");
        await landOrders(test.connected, { id: 1, amount: "20", modifiedAt: "2025-02-01" });
        const failed = await build(test.connected, { command: "test", select: ["mart_customers"] });
        expect(modelOf(failed, "mart_customers").message).toBe(
            "test mart_customers.total_is_small failed with 1 row. It depends on fct_orders, which is stale and not selected: build with `--select +mart_customers`",
        );
        await build(test.connected);
        await test.connected.query("update marts.mart_customers set total = 5000");
        const alone = await build(test.connected, { command: "test", select: ["mart_customers"] });
        expect(modelOf(alone, "mart_customers").message).toBe("test mart_customers.total_is_small failed with 1 row");
    });

    it("keeps a sample of the failing rows and counts all of them", async () => {
        await test.connected.query(
            "insert into staging.orders (id, customer, status, amount, modified_at) select number, 1, 'PAID', '-1', '2025-01-02' from generate_series(101, 223) as number",
        );
        const failed = await build(test.connected);
        expect(testsOf(failed)["fct_orders.amount_is_positive"]).toBe("failed 123");
        expect(
            await rowsOf(
                test.connected,
                "select failing_count, jsonb_array_length(failing_rows) from ops.test_run where run_id = $1 and test_name = 'fct_orders.amount_is_positive'",
                [failed.runId],
            ),
        ).toEqual([["123", "50"]]);
    });

    it("counts what a warn test finds and publishes all the same", async () => {
        await landOrders(
            test.connected,
            { id: 3, status: "LOST", modifiedAt: "2025-01-02" },
            { id: 4, customer: 9, modifiedAt: "2025-01-02" },
        );
        const summary = await build(test.connected);
        expect(summary.status).toBe("ok");
        expect(testsOf(summary)).toEqual({
            "fct_orders.accepted_values.status": "warned 1",
            "fct_orders.amount_is_positive": "passed 0",
            "fct_orders.not_null.amount": "passed 0",
            "fct_orders.relationships.customer_id": "warned 1",
            "mart_customers.total_is_small": "passed 0",
            "paid_orders.amount_is_round": "passed 0",
        });
        expect(await orders()).toHaveLength(4);
    });

    it("lets a test pass up to its threshold and not beyond", async () => {
        await landOrders(test.connected, { id: 3, amount: null, modifiedAt: "2025-01-02" });
        const passed = await build(test.connected);
        expect([passed.status, testsOf(passed)["fct_orders.not_null.amount"]]).toEqual(["ok", "passed 1"]);
        // One failing row is already published; the second one is in another entity.
        await landOrders(test.connected, { id: 4, amount: null, modifiedAt: "2025-01-03" });
        const failed = await build(test.connected);
        expect([failed.status, testsOf(failed)["fct_orders.not_null.amount"]]).toEqual(["failed", "failed 2"]);
    });

    it("keeps a model back whose error test cannot run, and says so", async () => {
        const sql = "select 1 / (select count(*) - 3 from warehouse.fct_orders) as order_id";
        await test.connected.query(
            "update ops.data_test set failing_rows_sql = $1, is_per_entity = false where test_name = 'fct_orders.amount_is_positive'",
            [sql],
        );
        try {
            await landOrders(test.connected, { id: 3, modifiedAt: "2025-01-02" });
            const failed = await build(test.connected);
            expect(modelOf(failed, "fct_orders").message).toBe(
                "test fct_orders.amount_is_positive could not run: division by zero; what was published before is kept",
            );
            expect(testsOf(failed)).toMatchObject({
                "fct_orders.amount_is_positive": "broken 0",
                // Tests after the broken one still run.
                "fct_orders.relationships.customer_id": "passed 0",
            });
            expect(await orders()).toHaveLength(2);
        } finally {
            await test.connected.query(
                `update ops.data_test set failing_rows_sql = 'select * from "warehouse"."fct_orders" where not (amount > 0)', is_per_entity = true
                where test_name = 'fct_orders.amount_is_positive'`,
            );
        }
        expect((await build(test.connected)).status).toBe("ok");
        expect(await orders()).toHaveLength(3);
    });

    it("does not ask what the table's constraints hold", async () => {
        const { rows } = await test.connected.query<{ name: string }>(
            "select distinct test_name as name from ops.test_run",
        );
        const names = rows.map(({ name }) => name);
        expect(names).toContain("fct_orders.not_null.amount");
        expect(names).not.toContain("fct_orders.not_null.order_id");
        expect(names).not.toContain("dim_customer.unique.customer_id.valid_from");
    });

    it("keeps counts over incremental builds that a test of everything would find", async () => {
        const steps: readonly (() => Promise<void>)[] = [
            () =>
                landOrders(
                    test.connected,
                    { id: 3, status: "LOST", modifiedAt: "2025-01-02" },
                    { id: 4, customer: 7, modifiedAt: "2025-01-02" },
                ),
            // One more failing row, one repaired, one still wrong.
            () =>
                landOrders(
                    test.connected,
                    { id: 5, status: "SOLD", amount: null, modifiedAt: "2025-01-03" },
                    { id: 3, status: "PAID", modifiedAt: "2025-01-03" },
                ),
            // The parent arrives.
            () => landCustomers(test.connected, [7, "Gil", "2025-01-04"]),
            () => landOrders(test.connected, { id: 4, customer: 8, status: "ODD", modifiedAt: "2025-01-05" }),
            () =>
                landOrders(
                    test.connected,
                    { id: 5, amount: "1", modifiedAt: "2025-01-06" },
                    { id: 4, modifiedAt: "2025-01-06" },
                ),
        ];
        const expected = [
            [
                ["fct_orders.accepted_values.status", "1"],
                ["fct_orders.relationships.customer_id", "1"],
            ],
            [
                ["fct_orders.accepted_values.status", "1"],
                ["fct_orders.not_null.amount", "1"],
                ["fct_orders.relationships.customer_id", "1"],
            ],
            [
                ["fct_orders.accepted_values.status", "1"],
                ["fct_orders.not_null.amount", "1"],
            ],
            [
                ["fct_orders.accepted_values.status", "2"],
                ["fct_orders.not_null.amount", "1"],
                ["fct_orders.relationships.customer_id", "1"],
            ],
            [],
        ];
        for (const [index, step] of steps.entries()) {
            await step();
            expect((await build(test.connected)).status).toBe("ok");
            expect(await counts()).toEqual(expected[index]);
            const full = await build(test.connected, { command: "test", select: ["fct_orders"] });
            const found = full.tests
                .filter((each) => each.failingCount > 0)
                .map((each) => [each.testName, `${each.failingCount}`]);
            expect(found.sort()).toEqual(expected[index]);
        }
    });

    it("asks a test that joins two tables about the affected entities only, also while others fail", async () => {
        await landOrders(test.connected, { id: 4, customer: 7, modifiedAt: "2025-01-02" });
        await build(test.connected);
        const state = (): Promise<readonly (readonly (string | null)[])[]> =>
            rowsOf(
                test.connected,
                `select failing_count, failing_entities ->> 'entities' from ops.test_state where test_name = 'fct_orders.relationships.customer_id'`,
            );
        expect(await state()).toEqual([["1", '[[["4"], 1]]']]);
        // Only a comparison with the known counts finds these.
        await test.connected.query(
            `update ops.test_state set failing_count = 6, failing_entities = jsonb_set(failing_entities, '{entities,1}', '[["99"], 5]')
            where test_name = 'fct_orders.relationships.customer_id'`,
        );
        await landOrders(test.connected, { id: 2, customer: 8, modifiedAt: "2025-01-03" });
        await build(test.connected);
        expect(await state()).toEqual([["7", '[[["4"], 1], [["99"], 5], [["2"], 1]]']]);
        await landCustomers(test.connected, [7, "Gil", "2025-01-04"]);
        await build(test.connected);
        expect(await state()).toEqual([["6", '[[["99"], 5], [["2"], 1]]']]);
        await build(test.connected, { fullRefresh: true });
        expect(await state()).toEqual([["1", '[[["2"], 1]]']]);
    });

    it("`run` publishes without asking; the next build asks about everything that `run` published", async () => {
        await landOrders(test.connected, { id: 3, amount: "-1", modifiedAt: "2025-01-02" });
        const run = await build(test.connected, { command: "run" });
        expect([run.status, run.tests]).toEqual(["ok", []]);
        expect(await orders()).toHaveLength(3);
        const next = await build(test.connected);
        expect(next.status).toBe("failed");
        expect(modelOf(next, "fct_orders").message).toBe("test fct_orders.amount_is_positive failed with 1 row");
        expect(await orders()).toHaveLength(3);
        await landOrders(test.connected, { id: 3, amount: "1", modifiedAt: "2025-01-03" });
        expect((await build(test.connected)).status).toBe("ok");
        expect(await build(test.connected)).toMatchObject({ status: "ok", tests: [] });
    });

    it("after `run`, an incremental build asks about rows that it does not touch too", async () => {
        await landOrders(test.connected, { id: 3, amount: "-1", modifiedAt: "2025-01-02" });
        await build(test.connected, { command: "run" });
        await landOrders(test.connected, { id: 4, modifiedAt: "2025-01-03" });
        const next = await build(test.connected);
        expect(testsOf(next)["fct_orders.amount_is_positive"]).toBe("failed 1");
        expect(await orders()).toHaveLength(3);
    });

    it("`test` builds nothing and asks everything, whatever fails upstream", async () => {
        await test.connected.query("update warehouse.fct_orders set amount = -5 where order_id = 1");
        await landOrders(test.connected, { id: 3, modifiedAt: "2025-01-02" });
        const summary = await build(test.connected, { command: "test" });
        expect(summary.status).toBe("failed");
        expect(statusesOf(summary)).toMatchObject({ fct_orders: "failed", paid_orders: "ok", mart_customers: "ok" });
        expect(testsOf(summary)).toEqual({
            "dim_customer.scd2.customer_id": "passed 0",
            "fct_orders.accepted_values.status": "passed 0",
            "fct_orders.amount_is_positive": "failed 1",
            "fct_orders.not_null.amount": "passed 0",
            "fct_orders.relationships.customer_id": "passed 0",
            "mart_customers.total_is_small": "passed 0",
            "paid_orders.amount_is_round": "passed 0",
            "stg_customer.not_null.name": "passed 0",
        });
        expect(await orders()).toHaveLength(2);
    });

    it("tests a view again when something that it reads has changed", async () => {
        await landOrders(test.connected, { id: 1, amount: "10.5", modifiedAt: "2025-01-02" });
        expect(testsOf(await build(test.connected))["paid_orders.amount_is_round"]).toBe("warned 1");
        await landCustomers(test.connected, [2, null, "2025-01-02"]);
        const summary = await build(test.connected);
        expect(testsOf(summary)).toEqual({
            "dim_customer.scd2.customer_id": "passed 0",
            "stg_customer.not_null.name": "warned 1",
        });
    });
});
