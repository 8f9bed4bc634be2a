import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import type { PastRun } from "../../../runs/run-history.js";
import type { RunOutcome } from "../../../runs/run-outcome.js";
import type { ModelRun, ModelStatus, TestProblem } from "../../../runs/run.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { fitText, wrapText, wrapTextTo } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatShort, shortenChanges } from "../../app/lines/model-line.js";
import { describeWhat } from "./past-run-line.js";
import {
    formatCells,
    formatTitles,
    layOutColumns,
    type ListCell,
    type ListColumn,
} from "../../kit/lines/table-lines.js";
import { lookOfTest } from "../../kit/lines/state-look.js";
import type { Loaded } from "../../kit/load.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";

/** A model or data test of a run, which can be selected beside the list. */
export type RunItem =
    { readonly kind: "model"; readonly model: ModelRun } | { readonly kind: "test"; readonly problem: TestProblem };

/** The models that the run changed or that did not succeed, then the data tests that did not pass. */
export function listRunItems({ models, problems }: RunOutcome): readonly RunItem[] {
    return [
        ...models.map((model) => ({ kind: "model", model }) as const),
        ...problems.map((problem) => ({ kind: "test", problem }) as const),
    ];
}

const columns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "model or data test", width: "fill" },
    { title: "time", width: 6, align: "right" },
    { title: "rows +/~/-", width: 16 },
];

/** The lines about a run above its outcome, and the column names of the outcome. */
export function formatRunHead(
    run: PastRun,
    [role, symbol, word]: readonly [Role, string, string],
    { width, nowMs, theme }: { readonly width: number; readonly nowMs: number; readonly theme: Theme },
): readonly string[] {
    const startedAt = run.startedAt.replace("T", " ").replace("Z", " UTC");
    const lines = wrapTextTo(run.message ?? "", width, 4);
    return [
        theme.style("strong", fitText(`Run ${run.runId}: ${describeWhat(run)}`, width).trimEnd()),
        fitStyled(`${theme.style(role, `${symbol} ${word}`)} after ${formatDuration(run.durationMs)}`, width).trimEnd(),
        theme.style("dim", fitText(`${startedAt}, ${formatAgo(Date.parse(run.startedAt), nowMs)}`, width).trimEnd()),
        theme.style("dim", fitText(`by ${run.startedBy}`, width).trimEnd()),
        ...(run.message === null || run.message === "" ? [] : lines.map((line) => theme.style(role, line))),
        "",
        formatTitles(columns, layOutColumns(columns, width), theme),
    ];
}

/** The outcome of a run as lines, or the state of reading it. */
export function describeRun(
    { value, error }: Loaded<RunOutcome>,
    open: (item: RunItem) => void,
    width: number,
    theme: Theme,
): readonly DetailLine[] {
    if (value === null) {
        const text =
            error === null ? "Reading what it changed …" : `What it changed could not be read: ${error.message}`;
        return toDetailLines(wrapText(text, width));
    }
    const widths = layOutColumns(columns, width);
    return listRunItems(value).map((item) => ({
        text: formatItem(item, widths, theme),
        open: () => {
            open(item);
        },
    }));
}

/** Counts what is not listed: further changed models, unchanged models and passed data tests. */
export function formatRunTail(
    { moreModelCount, unchangedModelCount, passedTestCount }: RunOutcome,
    width: number,
    theme: Theme,
): readonly string[] {
    const parts = [
        ...(moreModelCount <= 0 ? [] : [`${formatQuantity(moreModelCount, "more model")} changed`]),
        ...(unchangedModelCount === 0 ? [] : [`${formatQuantity(unchangedModelCount, "model")} unchanged`]),
        ...(passedTestCount === 0 ? [] : [`${formatQuantity(passedTestCount, "data test")} passed`]),
    ];
    return parts.length === 0 ? [] : ["", ...wrapText(parts.join(", "), width).map((line) => theme.style("dim", line))];
}

function formatItem(item: RunItem, widths: readonly number[], theme: Theme): string {
    return item.kind === "model" ? formatModel(item.model, widths, theme) : formatProblem(item.problem, widths, theme);
}

function formatModel(model: ModelRun, widths: readonly number[], theme: Theme): string {
    const { status, durationMs, message } = model;
    const [role, symbol] = looks(theme.symbols)[status];
    const rows = model.rows ?? { inserted: 0, updated: 0, deleted: 0 };
    const cells: readonly ListCell[] = [
        { text: symbol, role },
        { text: model.modelName },
        { text: durationMs === null || status === "skipped" ? "" : formatShort(durationMs), role: "dim" },
        status === "ok" ? { text: shortenChanges(rows, 16) } : { text: message ?? status, role },
    ];
    return formatCells(cells, columns, widths, theme);
}

function looks(symbols: Theme["symbols"]): Readonly<Record<ModelStatus, readonly [Role, string]>> {
    return {
        ok: ["ok", symbols.ok],
        failed: ["failed", symbols.failed],
        running: ["running", symbols.running],
        queued: ["queued", symbols.queued],
        skipped: ["skipped", symbols.skipped],
        cancelled: ["warned", symbols.cancelled],
    };
}

/** A data test's name is long, and its time is not known here, so the name takes that column, too. */
function formatProblem(
    { testName, status, failingCount }: TestProblem,
    widths: readonly number[],
    theme: Theme,
): string {
    const [role, symbol] = lookOfTest(status, theme);
    const [symbolWidth = 0, nameWidth = 0, timeWidth = 0, countWidth = 0] = widths;
    const found = status === "broken" ? "could not run" : `${formatCount(failingCount)} failing`;
    const cells = [
        theme.style(role, fitText(symbol, symbolWidth)),
        fitText(testName, nameWidth + (timeWidth === 0 ? 0 : timeWidth + 1)),
        theme.style(role, fitText(found, countWidth)),
    ];
    return cells.filter((cell) => cell !== "").join(" ");
}
