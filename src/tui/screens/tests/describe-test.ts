import { formatCount, formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { PastTestResult } from "../../../runs/test-history.js";
import { drawSparkline } from "../../kit/charts/sparkline.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatSqlLines } from "../../kit/lines/highlight-sql.js";
import { formatShort } from "../../app/lines/model-line.js";
import { formatLook, lookOfTest } from "../../kit/lines/state-look.js";
import type { Loaded } from "../../kit/load.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { showKeptRowsOrNull } from "./failing-rows.js";
import type { TestItem } from "./tests-list.js";

export const testTabs = ["history", "sql"] as const;

export interface DescribeOptions {
    readonly width: number;
    readonly theme: Theme;
    readonly nowMs: number;
}

/** The lines of a tab about a data test. */
export function describeTest(
    item: TestItem,
    tab: string,
    history: Loaded<readonly PastTestResult[]>,
    options: DescribeOptions,
): readonly DetailLine[] {
    return tab === "sql"
        ? toDetailLines(formatSqlLines(item.test.failingRowsSql, options.width, options.theme))
        : describeHistory(item, history, options);
}

function describeHistory(
    { test, last, isHeld }: TestItem,
    { value, error }: Loaded<readonly PastTestResult[]>,
    options: DescribeOptions,
): readonly DetailLine[] {
    const { width, theme } = options;
    const say = (text: string): readonly DetailLine[] =>
        wrapText(text, width).map((line) => ({ text: theme.style("dim", line) }));
    const message = last?.message ?? null;
    const about = [
        ...(test.description === "" ? [] : say(test.description)),
        ...(test.known === null ? [] : say(`Known: ${test.known}`)),
        ...(message === null ? [] : say(message)),
        { text: "" },
    ];
    if (isHeld) {
        return [...about, ...say("A constraint of the table guarantees it, so no run tests it.")];
    }
    if (value === null) {
        return [
            ...about,
            ...(error === null ? say("reading its history …") : toDetailLines(formatErrorLines(error, width, theme))),
        ];
    }
    if (value.length === 0) {
        return [...about, ...say("It has never run: t runs the data tests of its model.")];
    }
    return [
        ...about,
        ...toDetailLines(formatCourse(value, options)),
        ...value.flatMap((past) => {
            const target = showKeptRowsOrNull(test, past);
            const [first = "", ...others] = formatPastResult(past, options);
            return [
                { text: first, ...(target === null ? {} : { target: { screen: "data", show: target } as const }) },
                ...toDetailLines(others),
            ];
        }),
    ];
}

/** A sparkline of the failing rows of the last runs, the oldest at the left. */
function formatCourse(
    history: readonly PastTestResult[],
    { width, theme }: Pick<DescribeOptions, "width" | "theme">,
): readonly string[] {
    const counts = history.map(({ failingCount, status }) => (status === "broken" ? null : failingCount)).reverse();
    const known = counts.filter((count) => count !== null);
    if (known.length < 2) {
        return [];
    }
    const shown = Math.min(counts.length, Math.max(1, width - 40));
    const [sparkline = ""] = drawSparkline(counts, { width: shown, isAscii: theme.isAscii });
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const range = least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
    const about = theme.style("dim", `${range} failing in ${formatQuantity(known.length, "run")}`);
    return [fitStyled(`${sparkline}  ${about}`, width)];
}

/** `#12  ✗ FAIL      3 rows   0.1 s  2 h ago   never published, 3 kept`; in two lines if one is too short. */
function formatPastResult(past: PastTestResult, { width, theme, nowMs }: DescribeOptions): readonly string[] {
    const { runId, status, failingCount, keptCount, isRolledBack, durationMs, atMs, message } = past;
    const hasCount = status === "failed" || status === "warned" || status === "known";
    const rows = hasCount ? formatQuantity(failingCount, "row") : "";
    const notes = [
        ...(isRolledBack && status !== "passed" ? ["never published"] : []),
        ...(keptCount > 0 ? [`${formatCount(keptCount)} kept`] : []),
        ...(status === "broken" && message !== null ? [makeVisible(message)] : []),
    ].join(", ");
    const line = [
        theme.style("dim", fitText(`#${runId}`, 5)),
        fitStyled(formatLook(lookOfTest(status, theme), theme), 7),
        fitText(rows, 12, "right"),
        theme.style("dim", fitText(formatShort(durationMs), 6, "right")),
        theme.style("dim", fitText(formatAgo(atMs, nowMs), 11)),
    ].join(" ");
    const isShort = styledWidth(line) + 1 + styledWidth(notes) <= width;
    return notes === "" || isShort
        ? [fitStyled(`${line} ${theme.style("dim", notes)}`, width)]
        : [fitStyled(line, width), theme.style("dim", fitText(`      ${notes}`, width))];
}
