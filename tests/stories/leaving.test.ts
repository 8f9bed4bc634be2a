import { join } from "node:path";
import { expect } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import { openDatabase } from "../setup/databases.js";
import { story } from "./story.js";
import { restoredModes, type StoryTerminal } from "./story-terminal.js";

const tabs = /1 Home\]? +2 Models/;
const ready = /^ \? help/m;

function expectRestored(terminal: StoryTerminal): void {
    expect(terminal.modes()).toEqual(restoredModes);
    expect(terminal.history()[0]).toMatch(/^\$ stardeck/);
    expect(terminal.bytes()).not.toContain("\u001b[2J");
    expect(terminal.bytes()).not.toContain("\u001b[3J");
}

story(
    "quits by q and finds the terminal as it was",
    { isReader: true, databases: ["embedded", "server"] },
    async ({ open }) => {
        const terminal = await open();
        await terminal.waitFor(ready);
        expect(terminal.modes()).toMatchObject({ isAlternateScreen: true, isCursorVisible: false, isWrapping: false });
        terminal.press("q");
        expect(await terminal.exit()).toBe(0);
        expectRestored(terminal);
        expect(terminal.history()).toHaveLength(1);
    },
);

story("takes a key that was pressed when nothing but the tabs was there", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(tabs);
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expectRestored(terminal);
});

story("quits by Ctrl-C pressed twice", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    terminal.press("ctrl-c");
    await terminal.waitFor(/again|quit/i);
    terminal.press("ctrl-c");
    expect(await terminal.exit()).toBe(0);
    expectRestored(terminal);
});

for (const [signal, exitCode] of [
    ["SIGTERM", 130],
    ["SIGINT", 130],
] as const) {
    story(`leaves on ${signal}`, { isReader: true }, async ({ open }) => {
        const terminal = await open();
        await terminal.waitFor(ready);
        terminal.signal(signal);
        expect(await terminal.exit()).toBe(exitCode);
        expectRestored(terminal);
    });
}

story("ends when the connection to the terminal is cut", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    await terminal.hangUp();
});

const endless = "with recursive n as (select 1 as i union all select i from n) select count(*) from n";

/** Starts a statement that never ends by itself. */
async function startEndless(terminal: StoryTerminal): Promise<void> {
    await terminal.waitFor(ready);
    terminal.press("8");
    await terminal.waitFor("[8 SQL]");
    terminal.type(endless);
    terminal.press("enter");
    await terminal.waitFor(/opening the query/);
}

/** Leaving takes a second at most; this machine's own slowness is not the program's. */
const mostMs = 2500;

for (const [way, leave, exitCode] of [
    [
        "q, after another screen was shown",
        async (terminal) => {
            terminal.press("1");
            await terminal.waitFor(/\[1 Home\]/);
            terminal.press("q");
        },
        0,
    ],
    [
        "two Ctrl-C",
        (terminal) => {
            terminal.press("ctrl-c", "ctrl-c");
            return Promise.resolve();
        },
        0,
    ],
    [
        "SIGTERM",
        (terminal) => {
            terminal.signal("SIGTERM");
            return Promise.resolve();
        },
        130,
    ],
] as const satisfies readonly (readonly [string, (terminal: StoryTerminal) => Promise<void>, number])[]) {
    story(
        `leaves a running statement by ${way}, and ends it`,
        { databases: ["embedded", "server"] },
        async ({ open, settings }) => {
            const terminal = await open();
            await startEndless(terminal);
            const startedAt = performance.now();
            await leave(terminal);
            expect(await terminal.exit()).toBe(exitCode);
            expect(performance.now() - startedAt).toBeLessThan(mostMs);
            expect(terminal.history().join("\n")).not.toContain("Cannot use a pool");
            // The embedded database answers again, and the server runs it no more.
            await openDatabase(settings, async (database) => {
                const { rows } = await database.query(
                    "select from pg_stat_activity where state = 'active' and query = $1",
                    [endless],
                );
                expect(rows).toEqual([]);
            });
        },
    );
}

story("makes room for the shell on Ctrl-Z and comes back on fg", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    terminal.press("ctrl-z");
    await terminal.waitFor("[stopped]");
    expectRestored(terminal);
    terminal.press("fg", "enter");
    await terminal.waitFor(ready);
    expect(terminal.modes()).toMatchObject({ isAlternateScreen: true, isCursorVisible: false });
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expectRestored(terminal);
});

story("makes room for the shell when somebody else stops it", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    terminal.signal("SIGTSTP");
    await terminal.waitFor("[stopped]");
    expectRestored(terminal);
    terminal.press("fg", "enter");
    await terminal.waitFor(ready);
    expect(terminal.modes()).toMatchObject({ isAlternateScreen: true, isCursorVisible: false });
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expectRestored(terminal);
});

story("stays when no shell could continue it after Ctrl-Z, and says why", { isReader: true }, async ({ open }) => {
    const terminal = await open([], { hasJobControl: false });
    await terminal.waitFor(ready);
    terminal.press("ctrl-z");
    await terminal.waitFor("Suspending needs a shell with job control.");
    expect(terminal.modes()).toMatchObject({ isAlternateScreen: true, isCursorVisible: false, isWrapping: false });
    terminal.press("2");
    await terminal.waitFor("[2 Models]");
    terminal.press("1");
    await terminal.waitFor("[1 Home]");
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modes()).toEqual({ ...restoredModes, isLineInput: false });
});

story("stops and continues what started it too, as npm", { isReader: true }, async ({ open }) => {
    const starter = `require("node:child_process").spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" })
        .on("exit", (code) => process.exit(code))`;
    const cli = join(packageFolder, "dist/program/cli.js");
    const terminal = await open([], { program: [process.execPath, "--eval", starter, cli] });
    await terminal.waitFor(ready);
    terminal.press("ctrl-z");
    await terminal.waitFor("[stopped]");
    terminal.press("fg", "enter");
    await terminal.waitFor(ready);
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
});

story("draws anew for every size and says when there is too little room", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    for (const [columns, rows] of [
        [120, 40],
        [200, 60],
        [61, 17],
    ] as const) {
        terminal.resize(columns, rows);
        await terminal.waitFor(
            (screen) => screen[0]?.includes("1 Home") === true && screen.slice(-2).join().includes("? help"),
        );
        expect(terminal.screen()).toHaveLength(rows);
    }
    terminal.resize(40, 10);
    await terminal.waitFor(/60 ?× ?16/);
    terminal.resize(80, 24);
    await terminal.waitFor(ready);
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expectRestored(terminal);
});
