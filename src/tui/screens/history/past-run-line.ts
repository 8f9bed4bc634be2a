import { formatCount } from "../../../text/format-values.js";
import type { PastRun } from "../../../runs/run-history.js";
import { makeVisible } from "../../../text/visible-text.js";
import { countTotals, isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import type { Role, Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatAgo, formatClock } from "../../kit/lines/format-ago.js";
import { formatShort, shortenChanges } from "../../app/lines/model-line.js";
import type { ListItem } from "../../kit/list-detail/list-detail-state.js";
import { formatTitles, layOutNamed, type ListColumn } from "../../kit/lines/table-lines.js";

/** A line of the History screen. */
export interface RunEntry extends ListItem {
    readonly run: PastRun;
    /** No newer run is known. */
    readonly isNewest: boolean;
}

export interface PastRunContext {
    /** The running run, or the last one seen: newer than the runs that were read. */
    readonly current: RunProgress | null;
    /** Marked for a comparison. */
    readonly isMarked: boolean;
    /** No newer run is known. If one is, this one cannot be running any more, because only one runs at a time. */
    readonly isNewest: boolean;
    readonly nowMs: number;
    readonly theme: Theme;
}

const columns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "", width: 1 },
    { title: "run", width: 6, align: "right" },
    { title: "what", width: "fill" },
    { title: "when", width: 11 },
    { title: "time", width: 6, align: "right" },
    { title: "state", width: 5 },
    { title: "rows +/~/-", width: 16 },
    { title: "tests", width: 7, align: "right" },
    { title: "models", width: 6, align: "right" },
    { title: "by", width: 24 },
];
/** Widths of the columns; 0 for those that do not fit. */
export function layOutPastRuns(width: number): readonly number[] {
    return layOutNamed(columns, width, { keep: 4, least: 11 });
}

export function formatPastRunTitles(widths: readonly number[], theme: Theme): string {
    return formatTitles(columns, widths, theme);
}

/** One run of the history as a line, exactly as wide as its columns. */
export function formatPastRunLine(run: PastRun, context: PastRunContext, widths: readonly number[]): string {
    const { isMarked, nowMs, theme } = context;
    const live = liveOrNull(run, context);
    const [role, symbol, word] = lookOfPastRun(run, context);
    const startedAtMs = Date.parse(run.startedAt);
    const durationMs = live === null ? run.durationMs : nowMs - live.startedAtMs;
    const texts: readonly (readonly [string, Role])[] = [
        [isMarked ? (theme.isAscii ? "*" : "●") : "", "accent"],
        [symbol, role],
        [run.runId, "plain"],
        [describeWhat(run), "plain"],
        [formatAgo(startedAtMs, nowMs), "dim"],
        [live !== null || durationMs >= 59_500 ? formatClock(durationMs) : formatShort(durationMs), "plain"],
        [word, role],
        formatChangedRows(run),
        formatTests(run, theme),
        formatModels(run, live),
        [run.startedBy, "dim"],
    ];
    return texts
        .map(([text, textRole], index) => {
            const fitted = fitText(text, widths[index] ?? 0, columns[index]?.align);
            return textRole === "plain" ? fitted : theme.style(textRole, fitted);
        })
        .filter((_, index) => (widths[index] ?? 0) > 0)
        .join(" ");
}

function liveOrNull({ runId }: PastRun, { current }: Pick<PastRunContext, "current">): RunProgress | null {
    return current?.runId === runId && isRunning(current) ? current : null;
}

/** Colour, symbol and word of a run; a run that is still running shows its current state. */
export function lookOfPastRun(
    run: PastRun,
    context: Pick<PastRunContext, "current" | "isNewest" | "theme">,
): readonly [Role, string, string] {
    const { symbols } = context.theme;
    if (liveOrNull(run, context) !== null) {
        return ["running", symbols.running, "run"];
    }
    switch (run.status) {
        case "ok":
            return run.warnedTestCount > 0 ? ["warned", symbols.warned, "warn"] : ["ok", symbols.ok, "ok"];
        case "cancelled":
            return ["warned", symbols.cancelled, "stop"];
        case "crashed":
            return ["failed", symbols.failed, "CRASH"];
        case "running":
            return context.isNewest ? ["running", symbols.running, "run"] : ["failed", symbols.failed, "CRASH"];
        case "failed":
            return ["failed", symbols.failed, "FAIL"];
    }
}

/** `build fct_orders+, full refresh` */
export function describeWhat({ command, selection, isFullRefresh }: PastRun): string {
    return makeVisible(
        [command, selection, ...(isFullRefresh ? ["full refresh"] : [])].filter((part) => part !== "").join(" "),
    );
}

function formatModels({ modelCount, okModelCount }: PastRun, live: RunProgress | null): readonly [string, Role] {
    const ended = live === null ? okModelCount : countTotals(live).endedModelCount;
    const count = live === null ? modelCount : live.modelNames.length;
    return ended === count
        ? [formatCount(count), "plain"]
        : [`${ended}/${count}`, live === null ? "warned" : "running"];
}

function formatChangedRows({ rowsInserted, rowsUpdated, rowsDeleted, command }: PastRun): readonly [string, Role] {
    return rowsInserted + rowsUpdated + rowsDeleted === 0
        ? [command === "test" ? "" : "no change", "dim"]
        : [shortenChanges({ inserted: rowsInserted, updated: rowsUpdated, deleted: rowsDeleted }, 16), "plain"];
}

function formatTests({ failedTestCount, warnedTestCount }: PastRun, { symbols }: Theme): readonly [string, Role] {
    return failedTestCount > 0
        ? [`${formatCount(failedTestCount)} ${symbols.failed}`, "failed"]
        : warnedTestCount > 0
          ? [`${formatCount(warnedTestCount)} ${symbols.warned}`, "warned"]
          : ["", "dim"];
}
