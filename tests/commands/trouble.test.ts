import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { describeOnServer } from "../setup/databases.js";
import { waitForSessions } from "../setup/wait-for-sessions.js";
import { parseJsonLines, runStardeck, startStardeck, type Place } from "./run-stardeck.js";

async function makePlace(): Promise<Place> {
    return { workingFolder: await mkdtemp(join(inject("runFolder"), "place-")), flags: [] };
}

/** The test server's URL with something changed. */
function urlWith(change: (url: URL) => void): string {
    const url = new URL(inject("testServer").url);
    change(url);
    return url.href;
}

describe("a command line that cannot be understood", () => {
    it.each([
        [["bild"], 'Unknown command "bild".\nDid you mean build?\n'],
        [["--jsn", "ls"], "Unknown flag --jsn before a command.\nDid you mean --json?\n"],
        [["ls", "--selct=x"], "Unknown flag --selct.\nDid you mean --select?\n"],
        [
            ["show"],
            "MODEL is missing: model or source, with or without its schema.\n`stardeck show --help` shows how to use it.\n",
        ],
        [
            ["ls", "--threads", "many"],
            '--threads takes a whole number from 1 to 64, not "many".\n`stardeck ls --help` shows how to use it.\n',
        ],
        [
            ["postgres://me:s3cret@host/db"],
            'Unknown command "postgres://me:***@host/db".\n`stardeck --help` lists all commands.\n',
        ],
    ])("%j ends with exit code 2", async (args, stderr) => {
        expect(await runStardeck(await makePlace(), args)).toEqual({ exitCode: 2, stdout: "", stderr });
    });
});

describe("a database that cannot be used", () => {
    it.each([
        [
            "wrong password",
            (url: URL) => (url.password = "wrong-s3cret"),
            /refuses the password\.\nCheck user and password/,
        ],
        ["missing database", (url: URL) => (url.pathname = "/nowhere"), /: the database does not exist\.\nCreate it/],
        ["unknown host", (url: URL) => (url.hostname = "nowhere.invalid"), /^The host of .* is not known\.\n/],
        ["closed port", (url: URL) => (url.port = "1"), /^No PostgreSQL server answers at .*:1\/postgres\.\n/],
    ])("%s: one sentence, the way out, exit code 3, no password", async (_, change, pattern) => {
        const url = urlWith(change);
        const place = { ...(await makePlace()), flags: ["--database-url", url] };
        const plain = await runStardeck(place, ["debug"]);
        expect(plain).toMatchObject({ exitCode: 3, stdout: "" });
        expect(plain.stderr).toMatch(pattern);
        expect(plain.stderr.trimEnd().split("\n")).toHaveLength(2);
        const verbose = await runStardeck(place, ["debug", "--verbose", "--json"]);
        expect(verbose.stderr).toContain("Caused by:");
        expect(parseJsonLines(verbose.stdout)).toMatchObject([{ type: "error", code: "no-database" }]);
        for (const { stdout, stderr } of [plain, verbose]) {
            expect(stdout + stderr).not.toContain("wrong-s3cret");
            expect(stdout + stderr).not.toContain(new URL(url).password);
            expect(stdout + stderr).not.toContain(decodeURIComponent(new URL(url).password));
        }
    });
});

describe("an interrupt", () => {
    describeOnServer("on a server", { template: "seeded" }, (database) => {
        it("cancels a query at the server and ends with 130", async () => {
            const query = startStardeck(database, ["query", "select pg_sleep(60)"]);
            await waitForSessions(database.connected, "wait_event = 'PgSleep'", 1);
            query.kill("SIGINT");
            expect(await query.finished).toEqual({ exitCode: 130, stdout: "", stderr: "Interrupted.\n" });
            await waitForSessions(database.connected, "wait_event = 'PgSleep'", 0);
        });

        it("ends a build cleanly with 130 and leaves it to retry", async () => {
            const build = startStardeck(database, ["build"]);
            await build.waitForTalk(/^Run /m);
            build.kill("SIGTERM");
            const { exitCode, stderr } = await build.finished;
            expect(exitCode).toBe(130);
            expect(stderr).toContain("Cancelled in");
            expect((await runStardeck(database, ["retry"])).exitCode).toBe(0);
            const { rows } = await database.connected.query("select status from ops.run order by run_id");
            expect(rows).toEqual([{ status: "cancelled" }, { status: "ok" }]);
        });
    });
});

describe("few privileges", () => {
    describeOnServer("on a built database", { template: "built" }, (database) => {
        it("debug still checks what it can, and names the grants that are missing", async () => {
            const role = `reader_${String(process.pid)}`;
            await database.connected.query(`create role ${role} login password 'r3ader'`);
            try {
                const url = new URL(database.flags[1] ?? "");
                url.username = role;
                url.password = "r3ader";
                const place = {
                    ...database,
                    workingFolder: database.workingFolder,
                    flags: ["--database-url", url.href],
                };
                const { exitCode, stdout, stderr } = await runStardeck(place, ["debug"]);
                expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
                expect(stdout).toContain("✗ privilege to create schemas: missing\n");
                expect(stdout).toContain(`✗ schema ops: ${role} may not create in it\n`);
                expect(stdout).toContain("✗ sources: permission denied for schema ops\n");
                const listed = await runStardeck(place, ["ls"]);
                expect(listed).toMatchObject({ exitCode: 1, stdout: "" });
                expect(listed.stderr).toMatch(/^permission denied for schema ops\nAsk the owner/);
            } finally {
                await database.connected.query(`drop role ${role}`);
            }
        });
    });
});
