import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { openTerminal } from "./open-terminal.js";
import { restoredModes, type StoryTerminal, type TerminalOptions } from "./story-terminal.js";

async function open(options: Partial<TerminalOptions>): Promise<StoryTerminal> {
    const terminal = await openTerminal({ workingFolder: tmpdir(), timeoutMs: 5_000, ...options });
    onTestFinished(() => terminal.close());
    return terminal;
}

/** Starts a program of Node's that reads single keys in the alternate screen. */
function openNode(script: string, options: Partial<TerminalOptions> = {}): Promise<StoryTerminal> {
    const prelude = "const out = (text) => process.stdout.write(text); process.stdin.setRawMode(true);";
    return open({ program: [process.execPath, "--eval", `${prelude}${script}`], ...options });
}

test("shows what a program draws, with attributes, and takes what it asks for", async () => {
    const terminal = await openNode(`
        out("\\x1b[?1049h\\x1b[?25l\\x1b[?7l\\x1b[?1000;1006h\\x1b[?2004h\\x1b[H\\x1b[31;7mred\\x1b[0m 😀\\x1b[1;38;2;1;2;3mx");
        process.stdin.resume();
    `);
    await terminal.waitFor("red 😀x");
    expect(terminal.screen()[0]).toBe("red 😀x");
    expect(terminal.screen()).toHaveLength(24);
    expect(terminal.cell(0, 0)).toMatchObject({ text: "r", isInverse: true, foreground: "red", background: null });
    expect(terminal.cell(0, 4)).toMatchObject({ text: "😀", width: 2, foreground: null });
    expect(terminal.cell(0, 6)).toMatchObject({ text: "x", isBold: true, foreground: "#010203" });
    expect(terminal.modes()).toMatchObject({
        isAlternateScreen: true,
        isCursorVisible: false,
        isWrapping: false,
        isMouseReported: true,
        isPasteBracketed: true,
    });
    expect(terminal.bytes()).not.toContain("\u001b[2J");
});

test("sends keys, text, pastes and the mouse as a terminal does", async () => {
    const terminal = await openNode(`
        out("\\x1b[?1000;1006h\\x1b[?2004hready");
        let all = "";
        process.stdin.on("data", (data) => { all += data; out("\\r\\n" + JSON.stringify(all)); });
    `);
    await terminal.waitFor("ready");
    terminal.press("down", "ctrl-p", "G", "enter");
    terminal.paste("a\nb");
    terminal.mouse("wheel-down", 2, 3);
    terminal.type("down");
    await terminal.waitFor(String.raw`"\u001b[B\u0010G\r\u001b[200~a\rb\u001b[201~\u001b[<65;4;3Mdown"`);
    expect(() => {
        terminal.press("esc", "x");
    }).toThrow("A key right after Esc");
});

test("pastes a megabyte", async () => {
    const terminal = await openNode(`
        let count = 0;
        out("ready");
        process.stdin.on("data", (data) => { count += data.length; out("\\r" + count); });
    `);
    await terminal.waitFor("ready");
    terminal.paste("x".repeat(1_000_000));
    await terminal.waitFor("1000000");
});

test("tells the program of a new size", async () => {
    const terminal = await openNode(`
        const draw = () => out("\\x1b[H" + process.stdout.columns + "x" + process.stdout.rows);
        draw();
        process.stdout.on("resize", draw);
        process.stdin.resume();
    `);
    await terminal.waitFor("80x24");
    terminal.resize(120, 40);
    await terminal.waitFor("120x40");
    expect(terminal.screen()).toHaveLength(40);
});

test("never looks at half a frame", async () => {
    const terminal = await openNode(`
        out("\\x1b[?2026hhalf");
        setTimeout(() => { out("\\r\\x1b[Kwhole\\x1b[?2026l"); }, 50);
        process.stdin.resume();
    `);
    const seen: string[] = [];
    await terminal.waitFor(([, row = ""]) => {
        seen.push(row);
        return row === "whole";
    });
    expect(seen.filter((row) => row === "half")).toEqual([]);
});

test("answers what its background is", async () => {
    const script = `
        out("\\x1b]11;?\\x1b\\\\");
        process.stdin.on("data", (data) => { out(JSON.stringify(String(data))); });
    `;
    const terminal = await openNode(script, { background: "#fdf6e3" });
    await terminal.waitFor("11;rgb:fdfd/f6f6/e3e3");
});

test("shows the screen when it waits in vain", async () => {
    const terminal = await openNode('out("something else"); process.stdin.resume();');
    await terminal.waitFor("something");
    await expect(terminal.waitFor("never", { timeoutMs: 10 })).rejects.toThrow(
        /did not show "never" within 10 ms\. The screen:\n┌─+┐\n│\$ .*\n[^]*│something else\n/,
    );
});

test("says so at once when the program ends before it shows what is awaited", async () => {
    const terminal = await openNode('out("bye"); process.exit(3);');
    await expect(terminal.waitFor("never")).rejects.toThrow("The program ended with 3 before");
    expect(await terminal.exit()).toBe(3);
});

test("tells a terminal that was left restored from one that was not", async () => {
    const tidy = await open({ program: ["less", "--version"], rows: 50 });
    expect(await tidy.exit()).toBe(0);
    expect(tidy.modes()).toEqual(restoredModes);

    const untidy = await open({ program: ["sh", "-c", "stty raw -echo; printf '\\033[?1049h\\033[?25l'"] });
    expect(await untidy.exit()).toBe(0);
    expect(untidy.modes()).toEqual({
        ...restoredModes,
        isAlternateScreen: true,
        isCursorVisible: false,
        isLineInput: false,
    });
});

test("gives the shell the terminal while the program is stopped, and the program again on fg", async () => {
    const terminal = await openNode(`
        out("running");
        process.on("SIGCONT", () => { process.stdin.setRawMode(true); out("again"); });
        process.stdin.on("data", (data) => {
            if (String(data) === "q") process.exit();
            process.stdin.setRawMode(false);
            process.kill(process.pid, "SIGTSTP");
        });
    `);
    await terminal.waitFor("running");
    terminal.press("ctrl-z");
    await terminal.waitFor("[stopped]");
    expect(terminal.modes().isLineInput).toBe(true);
    terminal.press("fg", "enter");
    await terminal.waitFor("again");
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
});

test("takes the terminal away as a cut connection does", async () => {
    const terminal = await openNode(`
        process.on("SIGHUP", () => { process.exit(); });
        out("running");
        process.stdin.resume();
    `);
    await terminal.waitFor("running");
    await terminal.hangUp();
});

test("keeps the history of the normal screen, whatever a full-screen program shows", async () => {
    const terminal = await open({
        program: ["less"],
        arguments: ["--clear-screen", "/etc/passwd"],
        environment: { TERM: "xterm" },
    });
    await terminal.waitFor("root:");
    expect(terminal.modes().isAlternateScreen).toBe(true);
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expect(terminal.history()).toEqual(["$ less --clear-screen /etc/passwd"]);
});
