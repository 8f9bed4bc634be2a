import { beforeEach, expect, it } from "vitest";
import { withDatabase, type Database } from "../../src/database/database.js";
import type { RunSummary } from "../../src/engine/events.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { waitForSessions } from "../setup/wait-for-sessions.js";
import {
    build,
    changesOf,
    collectEvents,
    landCustomers,
    landOrders,
    modelOf,
    rowsOf,
    statusesOf,
} from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

const noChange = {
    dim_customer: "all: +0 ~0 -0 =1",
    fct_orders: "all: +0 ~0 -0 =2",
    fct_visits: "all: +0 ~0 -0 =0",
    mart_customers: "all: +0 ~0 -0 =1",
};

describeOnBothDatabases("a build that is stopped on request", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2 });
    });

    it("between two models keeps what is published, and the next build does the rest", async () => {
        const abort = new AbortController();
        const stopped = await build(test.connected, {
            threads: 1,
            signal: abort.signal,
            onEvent: (event) => {
                if (event.type === "model-finished" && event.result.modelName === "dim_customer") {
                    abort.abort();
                }
            },
        });
        expect(stopped.status).toBe("cancelled");
        expect(statusesOf(stopped)).toMatchObject({
            dim_customer: "ok",
            fct_orders: "cancelled",
            mart_customers: "cancelled",
        });
        expect(modelOf(stopped, "fct_orders").message).toBe("stopped on request");
        expect(await rowsOf(test.connected, "select status from ops.run")).toEqual([["cancelled"]]);
        expect(
            await rowsOf(
                test.connected,
                "select status from ops.model_run where model_name in ('dim_customer', 'fct_orders') order by model_name",
            ),
        ).toEqual([["ok"], ["cancelled"]]);
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
        const next = await build(test.connected);
        expect(next.status).toBe("ok");
        expect(changesOf(next)).toMatchObject({ fct_orders: "all: +2 ~0 -0 =0", mart_customers: "all: +1 ~0 -0 =0" });
        expect(changesOf(next)).not.toHaveProperty("dim_customer");
    });

    it("in the middle of a model leaves nothing of that model", async () => {
        const abort = new AbortController();
        const stopped = await build(test.connected, {
            threads: 1,
            signal: abort.signal,
            onEvent: (event) => {
                if (event.type === "model-scoped" && event.modelName === "fct_orders") {
                    abort.abort();
                }
            },
        });
        expect(stopped.status).toBe("cancelled");
        // It may finish before the signal arrives.
        expect(["cancelled", "ok"]).toContain(modelOf(stopped, "fct_orders").status);
        expect(modelOf(stopped, "mart_customers").status).toBe("cancelled");
        const count = modelOf(stopped, "fct_orders").status === "ok" ? "2" : "0";
        expect(await rowsOf(test.connected, "select count(*) from warehouse.fct_orders")).toEqual([[count]]);
        expect((await build(test.connected)).status).toBe("ok");
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual(noChange);
    });

    it("in the middle of a statement ends soon, and leaves nothing of its model", async () => {
        await test.connected.query(
            `create or replace function public.never_end() returns trigger language plpgsql as
                'begin loop perform 1; end loop; end';
            create trigger never_end after insert on warehouse.fct_orders execute function public.never_end()`,
        );
        const abort = new AbortController();
        let abortedAt = 0;
        const stopped = await build(test.connected, {
            signal: abort.signal,
            onEvent: (event) => {
                if (event.type === "model-scoped" && event.modelName === "fct_orders") {
                    abortedAt = performance.now();
                    abort.abort();
                }
            },
        });
        // Asked again every 200 ms.
        expect(performance.now() - abortedAt).toBeLessThan(5000);
        await test.connected.query("drop trigger never_end on warehouse.fct_orders");
        expect(stopped.status).toBe("cancelled");
        expect(modelOf(stopped, "fct_orders")).toMatchObject({
            status: "cancelled",
            rows: null,
            message: "stopped on request",
        });
        expect(await rowsOf(test.connected, "select count(*) from warehouse.fct_orders")).toEqual([["0"]]);
        expect(
            await rowsOf(
                test.connected,
                `select 'state' from ops.model_state where model_name = 'fct_orders'
                union all select 'cursor' from ops.source_cursor where model_name = 'fct_orders'
                union all select 'lock' from ops.build_lock`,
            ),
        ).toEqual([]);
        expect((await build(test.connected)).status).toBe("ok");
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual(noChange);
    });

    it("before it begins does nothing", async () => {
        await expect(build(test.connected, { signal: AbortSignal.abort() })).rejects.toThrow();
        expect(await rowsOf(test.connected, "select from ops.model_state")).toEqual([]);
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
        expect((await build(test.connected)).status).toBe("ok");
    });
});

