import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { catalogue, mainJob } from "../../../src/commands/catalogue.js";
import { runCommandLine } from "../../../src/commands/command-line.js";
import type { Command } from "../../../src/commands/command.js";

/** Nobody listens there: whoever goes on to connect ends with exit code 3. */
const nowhere = ["--database-url", "postgres://nobody@127.0.0.1:1/nowhere"];

async function run(args: readonly string[]): Promise<{ readonly exitCode: number; readonly said: string }> {
    let said = "";
    const stream = {
        isTTY: false,
        columns: undefined,
        rows: undefined,
        write: (text: string) => {
            said += text;
            return Promise.resolve();
        },
        flush: () => Promise.resolve(),
        lost: () => null,
        lostSignal: new AbortController().signal,
    };
    const exitCode = await runCommandLine([...args, ...nowhere], {
        environment: {},
        workingFolder: "/nowhere",
        stdin: Readable.from([]),
        stdout: stream,
        stderr: stream,
        interrupts: { signal: new AbortController().signal, endAtOnce: () => undefined },
        openInterface: null,
        ask: null,
    });
    return { exitCode, said };
}

const commands: readonly Command[] = await Promise.all(
    [mainJob, ...Object.values(catalogue)].map(async ({ load }) => (await load()).command),
);

const others = "use ls, lineage, show, query, history, debug or demo.";

describe("--read-only", () => {
    it("knows which commands write", () => {
        expect(commands.filter(({ writes }) => writes).map(({ name }) => name)).toEqual([
            "plan",
            "dev",
            "migrate",
            "seed",
            "land",
            "build",
            "run",
            "test",
            "retry",
            "verify",
        ]);
    });

    // A new project needs no database.
    const readers = commands.filter(({ name, writes }) => !writes && name !== "init");

    it.each(readers.map((command) => [command.name, command] as const))(
        "lets `stardeck %s` connect",
        async (_name, command) => {
            // The models that are to be proved are looked for in the project's files.
            const given = command.name === "prove" ? [] : command.arguments.slice(0, 1).map(() => "select 1");
            expect((await run([command.name, ...given, "--read-only"].filter((part) => part !== ""))).exitCode).toBe(3);
        },
    );

    it.each([
        ["migrate", ", add --status"],
        ["seed", ""],
        ["build", ", add --dry-run"],
        ["run", ""],
        ["test", ""],
        ["retry", ""],
        ["verify", ""],
    ])("refuses `stardeck %s` before it connects, and names a way out", async (name, way) => {
        expect(await run([name, "--read-only"])).toEqual({
            exitCode: 2,
            said: `\`stardeck ${name}\` writes, and --read-only is given.\nLeave --read-only out${way}, or ${others}\n`,
        });
    });

    it.each([
        ["migrate", "--status"],
        ["build", "--dry-run"],
    ])("lets `stardeck %s %s` connect, which only reads", async (name, flag) => {
        expect((await run([name, flag, "--read-only"])).exitCode).toBe(3);
    });
});
