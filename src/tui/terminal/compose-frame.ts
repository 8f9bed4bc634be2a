import { fitStyled, sliceStyled } from "./styled-line.js";

/** A part of the screen, in cells, from 0. */
export interface Rectangle {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
}

/** A cell of the screen, from 0. */
export interface CellPlace {
    readonly row: number;
    readonly column: number;
}

/** Lines painted at a place of the screen. */
export interface Region extends Rectangle {
    readonly lines: readonly string[];
    /** The cell of the region at which a text is being edited; null or not given when no text is. */
    readonly cursor?: CellPlace | null;
}

export interface FrameParts {
    readonly columns: number;
    readonly rows: number;
    /** What Ink drew, for the whole screen. */
    readonly chrome: readonly string[];
    /** Painted over the chrome; side by side, never overlapping. */
    readonly regions: readonly Region[];
    /** Drawn above everything else. */
    readonly dialog: Region | null;
}

/** The visible parts of a row at both sides of the dialog. */
interface Beside {
    readonly below: string;
    readonly from: number;
    readonly to: number;
    readonly left: string;
    readonly right: string;
}

/** Cached by row: cutting lines is the slowest part of a frame, and the rows below a dialog rarely change. */
export type KnownBeside = Map<number, Beside>;

/**
 * The rows of the screen, each exactly `columns` wide.
 *
 * @param known the cut rows of earlier frames; changed in place
 */
export function composeFrame(
    { columns, rows, chrome, regions, dialog }: FrameParts,
    known: KnownBeside = new Map(),
): readonly string[] {
    return Array.from({ length: rows }, (_, row) => {
        const below =
            composeRow(
                row,
                columns,
                regions.filter(({ top, height }) => row >= top && row < top + height),
            ) ?? fitStyled(chrome[row] ?? "", columns);
        if (dialog === null || row < dialog.top || row >= dialog.top + dialog.height) {
            return below;
        }
        const [from, to] = [dialog.left, dialog.left + dialog.width];
        let beside = known.get(row);
        if (beside?.below !== below || beside.from !== from || beside.to !== to) {
            beside = {
                below,
                from,
                to,
                left: fitStyled(sliceStyled(below, 0, from), from),
                right: fitStyled(sliceStyled(below, to, columns), columns - to),
            };
            known.set(row, beside);
        }
        return beside.left + fitStyled(dialog.lines[row - dialog.top] ?? "", dialog.width) + beside.right;
    });
}

function composeRow(row: number, columns: number, regions: readonly Region[]): string | null {
    if (regions.length === 0) {
        return null;
    }
    let line = "";
    let column = 0;
    for (const region of [...regions].sort((a, b) => a.left - b.left)) {
        line += " ".repeat(Math.max(0, region.left - column));
        line += fitStyled(region.lines[row - region.top] ?? "", region.width);
        column = region.left + region.width;
    }
    return fitStyled(line, columns);
}