describeOnBothDatabases("a build in which one model is cancelled", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2 });
    });

    const statuses = {
        dim_customer: "ok",
        fct_orders: "cancelled",
        fct_visits: "ok",
        mart_customers: "skipped",
        paid_orders: "skipped",
        stg_customer: "ok",
        stg_order: "ok",
        stg_visit: "ok",
    };

    async function expectRestToFollow(stopped: RunSummary): Promise<void> {
        expect(stopped.status).toBe("cancelled");
        expect(statusesOf(stopped)).toEqual(statuses);
        expect(modelOf(stopped, "fct_orders")).toMatchObject({ rows: null, message: "stopped on request" });
        expect(modelOf(stopped, "mart_customers").message).toBe("upstream fct_orders was cancelled");
        expect(
            await rowsOf(
                test.connected,
                `select run.status, model_run.status from ops.run
                join ops.model_run using (run_id) where model_name = 'fct_orders'`,
            ),
        ).toEqual([["cancelled", "cancelled"]]);
        const next = await build(test.connected);
        expect(next.status).toBe("ok");
        expect(changesOf(next)).toEqual({
            fct_orders: "all: +2 ~0 -0 =0",
            mart_customers: "all: +1 ~0 -0 =0",
        });
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual(noChange);
    }

    it("ends its statement soon, skips what is made from it, and does the rest", async () => {
        await test.connected.query(
            `create or replace function public.never_end() returns trigger language plpgsql as
                'begin loop perform 1; end loop; end';
            create trigger never_end after insert on warehouse.fct_orders execute function public.never_end()`,
        );
        const abort = new AbortController();
        const stopped = await build(test.connected, {
            signalOfModel: (name) => (name === "fct_orders" ? abort.signal : new AbortController().signal),
            onEvent: (event) => {
                if (event.type === "model-scoped" && event.modelName === "fct_orders") {
                    abort.abort();
                }
            },
        });
        await test.connected.query("drop trigger never_end on warehouse.fct_orders");
        await expectRestToFollow(stopped);
    });

    it("does not begin it when it is cancelled before its turn", async () => {
        const { events, onEvent } = collectEvents();
        const stopped = await build(test.connected, {
            signalOfModel: (name) => (name === "fct_orders" ? AbortSignal.abort() : new AbortController().signal),
            onEvent,
        });
        expect(events.some((event) => event.type === "model-started" && event.modelName === "fct_orders")).toBe(false);
        await expectRestToFollow(stopped);
    });
});

