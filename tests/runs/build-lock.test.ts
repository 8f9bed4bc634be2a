import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { beforeEach, describe, expect, it } from "vitest";
import { withBuildLock } from "../../src/runs/build-lock.js";
import { verifyModels } from "../../src/engine/verify.js";
import { parseSettings } from "../../src/config/settings.js";
import { endLostRuns } from "../../src/runs/build-lock.js";
import { loadRunElsewhereOrNull } from "../../src/runs/watch-run.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { build, changesOf, landOrders, rowsOf } from "../engine/small-builds.js";
import { emptySmallWarehouse } from "../engine/small-warehouse.js";

const entry = { command: "build" as const, selection: "", fullRefresh: false, threads: 1 };

/** The id of a process that has been and is no more. */
async function deadProcessId(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
}

describeOnBothDatabases("the build lock", { template: "small" }, (test) => {
    beforeEach(() => emptySmallWarehouse(test.connected));

    /** What a process leaves that ends in the middle of a build. */
    async function leaveHalfABuild(host: string, processId: number, heartbeat: string): Promise<string> {
        const { rows } = await test.connected.query<{ runId: string }>(
            `insert into ops.run (command, selection, is_full_refresh, status, threads, started_by, started_at)
            values ('build', '', false, 'running', 1, 'someone@' || $1::text || ' pid ' || $2::text, now()) returning run_id as "runId"`,
            [host, String(processId)],
        );
        const runId = rows[0]?.runId ?? "";
        await test.connected.query(
            "insert into ops.build_lock (lock_id, run_id, host, process_id, heartbeat_at) values (1, $1, $2, $3, now() - $4::interval)",
            [runId, host, processId, heartbeat],
        );
        await test.connected.query(
            "insert into ops.model_run (run_id, model_name, status, position) values ($1, 'dim_customer', 'ok', 1), ($1, 'fct_orders', 'running', 2), ($1, 'mart_customers', 'queued', 3)",
            [runId],
        );
        return runId;
    }

    const runs = () => rowsOf(test.connected, "select status, message from ops.run order by run_id");

    it("lets one build at a time in and names who holds it", async () => {
        await withBuildLock(test.connected, entry, async (runId) => {
            const refusal = {
                code: "failed",
                message: expect.stringMatching(
                    new RegExp(`^Another build is running: run ${runId} by \\w+@${hostname()} pid ${process.pid}\\.$`),
                ) as unknown,
                hint: "Wait until it ends, or stop it there; --wait waits for it.",
            };
            await expect(build(test.connected)).rejects.toMatchObject(refusal);
            await expect(
                verifyModels(test.connected, { select: [], exclude: [], onResult: () => undefined }),
            ).rejects.toMatchObject(refusal);
        });
        expect((await build(test.connected)).status).toBe("ok");
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
    });

    it("goes when what it was held for fails", async () => {
        await expect(withBuildLock(test.connected, entry, () => Promise.reject(new Error("no luck")))).rejects.toThrow(
            "no luck",
        );
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
    });

    it("is told from that of a process with the same host name and process id: a run of another container goes on", async () => {
        const runId = await leaveHalfABuild(hostname(), process.pid, "1 second");
        expect(await endLostRuns(test.connected, "The database was gone.")).toBe(0);
        expect(await rowsOf(test.connected, "select run_id from ops.build_lock")).toEqual([[runId]]);
    });

    describe("of somebody else", () => {
        it("is taken over from a process of this machine that is gone; its run is marked as crashed", async () => {
            await landOrders(test.connected, { id: 1 });
            // A server's clients may be in containers of one name: there a process id says nothing.
            const silence = test.kind === "embedded" ? "1 second" : "61 seconds";
            const crashed = await leaveHalfABuild(hostname(), await deadProcessId(), silence);
            const summary = await build(test.connected);
            expect(summary.status).toBe("ok");
            expect(changesOf(summary).fct_orders).toBe("all: +1 ~0 -0 =0");
            expect(await runs()).toEqual([
                ["crashed", "The process ended without a word."],
                ["ok", null],
            ]);
            expect(
                await rowsOf(
                    test.connected,
                    "select model_name, status from ops.model_run where run_id = $1 order by 1",
                    [crashed],
                ),
            ).toEqual([
                ["dim_customer", "ok"],
                ["fct_orders", "cancelled"],
                ["mart_customers", "cancelled"],
            ]);
        });

        it("is respected while a process of this machine lives, on the embedded database however long it is silent", async () => {
            await leaveHalfABuild(hostname(), process.pid, test.kind === "embedded" ? "2 days" : "50 seconds");
            await expect(build(test.connected)).rejects.toThrow(/^Another build is running: run \d+ by someone@/);
            expect(await runs()).toEqual([["running", null]]);
        });

        it("is respected while a process of another machine shows itself, and taken over when that is silent", async () => {
            await leaveHalfABuild("elsewhere", 1, "50 seconds");
            await expect(build(test.connected)).rejects.toThrow(/ by someone@elsewhere pid 1\.$/);
            await emptySmallWarehouse(test.connected);
            await leaveHalfABuild("elsewhere", 1, "61 seconds");
            expect((await build(test.connected)).status).toBe("ok");
            expect((await runs()).map(([status]) => status)).toEqual(["crashed", "ok"]);
        });
    });
});

