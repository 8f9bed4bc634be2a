import { formatCodeFrame } from "../../../text/code-frame.js";
import type { RowTexts } from "../../../runs/changed-rows.js";
import type { FailingRows } from "../../../runs/failing-rows.js";
import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import type { Blocker, ModelWait } from "../../../runs/lock-waits.js";
import { drawSparkline } from "../../kit/charts/sparkline.js";
import type { Loaded } from "../../kit/load.js";
import { elapsedMs, type ModelProgress } from "../../app/builds/run-progress.js";
import { countChangedRows, type TestProblem } from "../../../runs/run.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { formatChanges } from "../../app/lines/describe-run.js";
import { fitText, wrapText, wrapTextTo } from "../../kit/lines/fit-text.js";
import { lookOfTest } from "../../kit/lines/state-look.js";
import { compareWithPast, formatShort, lookOfModel, type ModelContext } from "../../app/lines/model-line.js";

/** Lines that belong together; data tests and changed rows can be selected. */
export interface DetailBlock {
    readonly kind: "text" | "test" | "changes";
    /** The name of the data test; empty for other kinds. */
    readonly testName: string;
    readonly lines: readonly string[];
}

export type FailingRowsOfModel = Loaded<ReadonlyMap<string, FailingRows>>;

const maxMessageLines = 8;

export interface BlockOptions {
    readonly width: number;
    readonly theme: Theme;
    /** Whether the lines say what Enter does. */
    readonly hasHints: boolean;
}

/** All details of a model below its line, the urgent first. */
export function formatModelBlocks(
    model: ModelProgress,
    context: ModelContext,
    failing: FailingRowsOfModel | null,
    { width, theme, hasHints }: BlockOptions,
): readonly DetailBlock[] {
    const text = (lines: readonly string[]): readonly DetailBlock[] =>
        lines.length === 0 ? [] : [{ kind: "text", testName: "", lines }];
    const changed = model.rows === null ? 0 : countChangedRows(model.rows);
    const isFirstLoad = model.scope?.reason === "never built";
    return [
        ...text(formatWait(context.wait, width, theme)),
        ...text(formatMessage(model, width, theme)),
        ...model.problems.map((problem): DetailBlock => ({
            kind: "test",
            testName: problem.testName,
            lines: formatProblem(problem, {
                failing,
                leading: context.leadingColumnsOf(problem.testName),
                width,
                theme,
                hasHints,
            }),
        })),
        ...(changed > 0 && isFirstLoad ? text([`${formatQuantity(changed, "row")}, all new: the first load`]) : []),
        ...(changed === 0 || isFirstLoad || model.status !== "ok"
            ? []
            : [
                  {
                      kind: "changes" as const,
                      testName: "",
                      lines: [
                          fitText(
                              `${formatQuantity(changed, "changed row")}${hasHints ? ": Enter shows before and after" : ""}`,
                              width,
                          ),
                      ],
                  },
              ]),
    ];
}

/** The state of a model, for the pane beside the list. */
export function formatModelFacts(
    model: ModelProgress,
    context: ModelContext,
    width: number,
    theme: Theme,
): readonly string[] {
    const [role, symbol, word] = lookOfModel(model, context, theme);
    const elapsed = elapsedMs(model, context.nowMs);
    const time = elapsed === null ? "" : `  ${formatShort(elapsed)}`;
    const fact = (name: string, value: string): readonly string[] => {
        const [first = "", ...others] = wrapText(value, Math.max(8, width - 8));
        return [`${theme.style("dim", fitText(name, 8))}${first}`, ...others.map((line) => `        ${line}`)];
    };
    const { medianMs, past } = compareWithPast(model, context.durations);
    const values = past.map(({ durationMs }) => durationMs);
    const [sparkline = ""] = values.length === 0 ? [] : drawSparkline(values, { width: 10, isAscii: theme.isAscii });
    return [
        theme.style("strong", fitText(model.modelName, width)),
        fitStyled(`${theme.style(role, `${symbol} ${word}`)}${time}`, width),
        "",
        ...(model.scope === null ? [] : fact("scope", describeScope(model))),
        ...(model.rows === null
            ? []
            : fact("rows", `${formatChanges(model.rows)}, ${formatCount(model.rows.unchanged)} unchanged`)),
        ...(model.passedTestCount === 0
            ? []
            : fact("tests", `${formatQuantity(model.passedTestCount, "test")} passed`)),
        ...(medianMs === null
            ? []
            : fact("usual", `${formatShort(medianMs)}, median of ${formatQuantity(past.length, "build")}`)),
        ...(sparkline.trim() === "" ? [] : [`${" ".repeat(8)}${theme.style("dim", fitStyled(sparkline, 10))}`]),
        ...(model.status === "queued" && context.waitsFor.length > 0 ? fact("after", context.waitsFor.join(", ")) : []),
        "",
    ];
}

