import { beforeEach, expect, it } from "vitest";
import { describeOnBothDatabases } from "../setup/databases.js";
import {
    build,
    changesOf,
    collectEvents,
    landCustomers,
    landOrders,
    modelOf,
    rowsOf,
    statusesOf,
    testsOf,
} from "./small-builds.js";
import { emptySmallWarehouse, smallTables } from "./small-warehouse.js";

describeOnBothDatabases("a build", { template: "small" }, (test) => {
    beforeEach(() => emptySmallWarehouse(test.connected));

    const orders = () =>
        rowsOf(
            test.connected,
            "select order_id, customer_id, customer_name, amount from warehouse.fct_orders order by 1",
        );
    const mart = () =>
        rowsOf(test.connected, "select customer_id, order_count, total from marts.mart_customers order by 1");

    async function landAndBuild(): Promise<void> {
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(
            test.connected,
            { id: 1, customer: 1 },
            { id: 2, customer: 1, amount: "5" },
            { id: 3, customer: 2 },
        );
        expect((await build(test.connected)).status).toBe("ok");
    }

    it("fills every table the first time, in order, and records it", async () => {
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, status: "PLACED" });
        const { events, onEvent } = collectEvents();
        const summary = await build(test.connected, { onEvent, threads: 1 });
        expect(summary.status).toBe("ok");
        expect(changesOf(summary)).toEqual({
            dim_customer: "all: +1 ~0 -0 =0",
            fct_orders: "all: +2 ~0 -0 =0",
            fct_visits: "all: +0 ~0 -0 =0",
            mart_customers: "all: +1 ~0 -0 =0",
        });
        expect(await orders()).toEqual([
            ["1", "1", "Ada", "10"],
            ["2", "1", "Ada", "10"],
        ]);
        expect(await mart()).toEqual([["1", "1", "10"]]);
        const order = events.filter((event) => event.type === "model-started").map((event) => event.modelName);
        expect(order.filter((name) => !name.startsWith("stg") && name !== "fct_visits")).toEqual([
            "dim_customer",
            "fct_orders",
            "paid_orders",
            "mart_customers",
        ]);
        expect(
            events
                .filter((event) => "modelName" in event && event.modelName === "mart_customers")
                .map(({ type }) => type),
        ).toEqual(["model-started", "model-scoped", "model-written"]);
        expect([events[0]?.type, events.at(-1)?.type]).toEqual(["run-started", "run-finished"]);
        expect(
            await rowsOf(
                test.connected,
                "select run_id::text, command, status, selection, is_full_refresh, message from ops.run",
            ),
        ).toEqual([[summary.runId, "build", "ok", "", "f", null]]);
        expect(
            await rowsOf(
                test.connected,
                `select model_name, status, scope, reason, rows_inserted, rows_updated, rows_deleted, rows_unchanged, finished_at >= started_at
                from ops.model_run where scope <> 'view' order by position`,
            ),
        ).toEqual([
            ["dim_customer", "ok", "all", "never built", "1", "0", "0", "0", "t"],
            ["fct_visits", "ok", "all", "never built", "0", "0", "0", "0", "t"],
            ["fct_orders", "ok", "all", "never built", "2", "0", "0", "0", "t"],
            ["mart_customers", "ok", "all", "never built", "1", "0", "0", "0", "t"],
        ]);
    });

    it("does nothing when nothing is new, and says so", async () => {
        await landAndBuild();
        const before = await rowsOf(test.connected, "select order_id, ctid, xmin from warehouse.fct_orders order by 1");
        const summary = await build(test.connected);
        expect(summary.status).toBe("ok");
        expect(changesOf(summary)).toEqual({});
        expect(modelOf(summary, "fct_orders").scope).toEqual({ kind: "none", reason: "nothing new" });
        expect(summary.tests).toEqual([]);
        expect(
            await rowsOf(test.connected, "select order_id, ctid, xmin from warehouse.fct_orders order by 1"),
        ).toEqual(before);
        expect(
            await rowsOf(
                test.connected,
                "select model_name, status, scope, reason from ops.model_run where run_id = $1 and model_name like 'fct%' order by 1",
                [summary.runId],
            ),
        ).toEqual([
            ["fct_orders", "ok", "none", "nothing new"],
            ["fct_visits", "ok", "none", "nothing new"],
        ]);
    });

    it("rebuilds only the entities that new landing rows affect, through all models", async () => {
        await landAndBuild();
        await landOrders(
            test.connected,
            { id: 2, customer: 1, amount: "7", modifiedAt: "2025-01-02" },
            { id: 4, customer: 1, amount: "1", modifiedAt: "2025-01-02" },
        );
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({
            fct_orders: "2 entities: +1 ~1 -0 =0",
            mart_customers: "1 entities: +0 ~1 -0 =0",
        });
        expect(modelOf(summary, "fct_orders").scope).toEqual({
            kind: "entities",
            entityCount: 2,
            reason: "orders: 2 new rows",
        });
        expect(modelOf(summary, "mart_customers").scope).toEqual({
            kind: "entities",
            entityCount: 1,
            reason: "changes in fct_orders",
        });
        expect(await mart()).toEqual([
            ["1", "3", "18"],
            ["2", "1", "10"],
        ]);
    });

    it("ends where an upstream change changes nothing", async () => {
        await landAndBuild();
        // The mart contains no unpaid orders.
        await landOrders(test.connected, { id: 9, customer: 2, status: "PLACED", modifiedAt: "2025-01-02" });
        expect(changesOf(await build(test.connected))).toEqual({
            fct_orders: "1 entities: +1 ~0 -0 =0",
        });
        await landOrders(test.connected, { id: 9, customer: 2, status: "PLACED", modifiedAt: "2025-01-03" });
        expect(changesOf(await build(test.connected))).toEqual({ fct_orders: "1 entities: +0 ~0 -0 =1" });
    });

    it("rebuilds the old and the new entity when a row moves from one to another", async () => {
        await landAndBuild();
        await landOrders(test.connected, { id: 3, customer: 1, modifiedAt: "2025-01-02" });
        expect(changesOf(await build(test.connected))).toEqual({
            fct_orders: "1 entities: +0 ~1 -0 =0",
            mart_customers: "2 entities: +0 ~1 -1 =0",
        });
        expect(await mart()).toEqual([["1", "3", "25"]]);
    });

    it("follows a change of a dimension into the facts by the declared mapping", async () => {
        await landAndBuild();
        await landCustomers(test.connected, [1, "Ada L.", "2025-01-02"]);
        expect(changesOf(await build(test.connected))).toEqual({
            dim_customer: "1 entities: +1 ~1 -0 =0",
            fct_orders: "2 entities: +0 ~2 -0 =0",
        });
        expect(await orders()).toEqual([
            ["1", "1", "Ada L.", "10"],
            ["2", "1", "Ada L.", "5"],
            ["3", "2", "Bob", "10"],
        ]);
    });

    it("rebuilds a model whole when that is cheaper, and says why", async () => {
        await landAndBuild();
        await landOrders(test.connected, { id: 1, modifiedAt: "2025-01-02" }, { id: 2, modifiedAt: "2025-01-02" });
        const summary = await build(test.connected, { wholeModelShare: 0.5 });
        expect(changesOf(summary)).toEqual({
            fct_orders: "all: +0 ~1 -0 =2",
            mart_customers: "1 entities: +0 ~1 -0 =0",
        });
        expect(modelOf(summary, "fct_orders").scope).toEqual({
            kind: "all",
            reason: "more than 2 entities are affected, and computing all is cheaper (orders: 2 new rows)",
        });
    });

    it("recomputes everything for a full refresh and changes what differs", async () => {
        await landAndBuild();
        await test.connected.query("update warehouse.fct_orders set amount = 99 where order_id = 1");
        await test.connected.query("delete from marts.mart_customers where customer_id = 2");
        await test.connected.query("insert into marts.mart_customers values (7, 1, 1)");
        const summary = await build(test.connected, { fullRefresh: true });
        expect(changesOf(summary)).toEqual({
            dim_customer: "all: +0 ~0 -0 =2",
            fct_orders: "all: +0 ~1 -0 =2",
            fct_visits: "all: +0 ~0 -0 =0",
            mart_customers: "all: +1 ~0 -1 =1",
        });
        expect(await mart()).toEqual([
            ["1", "2", "15"],
            ["2", "1", "10"],
        ]);
        expect(
            await rowsOf(
                test.connected,
                "select model_name, operation, old_row ->> 'amount', new_row ->> 'amount', new_row ->> 'customer_id' from ops.row_change where run_id = $1 order by 1, 2",
                [summary.runId],
            ),
        ).toEqual([
            ["fct_orders", "update", "99", "10", "1"],
            ["mart_customers", "delete", null, null, null],
            ["mart_customers", "insert", null, null, "2"],
        ]);
    });

    it("skips what depends on a failed model, finishes the rest, and takes it up again once the cause is gone", async () => {
        await landAndBuild();
        await landCustomers(test.connected, [3, "Cy", "2025-01-02"]);
        await landOrders(test.connected, { id: 4, customer: 3, amount: "a lot", modifiedAt: "2025-01-02" });
        const failed = await build(test.connected);
        expect(failed.status).toBe("failed");
        expect(statusesOf(failed)).toEqual({
            stg_customer: "ok",
            stg_order: "ok",
            stg_visit: "ok",
            dim_customer: "ok",
            fct_visits: "ok",
            fct_orders: "failed",
            paid_orders: "skipped",
            mart_customers: "skipped",
        });
        expect(modelOf(failed, "fct_orders").message).toBe('invalid input syntax for type numeric: "a lot"');
        expect(modelOf(failed, "paid_orders").message).toBe("upstream fct_orders failed");
        expect(modelOf(failed, "mart_customers").message).toBe("upstream fct_orders failed");
        expect(
            await rowsOf(
                test.connected,
                "select model_name, status, message from ops.model_run where run_id = $1 and status <> 'ok' order by 1",
                [failed.runId],
            ),
        ).toEqual([
            ["fct_orders", "failed", 'invalid input syntax for type numeric: "a lot"'],
            ["mart_customers", "skipped", "upstream fct_orders failed"],
            ["paid_orders", "skipped", "upstream fct_orders failed"],
        ]);
        expect(await orders()).toHaveLength(3);

        await test.connected.query("update staging.orders set amount = '20' where id = 4");
        const repaired = await build(test.connected, { select: ["result:error+"] });
        expect(repaired.status).toBe("ok");
        expect(modelOf(repaired, "fct_orders").scope).toEqual({
            kind: "all",
            reason: 'changes in dim_customer; which entities that affects cannot be told: invalid input syntax for type numeric: "a lot"',
        });
        expect(changesOf(repaired)).toEqual({
            fct_orders: "all: +1 ~0 -0 =3",
            mart_customers: "1 entities: +1 ~0 -0 =0",
        });
        expect(await orders()).toHaveLength(4);
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual({
            dim_customer: "all: +0 ~0 -0 =3",
            fct_orders: "all: +0 ~0 -0 =4",
            fct_visits: "all: +0 ~0 -0 =0",
            mart_customers: "all: +0 ~0 -0 =3",
        });
    });

    it("leaves nothing of a first build that fails, and the next one succeeds", async () => {
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, amount: "?" });
        expect(statusesOf(await build(test.connected))).toMatchObject({
            dim_customer: "ok",
            fct_orders: "failed",
            mart_customers: "skipped",
        });
        expect(await orders()).toEqual([]);
        expect(await rowsOf(test.connected, "select model_name from ops.model_state order by 1")).toEqual([
            ["dim_customer"],
            ["fct_visits"],
        ]);
        expect(await rowsOf(test.connected, "select model_name from ops.source_cursor order by 1")).toEqual([
            ["dim_customer"],
            ["fct_visits"],
        ]);
        await test.connected.query("update staging.orders set amount = '2' where id = 2");
        expect(changesOf(await build(test.connected))).toEqual({
            fct_orders: "all: +2 ~0 -0 =0",
            mart_customers: "all: +1 ~0 -0 =0",
        });
    });

    it("starts nothing more after the first failure when told to fail fast", async () => {
        await landOrders(test.connected, { id: 1, amount: "?" });
        const options = { select: ["fct_orders+", "fct_visits"], threads: 1 };
        // The path through fct_orders is longer, so it starts first.
        const fast = await build(test.connected, { ...options, failFast: true });
        expect(fast.models.map(({ modelName, status, message }) => [modelName, status, message])).toEqual([
            ["fct_visits", "cancelled", "another model failed"],
            ["fct_orders", "failed", 'invalid input syntax for type numeric: "?"'],
            ["paid_orders", "skipped", "upstream fct_orders failed"],
            ["mart_customers", "skipped", "upstream fct_orders failed"],
        ]);
        expect(modelOf(await build(test.connected, options), "fct_visits").status).toBe("ok");
    });

    it("builds only what is selected, and finds later what that left behind", async () => {
        await landAndBuild();
        await landCustomers(test.connected, [2, "Bo", "2025-01-02"]);
        await landOrders(test.connected, { id: 4, customer: 2, modifiedAt: "2025-01-02" });
        expect(changesOf(await build(test.connected, { select: ["dim_customer"] }))).toEqual({
            dim_customer: "1 entities: +1 ~1 -0 =0",
        });
        expect(
            await rowsOf(test.connected, "select model_name, entity, upstream_name from ops.affected_entity"),
        ).toEqual([
            ["fct_orders", "{3}", "dim_customer"],
            ["fct_orders", "{4}", "dim_customer"],
        ]);
        expect((await build(test.connected, { select: ["mart_customers"] })).models).toMatchObject([
            { scope: { kind: "none" } },
        ]);
        const rest = await build(test.connected);
        expect(changesOf(rest)).toEqual({
            fct_orders: "2 entities: +1 ~1 -0 =0",
            mart_customers: "1 entities: +0 ~1 -0 =0",
        });
        expect(modelOf(rest, "fct_orders").scope?.reason).toBe("changes in dim_customer, orders: 1 new row");
        expect(await rowsOf(test.connected, "select from ops.affected_entity")).toEqual([]);
    });

    it("knows what is stale: what has unread rows, what comes after it, and what failed", async () => {
        await landAndBuild();
        const stale = async (): Promise<unknown> => {
            try {
                return Object.keys(
                    statusesOf(await build(test.connected, { select: ["state:stale"], command: "test" })),
                );
            } catch (error) {
                return error instanceof Error ? error.message : error;
            }
        };
        expect(await stale()).toBe("The selection is empty: there is nothing to do.");
        await test.connected.query("insert into staging.visit (id, page, loaded_at) values (1, 'home', '2025-01-01')");
        expect(await stale()).toEqual(["fct_visits"]);
        await landOrders(test.connected, { id: 5, modifiedAt: "2025-01-02" });
        expect(await stale()).toEqual(["fct_visits", "fct_orders", "mart_customers"]);
    });

    it("publishes the whole run or nothing when it is atomic", async () => {
        await landAndBuild();
        await landCustomers(test.connected, [1, "Ada L.", "2025-01-02"]);
        await landOrders(test.connected, { id: 4, customer: 1, amount: "5000", modifiedAt: "2025-01-02" });
        const failed = await build(test.connected, { isAtomic: true });
        expect(failed.status).toBe("failed");
        expect(statusesOf(failed)).toMatchObject({
            dim_customer: "cancelled",
            fct_orders: "cancelled",
            mart_customers: "failed",
        });
        expect(modelOf(failed, "dim_customer").message).toBe("rolled back: not everything succeeded");
        expect((await orders()).map((row) => row[2])).toEqual(["Ada", "Ada", "Bob"]);
        expect(
            await rowsOf(
                test.connected,
                "select test_name, status, failing_count from ops.test_run where run_id = $1 and status = 'failed'",
                [failed.runId],
            ),
        ).toEqual([["mart_customers.total_is_small", "failed", "1"]]);
        await test.connected.query("update staging.orders set amount = '5' where id = 4");
        const published = await build(test.connected, { isAtomic: true });
        expect(changesOf(published)).toEqual({
            dim_customer: "1 entities: +1 ~1 -0 =0",
            fct_orders: "3 entities: +1 ~2 -0 =0",
            mart_customers: "1 entities: +0 ~1 -0 =0",
        });
    });

    it("gives the same tables by one thread and by several", async () => {
        await landAndBuild();
        const contents = async (): Promise<unknown[]> => {
            const tables: unknown[] = [];
            for (const table of smallTables) {
                tables.push(await rowsOf(test.connected, `select * from ${table} order by 1, 2`));
            }
            return tables;
        };
        const before = await contents();
        await test.connected.query(`truncate ${smallTables.join(", ")}, ops.model_state, ops.source_cursor`);
        await build(test.connected, { threads: test.kind === "server" ? 4 : 1 });
        expect(await contents()).toEqual(before);
        expect(testsOf(await build(test.connected, { command: "test" }))).toEqual({
            "dim_customer.scd2.customer_id": "passed 0",
            "fct_orders.accepted_values.status": "passed 0",
            "fct_orders.amount_is_positive": "passed 0",
            "fct_orders.not_null.amount": "passed 0",
            "fct_orders.relationships.customer_id": "passed 0",
            "mart_customers.total_is_small": "passed 0",
            "paid_orders.amount_is_round": "passed 0",
            "stg_customer.not_null.name": "passed 0",
        });
    });
});
