import { describe, expect, it, onTestFinished } from "vitest";
import { openTerminal } from "../stories/open-terminal.js";
import type { ScreenCell } from "../stories/screen.js";
import { formatCast } from "../../tools/draw-screens/format-cast.js";
import { darkPalette, formatSvg } from "../../tools/draw-screens/format-svg.js";

/** The body of the picture of what a program prints. */
async function draw(output: string, columns: number): Promise<readonly string[]> {
    const program = [process.execPath, "--eval", "process.stdout.write(process.argv[1])", output];
    const terminal = await openTerminal({ columns, rows: 3, program, workingFolder: "/" });
    onTestFinished(() => terminal.close());
    await terminal.exit();
    const row = (index: number): ScreenCell[] =>
        Array.from({ length: columns }, (_, column) => terminal.cell(index, column));
    const lines = formatSvg("A picture", [row(1)], darkPalette).split("\n");
    return lines.slice(lines.findIndex((line) => line.startsWith("<g ")) + 1, lines.indexOf("</g>"));
}

describe("formatSvg", () => {
    it("places text by cells, escaped, without the blanks around it", async () => {
        expect(await draw("  a < b & c", 20)).toEqual([
            '<text x="16.8" y="13.68" textLength="75.6">a &lt; b &amp; c</text>',
        ]);
    });

    it("fills cells and swaps the colours of inverse ones", async () => {
        expect(await draw("\u001b[31mred\u001b[7mon\u001b[0m", 20)).toEqual([
            '<rect x="25.2" y="0" width="16.8" height="18" fill="#f0716f"/>',
            '<text x="0" y="13.68" textLength="25.2" fill="#f0716f">red</text>',
            '<text x="25.2" y="13.68" textLength="16.8" fill="#16181d">on</text>',
        ]);
    });

    it("draws the 256 colours and all others as they are", async () => {
        expect(await draw("\u001b[38;5;208ma\u001b[38;5;244mb\u001b[38;2;1;2;3mc", 20)).toEqual([
            '<text x="0" y="13.68" textLength="8.4" fill="#ff8700">a</text>',
            '<text x="8.4" y="13.68" textLength="8.4" fill="#808080">b</text>',
            '<text x="16.8" y="13.68" textLength="8.4" fill="#010203">c</text>',
        ]);
    });

    it("lets blocks and lines meet, and keeps what follows a wide glyph in its column", async () => {
        expect(await draw("──▄😀x", 20)).toEqual([
            '<path d="M0 8.4H16.8V9.6H0zM16.8 9H25.2V18H16.8z"/>',
            '<text x="25.2" y="13.68" textLength="16.8">😀</text>',
            '<text x="42" y="13.68" textLength="8.4">x</text>',
        ]);
    });
});

describe("formatCast", () => {
    it("shortens what took long, rests where it is told to and leaves out what was typed", () => {
        const cast = formatCast(
            [
                { kind: "output", atMs: 100, text: "first\r\n" },
                { kind: "input", atMs: 5_000, text: "j" },
                { kind: "output", atMs: 5_010, text: "second" },
                { kind: "resize", atMs: 5_020, text: "120x40" },
            ],
            { title: "A tour", columns: 80, rows: 24, restAfter: new Set([0]), restMs: 1_000, longestGapMs: 500 },
        );
        expect(cast.trimEnd().split("\n")).toEqual([
            '{"version":2,"width":80,"height":24,"title":"A tour"}',
            '[0.1,"o","first\\r\\n"]',
            '[1.61,"o","second"]',
            '[1.62,"r","120x40"]',
        ]);
    });
});
