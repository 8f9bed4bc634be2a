import { expect, it } from "vitest";
import { withBuildLock } from "../../src/runs/build-lock.js";
import { describeOnBothDatabases, describeOnEmbedded, describeOnServer } from "../setup/databases.js";
import { runStardeck, startStardeck } from "./run-stardeck.js";

/** Runs until it is cancelled. */
const endless =
    "with recursive numbers as (select 1 as n union all select n from numbers) select count(*) from numbers";

describeOnServer("a command that waits for a lock", { template: "migrated" }, (test) => {
    it.each([
        [["build", "--select", "dim_date", "--full-refresh"], "warehouse.dim_date"],
        [["verify", "--select", "dim_date"], "warehouse.dim_date"],
        [["migrate", "--rollback", "--all", "--yes"], "\\S+"],
    ])("says after a second for which, and for whom: %j", async (command, relation) => {
        const held = await test.connected.withTransaction(async (connection) => {
            await connection.query("set local application_name = 'a report'");
            await connection.query("lock table warehouse.dim_date in access share mode");
            if (command[0] !== "migrate") {
                await connection.query("lock table warehouse.dim_date in access exclusive mode");
            }
            const waiting = startStardeck(test, command);
            const talk = await waiting.waitForTalk(/^Waiting for a lock/m);
            expect(talk).toMatch(
                new RegExp(
                    `^Waiting for a lock on ${relation}: held by process \\d+ \\(stardeck_test, a report\\), idle in transaction for [\\d.]+ s\\.$`,
                    "m",
                ),
            );
            return { waiting };
        });
        expect(await held.waiting.finished).toMatchObject({ exitCode: 0 });
    });
});

describeOnBothDatabases("--wait", { template: "migrated" }, (test) => {
    const entry = { command: "build", selection: "", fullRefresh: false, threads: 1 } as const;

    it.each([
        ["build", "--select", "dim_date"],
        ["verify", "--select", "dim_date"],
    ])("lets `%s` wait until another build has ended", async (...command) => {
        const held = await withBuildLock(test.connected, entry, async (runId) => {
            expect(await runStardeck(test, command)).toMatchObject({ exitCode: 1, stdout: "" });
            const waiting = startStardeck(test, [...command, "--wait"]);
            const talk = await waiting.waitForTalk(/Waiting until it ends\.\n/);
            expect(talk).toMatch(
                new RegExp(
                    `^Another build is running: run ${runId} by \\S+ pid ${process.pid}\\. Waiting until it ends\\.$`,
                    "m",
                ),
            );
            return { waiting };
        });
        expect(await held.waiting.finished).toMatchObject({ exitCode: 0 });
    });

    it("ends at once when it is interrupted", async () => {
        await withBuildLock(test.connected, entry, async () => {
            const waiting = startStardeck(test, ["verify", "--wait"]);
            await waiting.waitForTalk(/Waiting until it ends\.\n/);
            waiting.kill("SIGINT");
            expect(await waiting.finished).toMatchObject({ exitCode: 130 });
        });
    });
});

describeOnEmbedded("a command behind another's", { template: "migrated" }, (test) => {
    const waits = (what: string): RegExp =>
        new RegExp(
            `^Waiting for the embedded database, which serves one at a time: ${what} for [\\d.]+ s in stardeck, process ${process.pid}\\.$`,
            "m",
        );

    it("transaction says for whom it waits", async () => {
        const held = await test.connected.withTransaction(async (connection) => {
            await connection.query("select 1");
            const waiting = startStardeck(test, ["query", "select 1 as one", "--format", "csv"]);
            await waiting.waitForTalk(waits("a transaction has been open"));
            return { waiting };
        });
        expect(await held.waiting.finished).toMatchObject({ exitCode: 0, stdout: "one\r\n1\r\n" });
    });

    it("statement says so", async () => {
        const stop = new AbortController();
        const sleeping = test.connected.withReadOnlyTransaction((connection) => connection.query(endless), {
            signal: stop.signal,
            timeoutMs: 0,
        });
        const waiting = startStardeck(test, ["ls", "--json"]);
        await waiting.waitForTalk(waits("a statement has been running"));
        stop.abort();
        await expect(sleeping).rejects.toThrow();
        expect(await waiting.finished).toMatchObject({ exitCode: 0 });
    });
});
