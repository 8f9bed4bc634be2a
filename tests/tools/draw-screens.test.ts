import { describe, expect, it, onTestFinished } from "vitest";
import { openTerminal } from "../stories/open-terminal.js";
import type { ScreenCell } from "../stories/screen.js";
import type { CellGrid } from "../../tools/draw-screens/draw-row.js";
import { formatCast } from "../../tools/draw-screens/format-cast.js";
import { formatFilm } from "../../tools/draw-screens/format-film.js";
import { formatSvg } from "../../tools/draw-screens/format-svg.js";
import { darkPalette } from "../../tools/draw-screens/palette.js";

/** The second row of what a program prints, as cells. */
async function printRow(output: string, columns: number): Promise<readonly ScreenCell[]> {
    const program = [process.execPath, "--eval", "process.stdout.write(process.argv[1])", output];
    const terminal = await openTerminal({ columns, rows: 3, program, workingFolder: "/" });
    onTestFinished(() => terminal.close());
    await terminal.exit();
    return Array.from({ length: columns }, (_, column) => terminal.cell(1, column));
}

/** The body of the picture of what a program prints. */
async function draw(output: string, columns: number): Promise<readonly string[]> {
    const lines = formatSvg("A picture", [await printRow(output, columns)], darkPalette).split("\n");
    return lines.slice(lines.findIndex((line) => line.startsWith("<svg x=")) + 1, lines.indexOf("</svg>"));
}

describe("formatSvg", () => {
    it("places text by cells, escaped, without the blanks around it", async () => {
        expect(await draw("  a < b & c", 20)).toEqual([
            '<text x="16.8" y="13.68" textLength="75.6">a &lt; b &amp; c</text>',
        ]);
    });

    it("places what stands apart by itself", async () => {
        expect(await draw("a b   c", 20)).toEqual([
            '<text x="0" y="13.68" textLength="25.2">a b</text>',
            '<text x="50.4" y="13.68" textLength="8.4">c</text>',
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

describe("a recording", () => {
    async function record(): Promise<readonly { readonly grid: CellGrid; readonly forMs: number }[]> {
        const [same, one, other] = [
            await printRow("", 20),
            await printRow("a\u001b[1;31mb", 20),
            await printRow("\u001b[48;5;208mc", 20),
        ].map((row) => row.slice(0, 4)) as [ScreenCell[], ScreenCell[], ScreenCell[]];
        return [
            { grid: [one, same], forMs: 1_000 },
            { grid: [other, one], forMs: 500 },
        ];
    }

    it("is a cast of the rows that changed, each from reset to reset", async () => {
        expect(
            formatCast("A tour", await record())
                .trimEnd()
                .split("\n")
                .map((line) => JSON.parse(line) as unknown),
        ).toEqual([
            { version: 2, width: 4, height: 2, title: "A tour" },
            [0, "o", "\u001b[?25l\u001b[1;1Ha\u001b[0;1;31mb\u001b[0m\u001b[K\u001b[2;1H\u001b[K"],
            [1, "o", "\u001b[1;1H\u001b[0;48;5;208mc\u001b[0m\u001b[K\u001b[2;1Ha\u001b[0;1;31mb\u001b[0m\u001b[K"],
            [1.5, "o", ""],
        ]);
    });

    it("is a film that draws a row once, and shows each frame for its time", async () => {
        const film = formatFilm("A tour", await record(), darkPalette).split("\n");
        expect(film.filter((line) => line.startsWith('<g transform="translate('))).toEqual([
            '<g transform="translate(0)"><use href="#r0" y="0"/></g>',
            '<g transform="translate(33.6)"><use href="#r1" y="0"/><use href="#r0" y="18"/></g>',
        ]);
        expect(film.find((line) => line.startsWith("<style>"))).toContain(
            "@keyframes film{0%{transform:translate(0px)}66.67%{transform:translate(-33.6px)}100%{transform:translate(-33.6px)}}" +
                ".film{animation:film 1500ms steps(1,end) infinite}",
        );
    });
});
