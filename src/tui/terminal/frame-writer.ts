import { anchorLine, isCertain } from "./anchor-line.js";
import { composeFrame, type CellPlace, type KnownBeside, type Region } from "./compose-frame.js";
import { toAscii } from "./to-ascii.js";
import { moveTo, sequences } from "./sequences.js";

/** Where frames go: the terminal, or a buffer in tests. */
export interface FrameOutput {
    /** Returns false when the reader is slow; `drain` follows. */
    readonly write: (text: string) => boolean;
    once(event: "drain", listener: () => void): unknown;
}

export interface FrameWriter {
    /** What Ink drew around the body: one line for each row of the screen. */
    readonly setChrome: (lines: readonly string[]) => void;
    /** Paints lines at a place; null removes them. */
    readonly setRegion: (id: string, region: Region | null) => void;
    /** Shows a box above everything; null removes it. */
    readonly setDialog: (dialog: Region | null) => void;
    /** Shows the terminal's cursor at a cell; with null the region in which a text is edited decides, and without one it is hidden. */
    readonly setCursor: (place: CellPlace | null) => void;
    readonly setSize: (columns: number, rows: number) => void;
    /** Writes every row again, including rows that have not changed. */
    readonly redraw: () => void;
    /** Writes nothing while paused, and every row afterwards. */
    readonly setPaused: (isPaused: boolean) => void;
}

/**
 * Writes only the rows that changed, each at its place, as one synchronised frame. Never scrolls and never erases the screen,
 * so the shell's history stays. Changes within one turn of the event loop make one frame; a slow terminal gets only the newest.
 *
 * @param isAscii sends ASCII only, for a terminal that shows nothing else
 */
export function makeFrameWriter(
    output: FrameOutput,
    columns: number,
    rows: number,
    { isAscii }: { readonly isAscii: boolean },
): FrameWriter {
    let size = { columns, rows };
    let chrome: readonly string[] = [];
    let dialog: Region | null = null;
    const regions = new Map<string, Region>();
    const beside: KnownBeside = new Map();
    let placed: CellPlace | null = null;
    let shown: readonly string[] = [];
    let shownCursor: CellPlace | null = null;
    let isScheduled = false;
    let isPaused = false;
    let isBlocked = false;

    function schedule(): void {
        if (!isScheduled && !isPaused && !isBlocked) {
            isScheduled = true;
            setImmediate(flush);
        }
    }

    function flush(): void {
        isScheduled = false;
        if (isPaused || isBlocked) {
            return;
        }
        const composed = composeFrame({ ...size, chrome, regions: [...regions.values()], dialog }, beside);
        const frame = isAscii ? composed.map(toAscii) : composed;
        const changed = frame.flatMap((line, row) => (line === shown[row] ? [] : [formatRow(row, line, shown[row])]));
        shown = frame;
        const cursor = placed ?? (dialog === null ? cursorOfRegions(regions) : null);
        const isCursorMoved = cursor?.row !== shownCursor?.row || cursor?.column !== shownCursor?.column;
        if (changed.length > 0 || isCursorMoved) {
            // Writing rows moves the cursor, so it is hidden meanwhile.
            const hide = shownCursor === null ? "" : sequences.hideCursor;
            const show = cursor === null ? "" : moveTo(cursor.row, cursor.column) + sequences.showCursor;
            shownCursor = cursor;
            isBlocked = !output.write(sequences.beginFrame + hide + changed.join("") + show + sequences.endFrame);
            if (isBlocked) {
                output.once("drain", () => {
                    isBlocked = false;
                    schedule();
                });
            }
        }
    }

    return {
        setChrome: (lines) => {
            chrome = lines;
            schedule();
        },
        setRegion: (id, region) => {
            if (region === null) {
                regions.delete(id);
            } else {
                regions.set(id, region);
            }
            schedule();
        },
        setDialog: (next) => {
            dialog = next;
            schedule();
        },
        setCursor: (place) => {
            placed = place;
            schedule();
        },
        setSize: (nextColumns, nextRows) => {
            size = { columns: nextColumns, rows: nextRows };
            shown = [];
            schedule();
        },
        redraw: () => {
            shown = [];
            schedule();
        },
        setPaused: (paused) => {
            isPaused = paused;
            shown = [];
            // The cursor is hidden again when the terminal is entered.
            shownCursor = null;
            schedule();
        },
    };
}

function cursorOfRegions(regions: ReadonlyMap<string, Region>): CellPlace | null {
    for (const { top, left, cursor = null } of regions.values()) {
        if (cursor !== null) {
            return { row: top + cursor.row, column: left + cursor.column };
        }
    }
    return null;
}

function formatRow(row: number, line: string, before: string | undefined): string {
    const needsErasing = before === undefined || !isCertain(before) || !isCertain(line);
    return `${moveTo(row, 0)}${sequences.resetStyle}${needsErasing ? sequences.eraseLine : ""}${anchorLine(line)}${sequences.resetStyle}`;
}
