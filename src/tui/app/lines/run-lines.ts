import type { LeftTime } from "../builds/estimate-left.js";
import { formatDuration, formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import { countTotals, isRunning, type RunProgress, type RunState, type RunTotals } from "../builds/run-progress.js";
import { countChangedRows } from "../../../runs/run.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { formatChanges } from "./describe-run.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo, formatClock } from "../../kit/lines/format-ago.js";

export interface RunLineOptions {
    readonly nowMs: number;
    readonly width: number;
    readonly theme: Theme;
}

/** `Build #212  ████░░  9/14  0:12 elapsed  ≈ 0:05 left`; for a run that has ended, its result. */
export function formatRunTitle(run: RunProgress, left: LeftTime | null, options: RunLineOptions): string {
    return isRunning(run) ? formatRunning(run, left, options) : formatEnded(run, options);
}

function formatRunning(run: RunProgress, left: LeftTime | null, { nowMs, width, theme }: RunLineOptions): string {
    const elapsed = `${formatClock(nowMs - run.startedAtMs)} elapsed`;
    if (run.modelNames.length === 0) {
        return fitStyled(
            `${theme.style("strong", nameRun(run))}  ${theme.style("running", "starting …")}  ${elapsed}`,
            width,
        );
    }
    const { endedModelCount } = countTotals(run);
    const parts = [
        `${endedModelCount}/${run.modelNames.length}`,
        elapsed,
        ...(run.isCancelling ? [theme.style("warned", "cancelling …")] : []),
        ...(left === null || run.isCancelling ? [] : [formatLeft(left, theme)]),
    ].join("   ");
    const name = fitText(nameRun(run), Math.min(widthOfName(run), Math.max(12, width - styledWidth(parts) - 14)));
    const barWidth = Math.max(4, Math.min(40, width - styledWidth(name) - styledWidth(parts) - 4));
    const bar = formatBar(endedModelCount / run.modelNames.length, barWidth, theme);
    return fitStyled(`${theme.style("strong", name)}  ${bar}  ${parts}`, width);
}

/** `≈ 0:05 left` */
export function formatLeft({ remainingMs, isOverdue }: LeftTime, { isAscii }: Theme): string {
    return isOverdue ? "longer than usual" : `${isAscii ? "about" : "≈"} ${formatClock(remainingMs)} left`;
}

function widthOfName(run: RunProgress): number {
    return styledWidth(nameRun(run));
}

function formatEnded(run: RunProgress, { nowMs, width, theme }: RunLineOptions): string {
    const totals = countTotals(run);
    const [role, symbol, word] = lookOfRun(run, totals, theme);
    const durationMs = (run.endedAtMs ?? run.startedAtMs) - run.startedAtMs;
    const rows = totals.changedModelCount === 0 ? [] : [`rows ${formatChanges(totals.rows)}`];
    const state = theme.style(role, `${symbol} ${word}`);
    const after = `${state} after ${formatDuration(durationMs)}`;
    const ago = theme.style("dim", formatAgo(run.endedAtMs ?? run.startedAtMs, nowMs));
    const whole = [after, ...rows, ago].join("   ");
    const leastName = Math.min(widthOfName(run), 12);
    // The row counts are left out rather than cut.
    const tail = leastName + 2 + styledWidth(whole) <= width ? whole : [after, ago].join("   ");
    const name = fitText(nameRun(run), Math.min(widthOfName(run), Math.max(12, width - styledWidth(tail) - 2)));
    return fitStyled(`${theme.style("strong", name)}  ${tail}`, width);
}

/** `Build #212 fct_orders+`, `Build #213 everything, full refresh` */
export function nameRun({ command, runId, selection, isFullRefresh }: RunProgress): string {
    const name = `${command.slice(0, 1).toUpperCase()}${command.slice(1)}`;
    return [
        runId === null ? name : `${name} #${runId}`,
        ...(selection === "" ? [] : [makeVisible(selection)]),
        ...(isFullRefresh ? ["full refresh"] : []),
    ].join(" ");
}

const words: Readonly<Record<RunState, string>> = {
    starting: "starting",
    running: "running",
    ok: "ok",
    failed: "FAILED",
    cancelled: "cancelled",
    crashed: "CRASHED",
};

/** Colour, symbol and word of a run. */
export function lookOfRun(
    { state }: Pick<RunProgress, "state">,
    { tests }: Pick<RunTotals, "tests">,
    { symbols }: Theme,
): readonly [Role, string, string] {
    switch (state) {
        case "starting":
        case "running":
            return ["running", symbols.running, words[state]];
        case "ok":
            return tests.warned > 0 ? ["warned", symbols.warned, "ok, warned"] : ["ok", symbols.ok, words.ok];
        case "failed":
        case "crashed":
            return ["failed", symbols.failed, words[state]];
        case "cancelled":
            return ["warned", symbols.cancelled, words.cancelled];
    }
}

