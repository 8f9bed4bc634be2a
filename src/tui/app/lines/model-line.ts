import type { PastDuration } from "../../../runs/past-durations.js";
import { medianOrNull } from "../../../text/median.js";
import type { ModelWait } from "../../../runs/lock-waits.js";
import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import { drawSparkline } from "../../kit/charts/sparkline.js";
import { elapsedMs, hasProblem, type ModelProgress } from "../builds/run-progress.js";
import { countChangedRows, type TestStatus } from "../../../runs/run.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { formatChanges } from "./describe-run.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { formatTitles, layOutNamed, type ListColumn } from "../../kit/lines/table-lines.js";

/** What is known about a model besides its progress in the run. */
export interface ModelContext {
    /** Durations of earlier builds that did something, the oldest first. */
    readonly durations: readonly PastDuration[];
    readonly wait: ModelWait | null;
    /** Upstream models of this run that have not ended: what a queued model waits for. */
    readonly waitsFor: readonly string[];
    /** The most telling columns of a test's failing rows: the model's key and the tested columns. */
    readonly leadingColumnsOf: (testName: string) => readonly string[];
    readonly nowMs: number;
}

const rowsWidth = 17;
const columns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "model", width: "fill" },
    { title: "state", width: 5 },
    { title: "time", width: 6, align: "right" },
    { title: "rows +/~/-", width: rowsWidth },
    { title: "tests", width: 8, align: "right" },
    { title: "vs median", width: 11, align: "right" },
];
const timeColumn = 3;
const sparklineWidth = 5;

/** Columns at the end are dropped before the name gets narrower than this. */
const leastNameWidth = 22;

/**
 * Widths of the columns; 0 for those that do not fit.
 *
 * @param hasPast false when there are no earlier runs to compare with
 */
export function layOutModelColumns(width: number, hasPast = true): readonly number[] {
    const options = { keep: timeColumn, least: leastNameWidth };
    return hasPast ? layOutNamed(columns, width, options) : [...layOutNamed(columns.slice(0, -1), width, options), 0];
}

export function formatModelTitles(widths: readonly number[], theme: Theme): string {
    return formatTitles(columns, widths, theme);
}

/** One model of a run as a line, exactly as wide as its columns. */
export function formatModelLine(
    model: ModelProgress,
    context: ModelContext,
    widths: readonly number[],
    theme: Theme,
): string {
    const [role, symbol, word] = lookOfModel(model, context, theme);
    const isDim =
        model.status === "queued" || model.status === "skipped" || (model.status === "ok" && !didSomething(model));
    const [, nameWidth = 0, wordWidth = 0, timeWidth = 0] = widths;
    const name = fitText(model.modelName, nameWidth);
    const head = [
        theme.style(role, symbol),
        isDim ? theme.style("dim", name) : name,
        theme.style(role, fitText(word, wordWidth)),
        ...(timeWidth === 0 ? [] : [fitText(formatTime(model, context.nowMs), timeWidth, "right")]),
    ];
    const rest = widths.slice(timeColumn + 1).filter((width) => width > 0);
    const restWidth = rest.reduce((sum, width) => sum + width + 1, -1);
    const words = explanationOrNull(model, context);
    if (words !== null) {
        return [...head, ...(restWidth > 0 ? [theme.style("dim", fitText(words, restWidth))] : [])].join(" ");
    }
    const cells = [
        (width: number) => fitText(formatRows(model, theme), width),
        (width: number) => formatTests(model, width, theme),
        (width: number) => formatComparison(model, context, width, theme),
    ];
    return [...head, ...rest.map((width, index) => cells[index]?.(width) ?? "")].join(" ");
}

/** Colour, symbol and word of a model. */
export function lookOfModel(
    model: ModelProgress,
    { wait }: Pick<ModelContext, "wait">,
    { symbols }: Pick<Theme, "symbols">,
): readonly [Role, string, string] {
    if (model.isCancelling) {
        return ["warned", symbols.cancelled, `stop${symbols.ellipsis}`];
    }
    switch (model.status) {
        case "queued":
            return ["queued", symbols.queued, "queue"];
        case "running":
            return wait?.waitType === "Lock"
                ? ["warned", symbols.running, "wait"]
                : ["running", symbols.running, model.isTesting ? "test" : "run"];
        case "ok":
            return hasProblem(model) ? ["warned", symbols.warned, "warn"] : ["ok", symbols.ok, "ok"];
        case "failed":
            return ["failed", symbols.failed, "FAIL"];
        case "skipped":
            return ["skipped", symbols.skipped, "skip"];
        case "cancelled":
            return ["warned", symbols.cancelled, "stop"];
    }
}

function didSomething({ rows, passedTestCount, problems, scope }: ModelProgress): boolean {
    const isBuilt = scope?.kind === "all" || scope?.kind === "entities" || rows !== null;
    return isBuilt || passedTestCount + problems.length > 0;
}

/** Words in place of figures, when there are none to show. */
function explanationOrNull(model: ModelProgress, { waitsFor }: ModelContext): string | null {
    switch (model.status) {
        case "queued":
            if (model.isCancelling) {
                return "left out when its turn comes";
            }
            return waitsFor.length === 0 ? "ready" : `after ${waitsFor.join(", ")}`;
        case "skipped":
        case "cancelled":
            return model.message ?? "";
        case "failed":
            return model.problems.length === 0 ? (model.message ?? "") : null;
        case "ok":
            return didSomething(model) ? null : model.scope?.kind === "view" ? "view" : (model.scope?.reason ?? "");
        case "running":
            return null;
    }
}