describeOnServer("a build on a server", { template: "small", dividesAll: true }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 }, { id: 2 });
    });

    /** Holds a lock on a table, from another connection, until `use` is done. */
    async function whileLocked<T>(table: string, use: (other: Database) => Promise<T>): Promise<T> {
        return openDatabase(test.settings, (other) =>
            other.withTransaction(async (connection) => {
                await connection.query(`lock table ${table} in access exclusive mode`);
                return use(other);
            }),
        );
    }

    /** The backend that waits for a lock, as soon as there is one. */
    async function findWaitingBackend(other: Database): Promise<number> {
        const [pid = 0] = await waitForSessions(other, "wait_event_type = 'Lock'");
        return pid;
    }

    it("cancels the running statement at the server when stopped, at once", async () => {
        const abort = new AbortController();
        const stopped = await whileLocked("warehouse.fct_orders", async (other) => {
            const running = build(test.connected, { signal: abort.signal });
            await findWaitingBackend(other);
            abort.abort();
            // The lock is held until the build has ended, so only cancelling the statement can end the build.
            return running;
        });
        expect(stopped.status).toBe("cancelled");
        expect(statusesOf(stopped)).toMatchObject({
            dim_customer: "ok",
            fct_orders: "cancelled",
            mart_customers: "cancelled",
        });
        expect(await rowsOf(test.connected, "select count(*) from warehouse.fct_orders")).toEqual([["0"]]);
        expect((await build(test.connected)).status).toBe("ok");
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual(noChange);
    });

    it("tries a model again whose connection the server cuts", async () => {
        const running = await whileLocked("warehouse.fct_orders", async (other) => {
            const summary = build(test.connected);
            const pid = await findWaitingBackend(other);
            await other.query("select pg_terminate_backend($1)", [pid]);
            return { summary };
        });
        const summary = await running.summary;
        expect(summary.status).toBe("ok");
        expect(changesOf(summary).fct_orders).toBe("all: +2 ~0 -0 =0");
        expect(
            await rowsOf(test.connected, "select status from ops.model_run where model_name = 'fct_orders'"),
        ).toEqual([["ok"]]);
        expect(changesOf(await build(test.connected, { fullRefresh: true }))).toEqual(noChange);
    });

    it("fails a model cleanly whose connection is cut each time", async () => {
        const summary = await whileLocked("warehouse.fct_orders", async (other) => {
            let isOver = false;
            const running = build(test.connected).finally(() => {
                isOver = true;
            });
            const pid = "pid <> pg_backend_pid() and datname = current_database() and wait_event_type = 'Lock'";
            while (!(isOver as boolean)) {
                await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${pid}`);
            }
            return running;
        });
        expect(summary.status).toBe("failed");
        expect(modelOf(summary, "fct_orders").message).toMatch(
            /^The connection to stardeck_test@127\.0\.0\.1:\d+\/\w+ was lost: .* What was committed is kept\. Try again when the database is back\.$/,
        );
        expect(modelOf(summary, "mart_customers").message).toBe("upstream fct_orders failed");
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("builds a model again that somebody else's commit got in the way of", async () => {
        await build(test.connected);
        await landOrders(test.connected, { id: 1, amount: "20", modifiedAt: "2025-01-02" });
        const running = await openDatabase(test.settings, (other) =>
            other.withTransaction(async (connection) => {
                await connection.query("update warehouse.fct_orders set status = 'edited' where order_id = 1");
                const summary = build(test.connected);
                await findWaitingBackend(other);
                return { summary };
            }),
        );
        const summary = await running.summary;
        expect(summary.status).toBe("ok");
        expect(changesOf(summary).fct_orders).toBe("1 entities: +0 ~1 -0 =0");
        expect(
            await rowsOf(test.connected, "select status, amount from warehouse.fct_orders where order_id = 1"),
        ).toEqual([["PAID", "20"]]);
    });

    it("builds a model again after a deadlock", async () => {
        await build(test.connected);
        await landOrders(test.connected, { id: 1, amount: "20", modifiedAt: "2025-01-02" });
        const running = await openDatabase(test.settings, (other) =>
            other.withTransaction(async (connection) => {
                // Let the build be the one that detects the deadlock.
                await connection.query("set local deadlock_timeout = '60s'");
                await connection.query("lock table ops.affected_entity in access exclusive mode");
                const summary = build(test.connected, {
                    select: ["fct_orders"],
                    wholeModelShare: 0,
                    fullRefresh: true,
                });
                await findWaitingBackend(other);
                await connection.query("lock table warehouse.fct_orders in access exclusive mode");
                return { summary };
            }),
        );
        const summary = await running.summary;
        expect(summary.status).toBe("ok");
        expect(changesOf(summary).fct_orders).toBe("all: +0 ~1 -0 =1");
    });

    it("fails a model whose statement takes longer than it may", async () => {
        await whileLocked("warehouse.fct_orders", async () => {
            await withDatabase(
                test.settings.database,
                { ...test.settings, statementTimeoutMs: 2000, maxConnections: 2 },
                async (hasty) => {
                    const summary = await build(hasty);
                    expect(modelOf(summary, "fct_orders")).toMatchObject({
                        status: "failed",
                        message:
                            "canceling statement due to statement timeout. Raise --statement-timeout, or narrow the selection.",
                    });
                    expect(modelOf(summary, "dim_customer").status).toBe("ok");
                },
            );
        });
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("refuses a second builder meanwhile, and fails a model whose statement somebody cancels", async () => {
        await whileLocked("warehouse.fct_orders", async (other) => {
            const first = build(test.connected);
            const pid = await findWaitingBackend(other);
            await expect(build(other)).rejects.toThrow(/^Another build is running/);
            await other.query("select pg_cancel_backend($1)", [pid]);
            expect(modelOf(await first, "fct_orders")).toMatchObject({
                status: "failed",
                message: "canceling statement due to user request",
            });
        });
    });
});
