import type { Compared, RunComparison } from "../../../runs/compare-runs.js";
import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import { countChangedRows, hasRecomputed, type ModelRun, type TestRun } from "../../../runs/run.js";
import type { PastRun } from "../../../runs/run-history.js";
import type { Role, Theme } from "../../kit/theme.js";
import { formatShort, shortenChanges } from "../../app/lines/model-line.js";
import { describeWhat, lookOfPastRun } from "./past-run-line.js";
import { fitText } from "../../kit/lines/fit-text.js";
import {
    formatCells,
    formatTitles,
    layOutColumns,
    layOutNamed,
    type ListCell,
    type ListColumn,
} from "../../kit/lines/table-lines.js";

export interface ComparisonOptions {
    /** The older and the newer run. */
    readonly left: PastRun;
    readonly right: PastRun;
    readonly width: number;
    readonly theme: Theme;
}

/** Two runs side by side: the runs themselves, then their models, the most different first, then the tests that differ. */
export function formatComparison(comparison: RunComparison, options: ComparisonOptions): readonly string[] {
    const { width, theme } = options;
    const { models, tests } = comparison;
    const none = (text: string): readonly string[] => [theme.style("dim", fitText(text, width).trimEnd())];
    return [
        ...formatRuns(options),
        "",
        ...(models.length === 0 ? none("Neither run had models.") : formatModels(models, options)),
        "",
        ...(tests.length === 0
            ? none("Every data test did the same in both, and passed.")
            : formatTests(tests, options)),
    ];
}

function formatRuns({ left, right, width, theme }: ComparisonOptions): readonly string[] {
    const columns: readonly ListColumn[] = [
        { title: "", width: 14 },
        { title: `run ${left.runId}`, width: "fill" },
        { title: `run ${right.runId}`, width: "fill" },
        { title: "change", width: 9, align: "right" },
    ];
    const widths = layOutColumns(columns, width);
    const line = (name: string, cellOf: (run: PastRun) => ListCell, change: ListCell = { text: "" }): string =>
        formatCells([{ text: name, role: "dim" }, cellOf(left), cellOf(right), change], columns, widths, theme);
    return [
        formatTitles(columns, widths, theme),
        line("what", (run) => ({ text: describeWhat(run) })),
        line("started", (run) => ({ text: run.startedAt.replace("T", " ").replace("Z", " UTC") })),
        line("by", (run) => ({ text: run.startedBy })),
        line("state", (run) => {
            const [role, symbol, word] = lookOfPastRun(run, { current: null, isNewest: true, theme });
            return { text: `${symbol} ${word}`, role };
        }),
        line("time", (run) => ({ text: formatDuration(run.durationMs) }), changeOf(left.durationMs, right.durationMs)),
        line("models ok", ({ okModelCount, modelCount }) => ({
            text: `${formatCount(okModelCount)} of ${formatCount(modelCount)}`,
        })),
        line("rows +/~/-", ({ rowsInserted, rowsUpdated, rowsDeleted }) => ({
            text: shortenChanges({ inserted: rowsInserted, updated: rowsUpdated, deleted: rowsDeleted }, 40),
        })),
        line("data tests", (run) => ({ text: describeTests(run) })),
    ];
}

function describeTests({ failedTestCount, warnedTestCount }: PastRun): string {
    const parts = [
        ...(failedTestCount === 0 ? [] : [`${formatCount(failedTestCount)} failed`]),
        ...(warnedTestCount === 0 ? [] : [`${formatCount(warnedTestCount)} warned`]),
    ];
    return parts.length === 0 ? "all passed" : parts.join(", ");
}

function formatModels(
    models: readonly Compared<ModelRun>[],
    { left, right, width, theme }: ComparisonOptions,
): readonly string[] {
    const columns: readonly ListColumn[] = [
        { title: "model", width: "fill" },
        { title: `run ${left.runId}`, width: 9 },
        { title: `run ${right.runId}`, width: 9 },
        { title: "time", width: 7, align: "right" },
        { title: `rows of ${left.runId}`, width: 16 },
        { title: `rows of ${right.runId}`, width: 16 },
    ];
    const widths = layOutNamed(columns, width, { keep: 3, least: 22 });
    return [
        formatTitles(columns, widths, theme),
        ...sortByDifference(models).map(({ name, left: one, right: other }) =>
            formatCells(
                [
                    { text: name },
                    cellOfModel(one, theme),
                    cellOfModel(other, theme),
                    changeOf(timeOf(one), timeOf(other)),
                    { text: describeRows(one), role: "dim" },
                    { text: describeRows(other), role: describeRows(one) === describeRows(other) ? "dim" : "plain" },
                ],
                columns,
                widths,
                theme,
            ),
        ),
    ];
}

