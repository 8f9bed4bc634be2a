import { paneCount } from "../layout.js";

/** The list, what describes the selected item, and where there is room a second pane that does. */
export type PaneId = "list" | "main" | "side";

/** How wide each pane is; 0 for those that are not shown. */
export type PaneWidths = Readonly<Record<PaneId, number>>;

/** Between two panes: a line with a blank on each side. */
export const separatorWidth = 3;

export function layOutPanes(columns: number, focus: PaneId, isZoomed: boolean): PaneWidths {
    const none: PaneWidths = { list: 0, main: 0, side: 0 };
    const count = paneCount(columns);
    const seen = focus === "side" && count < 3 ? "main" : focus;
    if (count === 1 || isZoomed) {
        return { ...none, [seen]: columns };
    }
    if (count === 2) {
        const list = Math.max(56, Math.floor(columns * 0.5));
        return { ...none, list, main: columns - list - separatorWidth };
    }
    const list = Math.max(66, Math.floor(columns * 0.38));
    const main = Math.floor((columns - list - 2 * separatorWidth) / 2);
    return { list, main, side: columns - list - main - 2 * separatorWidth };
}

/** The panes in view, from left to right. */
export function shownPanes(widths: PaneWidths): readonly PaneId[] {
    return (["list", "main", "side"] as const).filter((pane) => widths[pane] > 0);
}
