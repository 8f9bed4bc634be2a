import { formatCount } from "../../../text/format-values.js";
import type { Theme } from "../../kit/theme.js";
import { wrapText, wrapTextTo } from "../../kit/lines/fit-text.js";
import { lookOfTest } from "../../kit/lines/state-look.js";
import { formatCells, formatTitles, layOutNamed, type ListColumn } from "../../kit/lines/table-lines.js";
import type { TestItem } from "./tests-list.js";

/** Lines about the selected test, below the list when there is no pane beside it. */
export const aboutRows = 3;

const columns: readonly ListColumn[] = [
    { title: "", width: 7 },
    { title: "rows", width: 9, align: "right" },
    { title: "data test", width: "fill" },
    { title: "severity", width: 8 },
    { title: "run", width: 6, align: "right" },
];

/** Severity and run are dropped before the name gets too narrow. */
const layOut = (width: number): readonly number[] => layOutNamed(columns, width, { keep: 3, least: 34 });

export function formatTestTitles(width: number, theme: Theme): string {
    return formatTitles(columns, layOut(width), theme);
}

/** `! warn     1,095 fct_order_items.list_price_is_known   warn   #12` */
export function formatTestLine({ test, last, isHeld }: TestItem, width: number, theme: Theme): string {
    const [role, symbol, word] = lookOfTest(last?.status ?? null, theme, isHeld);
    return formatCells(
        [
            { text: `${symbol} ${word}`, role },
            { text: last === null || last.status === "passed" ? "" : formatCount(last.failingCount) },
            { text: test.name },
            { text: test.severity, role: "dim" },
            { text: last === null ? "" : `#${last.runId}`, role: "dim" },
        ],
        columns,
        layOut(width),
        theme,
    );
}

/** What the selected test checks, and its last message, for the lines below the list. */
export function formatTestAbout({ test, last, isHeld }: TestItem, width: number, theme: Theme): readonly string[] {
    const known = test.known === null ? "" : `Known: ${test.known}`;
    const message = last?.message ?? (isHeld ? "A constraint of the table guarantees it, so no run tests it." : known);
    const asks = test.description === "" ? test.name : test.description;
    const askRows = message === "" ? aboutRows : Math.min(aboutRows - 1, wrapText(asks, width).length);
    return [
        ...wrapTextTo(asks, width, askRows),
        ...(message === "" ? [] : wrapTextTo(message, width, aboutRows - askRows)),
    ].map((line) => theme.style("dim", line));
}