/** Another end first, then other rows, then the greatest difference in time; else in build order. */
function sortByDifference(models: readonly Compared<ModelRun>[]): readonly Compared<ModelRun>[] {
    const weigh = ({ left, right }: Compared<ModelRun>): readonly [number, number] => {
        const kind = left?.status !== right?.status ? 0 : describeRows(left) !== describeRows(right) ? 1 : 2;
        return [kind, -Math.abs((timeOf(left) ?? 0) - (timeOf(right) ?? 0))];
    };
    return models
        .map((model) => ({ model, weight: weigh(model) }))
        .sort(({ weight: one }, { weight: other }) => one[0] - other[0] || one[1] - other[1])
        .map(({ model }) => model);
}

function cellOfModel(model: ModelRun | null, { symbols }: Theme): ListCell {
    if (model === null) {
        return { text: "not in it", role: "dim" };
    }
    const durationMs = timeOf(model);
    const time = durationMs === null ? "" : ` ${formatShort(durationMs)}`;
    switch (model.status) {
        case "ok":
            return { text: `${symbols.ok}${time}`, role: "ok" };
        case "failed":
            return { text: `${symbols.failed}${time}`, role: "failed" };
        case "skipped":
            return { text: `${symbols.skipped} skip`, role: "skipped" };
        case "cancelled":
        case "queued":
        case "running":
            return { text: `${symbols.cancelled} stop`, role: "warned" };
    }
}

/** Null for what had nothing to do. */
function timeOf(model: ModelRun | null): number | null {
    return model !== null && (hasRecomputed(model) || model.status === "failed") ? model.durationMs : null;
}

function describeRows(model: ModelRun | null): string {
    const rows = model?.rows ?? null;
    return rows === null ? "" : countChangedRows(rows) === 0 ? "no change" : shortenChanges(rows, 16);
}

/** `+38%` of how long something took; a few hundredths of a second are no news. */
function changeOf(leftMs: number | null, rightMs: number | null): ListCell {
    if (leftMs === null || rightMs === null || leftMs <= 0) {
        return { text: "" };
    }
    const percent = Math.round((rightMs / leftMs - 1) * 100);
    const role: Role = Math.abs(rightMs - leftMs) < 1000 ? "dim" : percent > 0 ? "warned" : "ok";
    return { text: percent > 999 ? `x${Math.round(rightMs / leftMs)}` : `${percent > 0 ? "+" : ""}${percent}%`, role };
}

function formatTests(
    tests: readonly Compared<TestRun>[],
    { left, right, width, theme }: ComparisonOptions,
): readonly string[] {
    const columns: readonly ListColumn[] = [
        { title: formatQuantity(tests.length, "data test"), width: "fill" },
        { title: `run ${left.runId}`, width: 16 },
        { title: `run ${right.runId}`, width: 16 },
    ];
    const widths = layOutNamed(columns, width, { keep: 3, least: 22 });
    return [
        formatTitles(columns, widths, theme),
        ...tests.map(({ name, left: one, right: other }) =>
            formatCells([{ text: name }, cellOfTest(one, theme), cellOfTest(other, theme)], columns, widths, theme),
        ),
    ];
}

function cellOfTest(test: TestRun | null, { symbols }: Theme): ListCell {
    if (test === null) {
        return { text: "not asked", role: "dim" };
    }
    switch (test.status) {
        case "passed":
            return { text: `${symbols.ok} passed`, role: "ok" };
        case "warned":
            return { text: `${symbols.warned} ${formatQuantity(test.failingCount, "row")}`, role: "warned" };
        case "known":
            return { text: `${symbols.warned} ${formatQuantity(test.failingCount, "row")}, known`, role: "dim" };
        case "broken":
            return { text: `${symbols.failed} could not run`, role: "failed" };
        case "failed":
            return { text: `${symbols.failed} ${formatQuantity(test.failingCount, "row")}`, role: "failed" };
    }
}
