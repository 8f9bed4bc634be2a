import { colourNames, type ScreenCell } from "../../tests/stories/screen.js";
import type { Frame } from "./format-film.js";

/** A recording for asciinema (https://docs.asciinema.org/manual/asciicast/v2/): for each frame, only the changed rows. */
export function formatCast(title: string, frames: readonly Frame[]): string {
    const [first] = frames;
    const height = first?.grid.length ?? 0;
    const header = { version: 2, width: first?.grid[0]?.length ?? 0, height, title };
    let atMs = 0;
    let shown: readonly string[] = [];
    const events = frames.map(({ grid, forMs }) => {
        const rows = grid.map(formatRow);
        const changed = rows.flatMap((row, index) => (row === shown[index] ? [] : [`\u001b[${index + 1};1H${row}`]));
        const event = [atMs / 1000, "o", `${shown.length === 0 ? "\u001b[?25l" : ""}${changed.join("")}`];
        shown = rows;
        atMs += forMs;
        return event;
    });
    // An empty last event keeps the last frame visible for its time.
    return [header, ...events, [atMs / 1000, "o", ""]].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A row as terminal output: it begins and ends with a reset, and erases the rest of the line. */
function formatRow(cells: readonly ScreenCell[]): string {
    let row = "";
    let style = "";
    const end = cells.findLastIndex((cell) => cell.text.trim() !== "" || formatStyle(cell) !== "") + 1;
    for (const cell of cells.slice(0, end)) {
        const next = formatStyle(cell);
        if (next !== style) {
            row += `\u001b[0${next}m`;
            style = next;
        }
        row += cell.width === 0 ? "" : cell.text || " ";
    }
    return `${row}${style === "" ? "" : "\u001b[0m"}\u001b[K`;
}

function formatStyle(cell: ScreenCell): string {
    const codes: readonly (readonly [boolean, string])[] = [
        [cell.isBold, ";1"],
        [cell.isDim, ";2"],
        [cell.isItalic, ";3"],
        [cell.isUnderlined, ";4"],
        [cell.isInverse, ";7"],
    ];
    const attributes = codes.map(([isOn, code]) => (isOn ? code : "")).join("");
    return `${attributes}${formatColour(cell.foreground, 30)}${formatColour(cell.background, 40)}`;
}

/** @param base 30 for the foreground, 40 for the background */
function formatColour(name: string | null, base: number): string {
    if (name === null) {
        return "";
    }
    if (name.startsWith("#")) {
        const channels = [1, 3, 5].map((start) => parseInt(name.slice(start, start + 2), 16));
        return `;${base + 8};2;${channels.join(";")}`;
    }
    const plain = name.replace("bright-", "");
    const place = colourNames.findIndex((each) => each === plain);
    return place === -1 ? `;${base + 8};5;${name}` : `;${base + place + (plain === name ? 0 : 60)}`;
}
