import { paneCount } from "../layout.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../theme.js";

/** The list, the pane that describes the selected item, and in a wide terminal a second such pane. */
export type PaneId = "list" | "main" | "side";

/** How wide each pane is; 0 for those that are not shown. */
export type PaneWidths = Readonly<Record<PaneId, number>>;

/** The list's share of the width, and its least width in cells. */
export interface ListShare {
    readonly share: number;
    readonly least: number;
}

/** How a screen shares its width when two panes fit, and when three do; `three` is null for a screen with two panes at most. */
export interface PaneShares {
    readonly two: ListShare;
    readonly three: ListShare | null;
}

const usualShares: PaneShares = { two: { share: 0.5, least: 56 }, three: { share: 0.38, least: 66 } };

/** Two panes are separated by a line with a blank on each side. */
const separatorWidth = 3;

const paneIds = ["list", "main", "side"] as const;

export function layOutPanes(columns: number, focus: PaneId, isZoomed: boolean, shares = usualShares): PaneWidths {
    const none: PaneWidths = { list: 0, main: 0, side: 0 };
    const count = shares.three === null ? Math.min(2, paneCount(columns)) : paneCount(columns);
    const seen = focus === "side" && count < 3 ? "main" : focus;
    if (count === 1 || isZoomed) {
        return { ...none, [seen]: columns };
    }
    const { share, least } = count === 3 && shares.three !== null ? shares.three : shares.two;
    const list = Math.max(least, Math.floor(columns * share));
    const rest = columns - list - separatorWidth;
    if (count === 2) {
        return { list, main: rest, side: 0 };
    }
    const main = Math.floor((rest - separatorWidth) / 2);
    return { list, main, side: rest - separatorWidth - main };
}

/** The panes in view, from left to right. */
export function shownPanes(widths: PaneWidths): readonly PaneId[] {
    return paneIds.filter((pane) => widths[pane] > 0);
}

/** The pane that a column of the body belongs to. */
export function paneAt(column: number, widths: PaneWidths): PaneId {
    let end = 0;
    for (const pane of shownPanes(widths)) {
        end += widths[pane] + separatorWidth;
        if (column < end) {
            return pane;
        }
    }
    return "list";
}

/** The lines of the panes side by side, with a separator between them. */
export function joinPanes(
    panes: readonly { readonly width: number; readonly lines: readonly string[] }[],
    rows: number,
    theme: Theme,
): readonly string[] {
    const separator = ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    return Array.from({ length: rows }, (_, row) =>
        panes.map(({ width, lines }) => fitStyled(lines[row] ?? "", width)).join(separator),
    );
}
