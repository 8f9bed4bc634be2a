import { expect } from "vitest";
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
