import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../src/commands/catalogue.js";
import { openProcessStream } from "../../src/commands/output-stream.js";
import { describeOnServer, type TestDatabase } from "../setup/databases.js";
import { waitForSessions } from "../setup/wait-for-sessions.js";
import { program, runStardeck, splitWords, type FinishedProcess } from "./run-stardeck.js";

interface Row {
    readonly command: string;
    readonly readerGone: string;
    readonly stdoutFull: string;
    readonly stderrFull: string;
    readonly signal: string;
}

const page = await readFile(join(import.meta.dirname, "../../docs/exit-codes.md"), "utf8");
const rows = Array.from(
    page.matchAll(/^\| `stardeck (.*)` +\| +(\S+) +\| +(\S+) +\| +(\S+) +\| +(\S*) *\|$/gm),
    ([, command = "", readerGone = "", stdoutFull = "", stderrFull = "", signal = ""]): Row => ({
        command,
        readerGone,
        stdoutFull,
        stderrFull,
        signal,
    }),
);

const exitCodeOf = (cell: string): number => (cell === "done" ? 0 : Number(cell));

const isAboutProgram = (command: string): boolean => /^--(version|help)$/.test(command);

/** Runs a command line in a shell, with `redirection` behind it. */
function start(database: TestDatabase, command: string, redirection: string): ReturnType<typeof spawn> {
    const flags = isAboutProgram(command) ? "" : database.flags.join(" ");
    return spawn("sh", ["-c", `exec "$0" "$1" ${command} ${flags} ${redirection}`, process.execPath, program], {
        cwd: database.workingFolder,
        stdio: ["ignore", "pipe", "pipe"],
    });
}

async function finish(child: ReturnType<typeof spawn>): Promise<FinishedProcess> {
    const [stdout, stderr, [exitCode]] = await Promise.all([
        child.stdout === null ? "" : text(child.stdout),
        child.stderr === null ? "" : text(child.stderr),
        once(child, "close") as Promise<[number | null]>,
    ]);
    return { exitCode, stdout, stderr };
}

it("has a row for every command", () => {
    const names = new Set(rows.map(({ command }) => command.split(" ")[0]));
    // The one watches until it is interrupted (dev.test.ts), the other makes a warehouse of its own each time (prove.test.ts).
    const ending = Object.keys(catalogue).filter((name) => !["dev", "prove"].includes(name));
    expect([...names].sort()).toEqual([...ending, "--plain", "--version", "--help"].sort());
});

const fullDisk = /^No space left on device: the output is cut off after [\d,]+ bytes?\.$/m;

describeOnServer("every command", { template: "built" }, (database) => {
    beforeAll(async () => {
        await writeFile(join(database.workingFolder, "new.csv"), "new_id,name\n1,a\n");
        await database.connected.query("create table staging.new_rows (new_id bigint, name text)");
    });

    describe("whose stdout is on a full disk", () => {
        it.each(rows)("$command: $stdoutFull", async ({ command, stdoutFull }) => {
            const { exitCode, stderr } = await runWithFullDisk(database, command, "stdout");
            expect({ exitCode, isSaid: fullDisk.test(stderr) }).toEqual({
                exitCode: exitCodeOf(stdoutFull),
                isSaid: stdoutFull === "4",
            });
        });
    });

    describe("whose stderr is on a full disk", () => {
        it.each(rows)("$command: $stderrFull", async ({ command, stderrFull }) => {
            const { exitCode } = await runWithFullDisk(database, command, "stderr");
            expect(exitCode).toBe(exitCodeOf(stderrFull));
        });
    });

    // Each as docs/exit-codes.md names it.
    it.each([
        ["No space left on device", (line: string) => `${line} >/dev/full`],
        ["File too large", (line: string) => `ulimit -f 1; ${line} >large.txt`],
        ["Input/output error", (line: string) => `${line} >/proc/self/mem`],
        ["Bad file descriptor", (line: string) => `${line} 1</dev/null`],
    ])("ends with 4 and says so: %s", async (reason, redirect) => {
        const line = `"$0" "$1" query "select repeat('x', 2000) as x" --format csv ${database.flags.join(" ")}`;
        const child = spawn("sh", ["-c", redirect(line), process.execPath, program], {
            cwd: database.workingFolder,
            stdio: ["ignore", "ignore", "pipe"],
        });
        const { exitCode, stderr } = await finish(child);
        expect([exitCode, stderr]).toEqual([
            4,
            expect.stringMatching(new RegExp(`^${reason}: the output is cut off after [\\d,]+ bytes?\\.$`, "m")),
        ]);
    });

    it("stops when it is interrupted while a reader is slow", async () => {
        const child = start(
            database,
            `query "select repeat('x', 1000000) from generate_series(1, 100)" --format csv`,
            "",
        );
        // One piece is read, and nothing more.
        child.stdout?.once("data", () => {
            child.stdout?.pause();
            child.kill("SIGINT");
        });
        const [exitCode] = (await once(child, "exit")) as [number | null];
        expect(exitCode).toBe(130);
    });

    describe("whose reader went away", () => {
        it.each(rows)("$command: $readerGone", async ({ command, readerGone }) => {
            const child = start(database, command, "");
            child.stdout?.destroy();
            const stderr = child.stderr === null ? "" : await text(child.stderr);
            const [exitCode] = (await once(child, "close")) as [number | null];
            expect({ exitCode, isSaid: stderr.includes("cut off") }).toEqual({
                exitCode: exitCodeOf(readerGone),
                isSaid: false,
            });
        });
    });

    describe("interrupted while it waits for the database", () => {
        const waiting = rows.filter(({ signal }) => signal !== "");
        const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
        it.each(waiting.map((row, at) => ({ ...row, name: signals[at % 3] ?? "SIGINT" })))(
            "$command, by $name: $signal",
            async ({ command, signal, name }) => {
                const { exitCode, stderr } = await database.connected.withTransaction(async (connection) => {
                    await connection.query(
                        `lock table ops.model, ops.source, ops.run, ops.migration, staging.stardeck_seed_day, staging.new_rows, warehouse.fct_orders
                        in access exclusive mode`,
                    );
                    const child = start(database, command, "");
                    const finished = finish(child);
                    await waitForSessions(database.connected, "wait_event_type = 'Lock'");
                    child.kill(name);
                    return finished;
                });
                expect({ exitCode, end: stderr.slice(-13) }).toEqual({
                    exitCode: exitCodeOf(signal),
                    end: stderr === "" ? "" : "Interrupted.\n",
                });
            },
        );
    });
});

/** Runs a command in this process, as one whose stream is redirected to /dev/full. */
async function runWithFullDisk(
    { workingFolder, flags }: TestDatabase,
    command: string,
    name: "stdout" | "stderr",
): Promise<FinishedProcess> {
    const folder = await mkdtemp(join(workingFolder, "new-"));
    const words = splitWords(`stardeck ${command.replace('"$(mktemp -d -p .)"', folder)}`);
    const place = { workingFolder, flags: isAboutProgram(command) ? [] : flags };
    const disk = await open("/dev/full", "w");
    try {
        const stream = openProcessStream(Object.assign(new Writable(), { fd: disk.fd }));
        return await runStardeck(place, words, {}, { [name]: stream });
    } finally {
        await disk.close();
    }
}
