import { EventEmitter } from "node:events";
import { setImmediate as untilWritten } from "node:timers/promises";
import { expect, it } from "vitest";
import { makeFrameWriter, type FrameWriter } from "../../../src/tui/terminal/frame-writer.js";

/** What is written by each of the changes. */
async function framesOf(...changes: readonly ((writer: FrameWriter) => void)[]): Promise<readonly string[]> {
    let written = "";
    const output = Object.assign(new EventEmitter(), {
        write: (text: string) => {
            written += text;
            return true;
        },
    });
    const writer = makeFrameWriter(output, 3, 2, { isAscii: false });
    const frames: string[] = [];
    for (const change of changes) {
        change(writer);
        await untilWritten();
        await untilWritten();
        frames.push(written.replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""));
        written = "";
    }
    return frames;
}

const show = "\x1b[?25h";
const hide = "\x1b[?25l";

it("shows the cursor after the rows, takes it along, and hides it again", async () => {
    const frames = await framesOf(
        (writer) => {
            writer.setChrome(["a", "b"]);
        },
        (writer) => {
            writer.setCursor({ row: 1, column: 2 });
        },
        (writer) => {
            writer.setCursor({ row: 1, column: 2 });
        },
        (writer) => {
            writer.setChrome(["a", "c"]);
        },
        (writer) => {
            writer.setCursor(null);
        },
        (writer) => {
            writer.setChrome(["a", "d"]);
        },
    );
    expect(frames.slice(1, 3)).toEqual([`\x1b[2;3H${show}`, ""]);
    expect(frames[3]).toBe(`${hide}\x1b[2;1H\x1b[0mc  \x1b[0m\x1b[2;3H${show}`);
    expect(frames[4]).toBe(hide);
    expect(frames[5]).toBe("\x1b[2;1H\x1b[0md  \x1b[0m");
});

it("shows the cursor again after the terminal was away", async () => {
    const frames = await framesOf(
        (writer) => {
            writer.setCursor({ row: 0, column: 1 });
        },
        (writer) => {
            writer.setPaused(true);
        },
        (writer) => {
            writer.setPaused(false);
        },
    );
    expect(frames[1]).toBe("");
    expect(frames[2]?.endsWith(`\x1b[1;2H${show}`)).toBe(true);
});