/** `██████░░░░` */
function formatBar(share: number, width: number, theme: Theme): string {
    const done = Math.max(0, Math.min(width, Math.round(share * width)));
    const [full, empty] = theme.isAscii ? ["#", "."] : ["█", "░"];
    return theme.style("running", full.repeat(done)) + theme.style("dim", empty.repeat(width - done));
}

/** ` ✓ 7 ok  ✗ 1 fail  ! 1 warn  ~ 1 run  · 3 queued  - 1 skipped   critical: fct_sessions` */
export function formatRunCounts(run: RunProgress, left: LeftTime | null, { width, theme }: RunLineOptions): string {
    const { symbols } = theme;
    const { models, tests } = countTotals(run);
    const failedTests = tests.failed + tests.broken;
    const states = [
        [models.ok, "ok", symbols.ok, "ok"],
        [models.failed, "failed", symbols.failed, "fail"],
        [models.running, "running", symbols.running, "run"],
        [models.queued, "queued", symbols.queued, "queued"],
        [models.skipped, "skipped", symbols.skipped, "skipped"],
        [models.cancelled, "warned", symbols.cancelled, "cancelled"],
    ] as const;
    const counts = states.flatMap(([count, role, symbol, word]) =>
        count === 0 ? [] : [theme.style(role, `${symbol} ${count} ${word}`)],
    );
    const asked = tests.passed + failedTests + tests.warned + tests.known;
    const testCounts = [
        ...(failedTests === 0 ? [] : [theme.style("failed", `${failedTests} failed`)]),
        ...(tests.warned === 0 ? [] : [theme.style("warned", `${symbols.warned} ${tests.warned} warned`)]),
        ...(tests.known === 0 ? [] : [`${tests.known} known`]),
        ...(tests.passed === 0 || (isRunning(run) && failedTests + tests.warned > 0) ? [] : [`${tests.passed} passed`]),
    ];
    const parts = [
        counts.join("  "),
        ...(isRunning(run) && left?.criticalPath[0] !== undefined
            ? [`critical: ${makeVisible(left.criticalPath[0])}`]
            : []),
        ...(asked === 0 ? [] : [`tests: ${testCounts.join(", ")}`]),
    ];
    // A part that does not fit is left out rather than cut.
    const line = parts.reduce((before, part) => {
        const longer = before === "" ? ` ${part}` : `${before}   ${part}`;
        return part !== "" && styledWidth(longer) <= width ? longer : before;
    }, "");
    return fitStyled(line, width);
}

/** A few lines about the run as a whole; most runs have none. */
export function formatRunMessage(run: RunProgress, { width, theme }: RunLineOptions): readonly string[] {
    const maxLines = 3;
    if (isRunning(run)) {
        const who = `Run by ${run.startedBy ?? ""}: it is watched here, and cancelled there.`;
        return run.startedBy === null
            ? []
            : [theme.style("running", fitText(` ${theme.symbols.running} ${who}`, width))];
    }
    if (run.message !== null && run.message !== "" && !(run.state === "cancelled" && run.modelNames.length > 0)) {
        const lines = wrapText(run.message, width - 4);
        const [role, symbol] = lookOfRun(
            run,
            { tests: { passed: 0, failed: 0, warned: 0, known: 0, broken: 0 } },
            theme,
        );
        return lines
            .slice(0, maxLines)
            .map((line, index) => theme.style(role, ` ${index === 0 ? symbol : " "} ${line}`));
    }
    if (run.state === "ok" && isNothingDone(run)) {
        const what =
            run.modelNames.length === 1 ? "the model is" : `all ${formatQuantity(run.modelNames.length, "model")} are`;
        return [theme.style("ok", fitText(` ${theme.symbols.ok} Nothing to do: ${what} up to date.`, width))];
    }
    if (run.state === "cancelled") {
        const { models } = countTotals(run);
        const text = `Cancelled: what was published stays (${formatQuantity(models.ok, "model")}). R takes up the rest.`;
        return [theme.style("warned", fitText(` ${theme.symbols.cancelled} ${text}`, width))];
    }
    return [];
}

function isNothingDone({ command, modelNames, models }: RunProgress): boolean {
    return (
        command !== "test" &&
        modelNames.every((name) => {
            const model = models.get(name);
            const isUntouched = model?.rows === null || model?.rows === undefined || countChangedRows(model.rows) === 0;
            return isUntouched && (model?.scope?.kind === "none" || model?.scope?.kind === "view");
        })
    );
}
