import type { ValueCount } from "../../../browse/load-value-counts.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import { formatCount } from "../../../text/format-values.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatGridCell } from "./grid-cells.js";

export interface ValueCountLook {
    /** The highest count of the list: its bar is the longest. */
    readonly most: number;
    readonly width: number;
    /** Whether the line is selected: it is reversed, so it has no colours of its own. */
    readonly isSelected: boolean;
    readonly theme: Theme;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A value, how often it occurs, its share and a bar, in one line. */
export function formatValueCount(
    { value, isClipped, count, share }: ValueCount,
    column: BrowseColumn,
    { most, width, isSelected, theme }: ValueCountLook,
): string {
    const countText = formatCount(count).padStart(11);
    const shareText = formatShare(share).padStart(7);
    const barWidth = Math.max(0, Math.min(20, width - 50));
    const valueWidth = Math.max(4, width - countText.length - shareText.length - barWidth - 2);
    const shown = fitText(value === "" ? "''" : formatGridCell(value, column, isClipped, theme), valueWidth);
    const bar = formatBar(count / Math.max(1, most), barWidth, theme);
    return `${value === null && !isSelected ? theme.style("null", shown) : shown}${countText}${shareText}  ${isSelected ? bar : theme.style("accent", bar)}`;
}

/** `45 %`, `0.3 %`, `<0.1 %` */
export function formatShare(share: number): string {
    const percent = share * 100;
    if (percent > 0 && percent < 0.1) {
        return "<0.1 %";
    }
    return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

/** A bar that fills a part of `width` cells, followed by blanks. */
function formatBar(part: number, width: number, theme: Theme): string {
    const filled = Math.max(0, Math.min(1, part)) * width;
    if (theme.isAscii) {
        return "#".repeat(Math.round(filled)).padEnd(width);
    }
    const parts = Math.round(filled * 8);
    return ("█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? "")).padEnd(width);
}
