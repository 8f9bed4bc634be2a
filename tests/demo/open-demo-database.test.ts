import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { openDemoDatabase } from "../../src/demo/open-demo-database.js";
import { describeOnServer } from "../setup/databases.js";

const settings = parseSettings({}, {}, "/nowhere");

async function listOwnFolders(): Promise<readonly string[]> {
    return (await readdir(tmpdir())).filter((name) => name.startsWith(`stardeck-demo-${process.pid}-`));
}

describe("the prepared demo warehouse", () => {
    it("holds marts and a record of a week: a full build, incremental ones, a failure and what healed it", async () => {
        const { runs, orders } = await openDemoDatabase(settings, async (database) => ({
            runs: (
                await database.query(
                    `select
                        status,
                        is_full_refresh as "isFullRefresh",
                        started_by as "startedBy",
                        (select count(*)::integer from ops.model_run where run_id = run.run_id and status = 'ok') as "okCount",
                        (
                            select string_agg(model_name || ' ' || status, ', ' order by position)
                            from ops.model_run
                            where run_id = run.run_id and status <> 'ok'
                        ) as "others"
                    from ops.run
                    order by run_id`,
                )
            ).rows,
            orders: (
                await database.query(
                    `select max(placed_at)::date::text as "lastDay", count(*) > 1000 as "areMany" from warehouse.fct_orders`,
                )
            ).rows,
        }));
        const done = { status: "ok", isFullRefresh: false, startedBy: "the demo", okCount: 18, others: null };
        expect(runs).toEqual([
            done,
            done,
            {
                ...done,
                status: "failed",
                okCount: 14,
                others: "dim_product failed, fct_order_items skipped, mart_last_session_carts skipped, mart_weekly_discounts skipped",
            },
            { ...done, isFullRefresh: true, okCount: 4 },
            done,
            done,
        ]);
        expect(orders).toEqual([{ lastDay: "2025-03-02", areMany: true }]);
    });

    it("is a copy of each demo's own, which cannot be written to and goes with it, also after an error", async () => {
        await openDemoDatabase(settings, async (database) => {
            expect(database.isReadOnly).toBe(true);
            await expect(database.query("delete from ops.run")).rejects.toThrow("read-only transaction");
            await expect(database.withTransaction(() => Promise.resolve())).rejects.toThrow("open for reading only");
            const second = openDemoDatabase(settings, async () => {
                expect((await listOwnFolders()).length).toBe(2);
                throw new Error("the end of the second");
            });
            await expect(second).rejects.toThrow("the end of the second");
            expect((await listOwnFolders()).length).toBe(1);
        });
        expect(await listOwnFolders()).toEqual([]);
    });

    it("is removed by the next demo when its own was killed, and nobody else's is", async () => {
        const program = `
            import { openDemoDatabase } from "./dist/src/demo/open-demo-database.js";
            import { parseSettings } from "./dist/src/config/settings.js";
            await openDemoDatabase(parseSettings({}, {}, "/nowhere"), () => {
                process.stdout.write("open");
                return new Promise((resolve) => setTimeout(resolve, 60_000));
            });`;
        const other = spawn(process.execPath, ["--input-type=module", "--eval", program], {
            cwd: join(import.meta.dirname, "../.."),
            stdio: ["ignore", "pipe", "inherit"],
        });
        await once(other.stdout, "data");
        const isOf = (pid: number | undefined) => (name: string) => name.startsWith(`stardeck-demo-${String(pid)}-`);
        const [killed = ""] = (await readdir(tmpdir())).filter(isOf(other.pid));
        await openDemoDatabase(settings, () => Promise.resolve());
        expect(existsSync(join(tmpdir(), killed, "data"))).toBe(true);

        other.kill("SIGKILL");
        await once(other, "close");
        // One whose process had not come so far as to start a server; and one that may just be doing that elsewhere.
        const unborn = await mkdtemp(join(tmpdir(), `stardeck-demo-${String(other.pid)}-`));
        await utimes(unborn, 0, 0);
        const young = await mkdtemp(join(tmpdir(), `stardeck-demo-${String(other.pid)}-`));
        await mkdir(join(young, "data"));
        // Its server ends a moment after it: until then the folder is in use.
        await expect
            .poll(
                async () => {
                    await openDemoDatabase(settings, () => Promise.resolve());
                    return existsSync(join(tmpdir(), killed));
                },
                { timeout: 60_000 },
            )
            .toBe(false);
        expect([existsSync(unborn), existsSync(young)]).toEqual([false, true]);
        await rm(young, { recursive: true });
    });
});

describeOnServer("a demo of a server's warehouse", { template: "built" }, (database) => {
    it("reads from the server and makes no copy", async () => {
        const name = await openDemoDatabase(database.settings, async (opened) => {
            expect(await listOwnFolders()).toEqual([]);
            await expect(opened.query("delete from ops.run")).rejects.toThrow("read-only transaction");
            return opened.name;
        });
        expect(name).toContain(new URL(inject("testServer").url).hostname);
    });
});