function describeScope({ scope }: ModelProgress): string {
    switch (scope?.kind) {
        case "all":
            return `all rows: ${scope.reason}`;
        case "entities":
            return `${formatQuantity(scope.entityCount, "entity", "entities")}: ${scope.reason}`;
        case "none":
        case "view":
            return scope.reason;
        case undefined:
            return "";
    }
}

/** `waits 0:04 for a lock on warehouse.fct_orders, held by pid 4242 (psql as ada, idle in transaction for 12 s)` */
function formatWait(wait: ModelWait | null, width: number, theme: Theme): readonly string[] {
    if (wait === null) {
        return [];
    }
    if (wait.waitType !== "Lock") {
        return [theme.style("dim", fitText(`waits for ${wait.waitType}: ${wait.waitEvent}`, width).trimEnd())];
    }
    const what = wait.relation === null ? `a lock (${wait.waitEvent})` : `a lock on ${wait.relation}`;
    const since = wait.waitedMs === null ? "" : ` ${formatDuration(wait.waitedMs)}`;
    const holders = wait.blockers.map(describeBlocker).join("; ");
    const text = `waits${since} for ${what}${holders === "" ? "" : `, held by ${holders}`}`;
    return wrapText(text, width).map((line) => theme.style("warned", line));
}

function describeBlocker({ pid, application, user, state, transactionMs }: Blocker): string {
    const who = [application, user === null ? null : `as ${user}`].filter((part) => part !== null).join(" ");
    const since = transactionMs === null ? "" : ` for ${formatDuration(transactionMs)}`;
    const details = [who, state === null ? "" : `${state}${since}`].filter((part) => part !== "").join(", ");
    return `pid ${pid}${details === "" ? "" : ` (${details})`}`;
}

function formatMessage(model: ModelProgress, width: number, theme: Theme): readonly string[] {
    if (model.message === null || model.message === "") {
        return [];
    }
    const role: Role = model.status === "failed" ? "failed" : "dim";
    const lines = wrapText(model.message, width);
    const shown =
        lines.length > maxMessageLines ? [...lines.slice(0, maxMessageLines - 1), theme.symbols.ellipsis] : lines;
    return [...shown.map((line) => theme.style(role, line)), ...formatPlace(model, width)];
}

function formatPlace({ place }: ModelProgress, width: number): readonly string[] {
    if (place === null) {
        return [];
    }
    const [line = "", caret = ""] = formatCodeFrame(place.sql, place.position);
    // Cut the line so that the place is in view, in the middle where possible.
    const start = Math.max(0, Math.min(caret.length - 1 - Math.floor(width / 2), line.length - width));
    return [fitText(line.slice(start), width).trimEnd(), caret.slice(start)];
}

interface ProblemOptions extends BlockOptions {
    readonly failing: FailingRowsOfModel | null;
    readonly leading: readonly string[];
}

/** The test, how many rows failed, and the first of them. */
function formatProblem(
    { testName, status, failingCount, message }: TestProblem,
    options: ProblemOptions,
): readonly string[] {
    const { width, theme, hasHints } = options;
    const [role, symbol] = lookOfTest(status, theme);
    const rows = formatQuantity(failingCount, "failing row");
    const found = status === "broken" ? "could not run" : status === "known" ? `${rows}, as is known` : rows;
    const [first = "", ...others] = wrapText(`${symbol} ${testName}: ${found}`, width);
    const wish = "   Enter: see them";
    const hasRoom = others.length === 0 && first.length + wish.length <= width;
    const hint = status === "broken" || !hasHints || !hasRoom ? "" : wish;
    const broken = message === null ? [] : wrapTextTo(message, width - 2, maxMessageLines);
    return [
        fitStyled(`${theme.style(role, first)}${theme.style("dim", hint)}`, width),
        ...others.map((line) => theme.style(role, `  ${line}`)),
        ...broken.map((line) => `  ${line}`),
        ...(status === "broken" ? [] : formatFailing(testName, failingCount, options).map((line) => `  ${line}`)),
    ];
}

function formatFailing(
    testName: string,
    failingCount: number,
    { failing, leading, width, theme }: ProblemOptions,
): readonly string[] {
    const dim = (text: string): string => theme.style("dim", fitText(text, width - 2).trimEnd());
    if (failing === null) {
        return [];
    }
    if (failing.value === null) {
        return [
            dim(failing.error === null ? "reading its rows …" : `its rows could not be read: ${failing.error.message}`),
        ];
    }
    const rows = failing.value.get(testName)?.rows ?? [];
    const more = failingCount - rows.length;
    return [
        ...rows.map((row) => fitText(formatRow(row, leading, theme), width - 2).trimEnd()),
        ...(more > 0 && rows.length > 0 ? [dim(`and ${formatCount(more)} more`)] : []),
    ];
}

/** `order_id 12, amount -3.50, status ∅`; the leading columns first. */
function formatRow(row: RowTexts, leading: readonly string[], theme: Theme): string {
    const columns = [...new Set([...leading.filter((column) => column in row), ...Object.keys(row)])];
    return columns.map((column) => `${column} ${row[column] ?? theme.symbols.null}`).join(", ");
}
