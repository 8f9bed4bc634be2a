import type { Rectangle } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";

/** A smaller terminal shows only a message that it is too small. */
export const leastSize: TerminalSize = { columns: 60, rows: 16 };

export function isTooSmall({ columns, rows }: TerminalSize, least = leastSize): boolean {
    return columns < least.columns || rows < least.rows;
}

/** Tabs, title, rule. */
export const headerRows = 3;
/** Message and keys. */
export const footerRows = 2;

/** The part of the terminal that a screen uses: between tabs and keys, everything above the keys, or all of it. */
export type Room = "body" | "page" | "screen";

/** The place of a screen's own lines. */
export function bodyPlace({ columns, rows }: TerminalSize, room: Room = "body"): Rectangle {
    const top = room === "body" ? headerRows : 0;
    const below = room === "screen" ? 0 : footerRows;
    return { left: 0, top, width: columns, height: Math.max(0, rows - top - below) };
}

/** The place of a dialog that wishes for this size, with its frame: centred, and never larger than the terminal allows. */
export function dialogPlace(wish: TerminalSize, { columns, rows }: TerminalSize): Rectangle {
    const width = Math.min(wish.columns + 4, columns - 4);
    const height = Math.min(wish.rows + 2, rows - footerRows - 1);
    return {
        left: Math.floor((columns - width) / 2),
        top: Math.max(1, Math.floor((rows - height) / 2) - 1),
        width,
        height,
    };
}

/** The inside of a dialog's place: without the frame and a blank column at each side. */
export function dialogInside({ left, top, width, height }: Rectangle): Rectangle {
    return { left: left + 2, top: top + 1, width: width - 4, height: height - 2 };
}

/** How many panes fit side by side. */
export function paneCount(columns: number): 1 | 2 | 3 {
    return columns < 100 ? 1 : columns < 160 ? 2 : 3;
}