/** A clock while it runs, then how long it took: `0:04`, `12 ms`, `0.3 s`, `2:05`. */
function formatTime(model: ModelProgress, nowMs: number): string {
    const elapsed = elapsedMs(model, nowMs);
    const isIdle = model.status === "ok" && !didSomething(model);
    if (elapsed === null || isIdle || model.status === "skipped" || (model.status === "cancelled" && elapsed === 0)) {
        return "";
    }
    return model.status === "running" ? formatClock(elapsed) : formatShort(elapsed);
}

/** `12 ms`, `0.3 s`, `12 s`, `2:05` */
export function formatShort(durationMs: number): string {
    if (durationMs >= 59_500) {
        return formatClock(durationMs);
    }
    return durationMs < 99.5 ? `${Math.round(durationMs)} ms` : formatDuration(durationMs);
}

function formatRows({ status, rows, scope }: ModelProgress, theme: Theme): string {
    if (status === "failed") {
        return "kept previous";
    }
    if (rows !== null) {
        return countChangedRows(rows) === 0 ? "no change" : shortenChanges(rows, rowsWidth);
    }
    switch (scope?.kind) {
        case "all":
            return "all rows";
        case "entities":
            return formatQuantity(scope.entityCount, "entity", "entities");
        case "view":
            return "view";
        case "none":
            return "nothing new";
        case undefined:
            return noneSymbol(theme);
    }
}

function noneSymbol({ isAscii }: Theme): string {
    return isAscii ? "-" : "–";
}

/** `+1,234 ~40 -0`; with millions `+1.2M ~40k -0`. */
export function shortenChanges(
    rows: { readonly inserted: number; readonly updated: number; readonly deleted: number },
    width: number,
): string {
    const whole = formatChanges(rows);
    return whole.length <= width
        ? whole
        : `+${shortenCount(rows.inserted)} ~${shortenCount(rows.updated)} -${shortenCount(rows.deleted)}`;
}

/** `999`, `12k`, `1.2M` */
export function shortenCount(count: number): string {
    const [unit, divisor] = count >= 999_500 ? (["M", 1_000_000] as const) : (["k", 1000] as const);
    if (count < 1000) {
        return String(count);
    }
    const short = count / divisor;
    return `${short < 99.5 && unit === "M" ? short.toFixed(1) : formatCount(Math.round(short))}${unit}`;
}

function formatTests({ passedTestCount, problems, status }: ModelProgress, width: number, theme: Theme): string {
    const asked = passedTestCount + problems.length;
    if (asked === 0) {
        return fitText(noneSymbol(theme), width, "right");
    }
    const has = (wanted: readonly TestStatus[]): boolean => problems.some((problem) => wanted.includes(problem.status));
    const { symbols } = theme;
    const [role, symbol] = has(["failed", "broken"])
        ? (["failed", symbols.failed] as const)
        : has(["warned"])
          ? (["warned", symbols.warned] as const)
          : (["ok", status === "running" ? symbols.ellipsis : symbols.ok] as const);
    return theme.style(role, fitText(`${passedTestCount}/${asked} ${symbol}`, width, "right"));
}

/** The median of earlier builds of the same scope, and how many there were. */
export function compareWithPast(
    { scope }: Pick<ModelProgress, "scope">,
    durations: readonly PastDuration[],
): { readonly medianMs: number | null; readonly past: readonly PastDuration[] } {
    // The duration of a build of some entities says nothing about a build of all rows.
    const past = durations.filter((each) => scope === null || each.scope === scope.kind);
    return { medianMs: medianOrNull(past.map(({ durationMs }) => durationMs)), past };
}

/** `▃▃▄▅▆ +38%`: the durations of earlier builds and of this one, and how much longer than the median it took. */
function formatComparison(model: ModelProgress, context: ModelContext, width: number, theme: Theme): string {
    const { medianMs, past } = compareWithPast(model, context.durations);
    const elapsed = elapsedMs(model, context.nowMs);
    if (medianMs === null || elapsed === null || model.rows === null) {
        return theme.style("dim", fitText(model.rows === null || medianMs !== null ? "" : "first", width, "right"));
    }
    const percent = Math.round((elapsed / Math.max(1, medianMs) - 1) * 100);
    const text =
        percent > 999
            ? `x${formatCount(Math.round(elapsed / Math.max(1, medianMs)))}`
            : `${percent > 0 ? "+" : ""}${percent}%`;
    const values = [...past.map(({ durationMs }) => durationMs), elapsed].slice(-sparklineWidth);
    const [sparkline = ""] = drawSparkline(values, { width: sparklineWidth, isAscii: theme.isAscii });
    // A large percentage of a short duration is not worth a warning.
    const isSlower = elapsed - medianMs > 1000 && percent > 50;
    const percentWidth = width - sparklineWidth - 1;
    return `${theme.style("dim", fitStyled(sparkline, sparklineWidth))} ${theme.style(isSlower ? "warned" : "dim", fitText(text, percentWidth, "right"))}`;
}
