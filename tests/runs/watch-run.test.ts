import { spawn, type ChildProcess } from "node:child_process";
import { hostname } from "node:os";
import { beforeEach, expect, it } from "vitest";
import { buildChangedRowsCondition, buildChangedRowsSql, loadChangedRows } from "../../src/runs/changed-rows.js";
import { loadPastDurations } from "../../src/runs/past-durations.js";
import { medianOrNull } from "../../src/text/median.js";
import {
    loadLastRunIdOrNull,
    loadRunElsewhereOrNull,
    loadWatchedRunOrNull,
    type WatchedRun,
} from "../../src/runs/watch-run.js";
import { ownHolderId } from "../../src/config/process.js";
import { endLostRuns } from "../../src/runs/build-lock.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, landCustomers, landOrders, rowsOf } from "../engine/small-builds.js";
import { emptySmallWarehouse } from "../engine/small-warehouse.js";

function startProcess(): ChildProcess & { readonly pid: number } {
    return spawn("sleep", ["60"]) as ChildProcess & { readonly pid: number };
}

describeOnBothDatabases("where there is no warehouse yet", (test) => {
    it("there is no run", async () => {
        expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
        expect(await loadLastRunIdOrNull(test.connected)).toBe(null);
    });
});

describeOnBothDatabases("what can be watched of a run", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2, status: "LOST" });
    });

    it("is each model with its rows and the tests that did not pass", async () => {
        const { runId } = await build(test.connected);
        expect(await loadLastRunIdOrNull(test.connected)).toBe(runId);
        const run = await loadWatchedRunOrNull(test.connected, runId);
        expect(run).toMatchObject({ runId, command: "build", selection: "", status: "ok", message: null });
        expect(run?.models.map(({ modelName }) => modelName)).toEqual([
            "stg_customer",
            "stg_order",
            "stg_visit",
            "dim_customer",
            "fct_visits",
            "fct_orders",
            "paid_orders",
            "mart_customers",
        ]);
        expect(run?.models.find(({ modelName }) => modelName === "fct_orders")).toMatchObject({
            status: "ok",
            scope: { kind: "all", reason: "never built" },
            rows: { inserted: 2, updated: 0, deleted: 0, unchanged: 0 },
            passedTestCount: 3,
            problems: [
                {
                    testName: "fct_orders.accepted_values.status",
                    modelName: "fct_orders",
                    status: "warned",
                    failingCount: 1,
                    message: null,
                },
            ],
        });
        expect(await loadWatchedRunOrNull(test.connected, "999999")).toBe(null);
    });

    it("is a failure while the run goes on, at most a second or two later", async () => {
        await test.connected.query("insert into staging.visit (id, page) values (1, '/')");
        await test.connected.query(
            `create function public.fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create function public.take_a_second() returns trigger language plpgsql as 'begin perform pg_sleep(1.5); return null; end';
            create trigger fail before insert on warehouse.fct_visits for each row execute function public.fail();
            create trigger take_a_second after insert on warehouse.dim_customer execute function public.take_a_second()`,
        );
        let seen: Promise<WatchedRun | null> | undefined;
        const summary = await build(test.connected, {
            threads: 2,
            onEvent: (event) => {
                if (event.type === "model-started" && event.modelName === "fct_orders") {
                    seen = loadLastRunIdOrNull(test.connected).then((runId) =>
                        loadWatchedRunOrNull(test.connected, runId ?? ""),
                    );
                }
            },
        });
        await test.connected.query("drop function public.fail, public.take_a_second cascade");
        const run = await seen;
        expect(run?.status).toBe(test.kind === "server" ? "running" : run?.status);
        expect(run?.models.find(({ modelName }) => modelName === "fct_visits")).toMatchObject({
            status: "failed",
            message: "no",
        });
        expect(summary.status).toBe("failed");
    });

    it("is a run of another process while that lives", async () => {
        const { runId } = await build(test.connected);
        const other = startProcess();
        await test.connected.query("update ops.run set status = 'running'");
        const lock = async (host: string, pid: number, silent: string): Promise<void> => {
            await test.connected.query("truncate ops.build_lock");
            await test.connected.query(
                "insert into ops.build_lock values (1, $1, $2, $3, clock_timestamp() - $4::interval)",
                [runId, host, pid, silent],
            );
        };
        try {
            // A server's clients may be in containers of one name: there a process id says nothing.
            await lock(hostname(), other.pid, test.kind === "embedded" ? "1 hour" : "5 seconds");
            expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(runId);
            await lock(hostname(), other.pid, "0");
            await test.connected.query("update ops.build_lock set holder_id = $1", [ownHolderId]);
            expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
            await lock("elsewhere", 1, "5 seconds");
            expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(runId);
            await lock("elsewhere", 1, "2 minutes");
            expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
            await lock(hostname(), other.pid, test.kind === "embedded" ? "0" : "2 minutes");
        } finally {
            const ended = new Promise((resolve) => other.once("exit", resolve));
            other.kill();
            await ended;
        }
        expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
    });

    it("is given an end when its own process lost the database in the middle of it", async () => {
        const { runId } = await build(test.connected);
        await test.connected.query("update ops.run set status = 'running', finished_at = null");
        await test.connected.query("update ops.model_run set status = 'running' where model_name = 'fct_orders'");
        await test.connected.query("insert into ops.build_lock values (1, $1, $2, $3, clock_timestamp(), $4)", [
            runId,
            hostname(),
            process.pid,
            ownHolderId,
        ]);
        expect(await endLostRuns(test.connected, "The database was gone.")).toBe(1);
        expect(await endLostRuns(test.connected, "The database was gone.")).toBe(0);
        const run = await loadWatchedRunOrNull(test.connected, runId);
        expect(run).toMatchObject({ status: "failed", message: "The database was gone." });
        expect(run?.models.find(({ modelName }) => modelName === "fct_orders")?.status).toBe("cancelled");
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("has the durations of earlier builds that did something, the oldest first", async () => {
        const first = await build(test.connected);
        await landOrders(test.connected, { id: 3 });
        const second = await build(test.connected);
        await build(test.connected);
        const all = await loadPastDurations(test.connected, ["fct_orders", "stg_order"], {
            limit: 5,
            beforeRunId: null,
        });
        expect([...all.keys()]).toEqual(["fct_orders"]);
        expect(all.get("fct_orders")?.map(({ scope }) => scope)).toEqual(["all", "entities"]);
        const before = await loadPastDurations(test.connected, ["fct_orders"], { limit: 5, beforeRunId: second.runId });
        expect(before.get("fct_orders")).toEqual(all.get("fct_orders")?.slice(0, 1));
        const newest = await loadPastDurations(test.connected, ["fct_orders"], { limit: 1, beforeRunId: null });
        expect(newest.get("fct_orders")).toEqual(all.get("fct_orders")?.slice(1));
        expect(first.status).toBe("ok");
    });

    it("has the changed rows before and after, in the table's column order, and a condition for them", async () => {
        await build(test.connected);
        await landOrders(
            test.connected,
            { id: 2, status: "PAID", amount: "12345678901234567890.123", modifiedAt: "2025-01-02" },
            { id: 3 },
        );
        const { runId } = await build(test.connected);
        const changed = await loadChangedRows(test.connected, runId, { modelName: "fct_orders", schema: "warehouse" });
        expect(changed.columns).toEqual(["order_id", "customer_id", "customer_name", "status", "amount"]);
        expect([...changed.rows].sort((one, other) => one.operation.localeCompare(other.operation))).toEqual([
            {
                operation: "insert",
                before: null,
                after: { order_id: "3", customer_id: "1", customer_name: "Ada", status: "PAID", amount: "10" },
            },
            {
                operation: "update",
                before: { order_id: "2", customer_id: "1", customer_name: "Ada", status: "LOST", amount: "10" },
                after: {
                    order_id: "2",
                    customer_id: "1",
                    customer_name: "Ada",
                    status: "PAID",
                    amount: "12345678901234567890.123",
                },
            },
        ]);
        const shown = async (
            recorded: { readonly runId: string; readonly modelName: string } | null,
        ): Promise<unknown> => {
            const sql = buildChangedRowsSql(changed, ["order_id"], recorded);
            const { fields, rows } = await test.connected.withReadOnlyTransaction(
                (connection) => connection.queryText(`select * from (${sql}) as changed order by order_id`),
                { isGuarded: true },
            );
            return [fields.map(({ name }) => name), ...rows];
        };
        const inGrid = await shown({ runId, modelName: "fct_orders" });
        // Rows that no run has kept look the same.
        expect(await shown(null)).toEqual(inGrid);
        expect(inGrid).toEqual([
            [
                "change",
                "order_id",
                "status before",
                "status",
                "amount before",
                "amount",
                "customer_id",
                "customer_name",
            ],
            ["changed", "2", "LOST", "PAID", "10", "12345678901234567890.123", "1", "Ada"],
            ["new", "3", null, "PAID", null, "10", "1", "Ada"],
        ]);
        const condition = buildChangedRowsCondition(["order_id"], changed.rows) ?? "false";
        expect(
            await rowsOf(test.connected, `select order_id from warehouse.fct_orders where ${condition} order by 1`),
        ).toEqual([["2"], ["3"]]);
    });
});

it("quotes keys in the condition for changed rows, and has none for deleted rows alone", () => {
    const before = { a: "1", b: "x" };
    expect(buildChangedRowsCondition(["a"], [{ operation: "delete", before, after: null }])).toBe(null);
    expect(
        buildChangedRowsCondition(
            ["a", "b"],
            [
                { operation: "insert", before: null, after: { a: "1", b: "it's" } },
                { operation: "insert", before: null, after: { a: "2", b: null } },
                { operation: "insert", before: null, after: { a: "3", b: "y" } },
            ],
        ),
    ).toBe(`("a", "b") in (('1', 'it''s'), ('3', 'y'))`);
});

it("finds the median", () => {
    expect([medianOrNull([]), medianOrNull([3]), medianOrNull([1, 9]), medianOrNull([9, 1, 2])]).toEqual([
        null,
        3,
        5,
        2,
    ]);
});