/** The processes of two containers may have the same host name and process ids that say nothing to each other. */
describeOnServer("the build lock, where the server holds it", { template: "small" }, (test) => {
    beforeEach(() => emptySmallWarehouse(test.connected));

    const sessionPid = async (): Promise<number | null> => {
        const { rows } = await test.connected.query<{ pid: number | null }>(
            "select session_pid as pid from ops.build_lock",
        );
        return rows[0]?.pid ?? null;
    };

    it("is respected while its session lives, however dead its process seems and however long it was silent", async () => {
        const dead = await deadProcessId();
        await withBuildLock(test.connected, entry, async (runId) => {
            await test.connected.query(
                "update ops.build_lock set process_id = $1, heartbeat_at = now() - interval '2 days', holder_id = 'x'",
                [dead],
            );
            await expect(build(test.connected)).rejects.toThrow(`Another build is running: run ${runId} by `);
            expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(runId);
        });
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("is taken over at once when its session is gone, however alive its process seems", async () => {
        const runId = await withBuildLock(test.connected, entry, (id) => Promise.resolve(id));
        await test.connected.query("update ops.run set status = 'running'");
        await test.connected.query(
            `insert into ops.build_lock (lock_id, run_id, host, process_id, heartbeat_at, holder_id, session_pid)
            values (1, $1, $2, $3, now(), 'x', 1)`,
            [runId, hostname(), process.pid],
        );
        expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
        expect((await build(test.connected)).status).toBe("ok");
    });

    it("goes on by its heartbeat when its session is ended while it builds", async () => {
        await withBuildLock(test.connected, entry, async () => {
            await test.connected.query("select pg_terminate_backend($1, 10000)", [await sessionPid()]);
            await expect.poll(sessionPid).toBe(null);
            await expect(build(test.connected)).rejects.toThrow("Another build is running: run ");
        });
        expect(await rowsOf(test.connected, "select from ops.build_lock")).toEqual([]);
    });

    it("is a row with a heartbeat for a role that has one connection only", async () => {
        const role = `lone_${process.pid}`;
        await test.connected.query(`create role ${role} login connection limit 1 password 'alone'`);
        await test.connected.query(
            `grant all on all tables in schema ops to ${role}; grant usage on schema ops to ${role}`,
        );
        const url = new URL(test.flags[1] ?? "");
        url.username = role;
        url.password = "alone";
        try {
            await openDatabase(
                parseSettings({ databaseUrl: url.href, threads: 1 }, {}, test.workingFolder),
                async (alone) => {
                    await withBuildLock(alone, entry, async (runId, shown) => {
                        const { rows } = await alone.query("select session_pid, host from ops.build_lock");
                        expect(rows).toEqual([{ session_pid: null, host: hostname() }]);
                        // Its only connection is busy: no heartbeat gets through.
                        await shown.withTransaction(async () => {
                            await test.connected.query(
                                "update ops.build_lock set heartbeat_at = now() - interval '2 days'",
                            );
                            await expect(build(test.connected)).rejects.toThrow(
                                `Another build is running: run ${runId} by ${role}@`,
                            );
                        });
                        expect(await loadRunElsewhereOrNull(test.connected, test.kind)).toBe(null);
                    });
                },
            );
        } finally {
            await test.connected.query(`drop owned by ${role}`);
            await test.connected.query(`drop role ${role}`);
        }
    });
});
