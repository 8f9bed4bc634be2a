import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withBuildLock } from "../../src/engine/build-lock.js";
import { verifyModels } from "../../src/engine/verify.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landOrders, rowsOf } from "./small-builds.js";
import { createSmallWarehouse, emptySmallWarehouse } from "./small-warehouse.js";

const entry = { command: "build", selection: "", fullRefresh: false, threads: 1 };

/** The id of a process that has been and is no more. */
async function deadProcessId(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
}

describeOnBothDatabases("the build lock", (test) => {
    beforeAll(() => createSmallWarehouse(test.connected));
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
                hint: "Wait until it ends, or stop it there.",
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

    describe("of somebody else", () => {
        it("is taken over from a process of this machine that is gone; its run is marked as crashed", async () => {
            await landOrders(test.connected, { id: 1 });
            const crashed = await leaveHalfABuild(hostname(), await deadProcessId(), "1 second");
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

        it("is respected while a process of this machine lives, however long it is silent", async () => {
            await leaveHalfABuild(hostname(), process.pid, "2 days");
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
