import type { ColumnStatistics } from "../../../browse/column-statistics.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import { formatCount } from "../../../text/format-values.js";
import { drawVerticalBars } from "../../kit/charts/vertical-bars.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatGridCell } from "./grid-cells.js";
import { formatShare, formatValueCount } from "./value-count-lines.js";

/** The statistics of a column, as lines of at most `width` cells. */
export function formatStatistics(
    statistics: ColumnStatistics,
    column: BrowseColumn,
    width: number,
    theme: Theme,
): readonly string[] {
    const { rowCount, nullCount, distinctCount, lengths, histogram, mostCommon } = statistics;
    const value = (text: string | null): string | null =>
        text === null ? null : formatGridCell(text, column, false, theme);
    const about = statistics.accuracy === "estimate" ? (theme.isAscii ? "~ " : "≈ ") : "";
    const facts: readonly (readonly [string, string | null])[] = [
        ["rows", about + formatCount(Math.round(rowCount))],
        [
            "null",
            `${about}${formatCount(Math.round(nullCount))} (${formatShare(rowCount === 0 ? 0 : nullCount / rowCount)})`,
        ],
        [
            "NaN and infinity",
            statistics.notFiniteCount === 0 ? null : about + formatCount(Math.round(statistics.notFiniteCount)),
        ],
        ["different values", distinctCount === null ? null : about + formatCount(Math.round(distinctCount))],
        ["least", value(statistics.min)],
        ["most", value(statistics.max)],
        ["mean", value(statistics.mean)],
        ["median", value(statistics.median)],
        ["nine tenths up to", value(statistics.p90)],
        [
            "characters",
            lengths === null
                ? null
                : `${formatCount(lengths.min)} to ${formatCount(lengths.max)}, mean ${lengths.mean.toFixed(1)}`,
        ],
    ];
    const lines = facts.flatMap(([name, fact]) =>
        fact === null
            ? []
            : [`${theme.style("dim", fitText(name, 18))} ${fitText(fact, Math.max(1, width - 19)).trimEnd()}`],
    );
    return [...lines, ...formatHistogram(), ...formatMostCommon()];

    function formatHistogram(): readonly string[] {
        if (histogram.length === 0) {
            return [];
        }
        const points = histogram.map(({ from, count }) => ({ label: value(from) ?? from, value: count }));
        const style = (text: string, role: string): string =>
            role === "bar" || role === "negative" ? theme.style("accent", text) : theme.style("dim", text);
        return ["", ...drawVerticalBars(points, { width, height: 8, isAscii: theme.isAscii, style })];
    }

    function formatMostCommon(): readonly string[] {
        const [first] = mostCommon;
        if (first === undefined) {
            return [];
        }
        return [
            "",
            theme.style("dim", "most frequent"),
            ...mostCommon
                .slice(0, 10)
                .map((each) => formatValueCount(each, column, { most: first.count, width, isSelected: false, theme })),
        ];
    }
}
