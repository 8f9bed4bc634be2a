import { expect } from "vitest";
import { story } from "./story.js";
import type { StoryTerminal } from "./story-terminal.js";

const ready = /^ \? help/m;

/** Waits until the cursor shows right behind this text, counted in cells. */
async function waitForCursorAfter(terminal: StoryTerminal, text: string): Promise<void> {
    await terminal.waitFor(() => {
        const cursor = terminal.cursor();
        if (cursor === null) {
            return false;
        }
        let before = "";
        for (let column = 0; column < cursor.column; column++) {
            before +=
                terminal.cell(cursor.row, column).text || (terminal.cell(cursor.row, column).width === 0 ? "" : " ");
        }
        return before.endsWith(text);
    });
}

async function waitForNoCursor(terminal: StoryTerminal): Promise<void> {
    await terminal.waitFor(() => terminal.cursor() === null);
}

story("shows the cursor where a text is edited, and only then", { isReader: true }, async ({ open }) => {
    const terminal = await open();
    await terminal.waitFor(ready);
    expect(terminal.cursor()).toBeNull();

    // A menu that is searched.
    terminal.press("ctrl-p");
    await waitForCursorAfter(terminal, "› ");
    terminal.type("漢字é");
    await waitForCursorAfter(terminal, "› 漢字é");
    terminal.press("left");
    await waitForCursorAfter(terminal, "› 漢字");
    terminal.press("esc");
    await waitForCursorAfter(terminal, "› ");
    terminal.press("esc");
    await waitForNoCursor(terminal);

    // A statement of several lines.
    terminal.press("5");
    await terminal.waitFor(/marts\.mart_/);
    terminal.press("Q");
    await terminal.waitFor("[8 SQL]");
    terminal.type("select '漢字'");
    await waitForCursorAfter(terminal, " select '漢字'");
    terminal.press("ctrl-o");
    terminal.type("as name");
    await waitForCursorAfter(terminal, " as name");
    expect(terminal.cursor()).toEqual({ row: 4, column: 8 });
    // A dialog above it takes the cursor, and gives it back.
    terminal.press("ctrl-p");
    await waitForCursorAfter(terminal, "› ");
    terminal.press("esc");
    await waitForCursorAfter(terminal, " as name");
    terminal.press("enter");
    await terminal.waitFor(/query +1 row/);
    await waitForNoCursor(terminal);

    // Find, and the path of an export, are asked at the bottom.
    terminal.press("/");
    terminal.type("字漢");
    await waitForCursorAfter(terminal, " 字漢");
    expect(terminal.cursor()?.row).toBe(22);
    terminal.resize(100, 30);
    await terminal.waitFor(() => terminal.cursor()?.row === 28);
    terminal.resize(40, 10);
    await waitForNoCursor(terminal);
    terminal.resize(80, 24);
    await terminal.waitFor(() => terminal.cursor()?.row === 22);
    terminal.press("esc");
    await waitForNoCursor(terminal);
    terminal.press("e");
    await terminal.waitFor(/CSV/);
    expect(terminal.cursor()).toBeNull();
    terminal.press("enter");
    await waitForCursorAfter(terminal, ".csv");
});
