import type { BuildListener, ModelResult, RunSummary } from "../engine/events.js";
import type { Scope, TestRun } from "../runs/run.js";
import { formatCount, formatDuration, formatQuantity } from "../text/format-values.js";
import type { Output } from "./output.js";

/**
 * Writes each event of a build as a sentence, in order, for a screen reader or a terminal that shows text line by line. Symbols, columns
 * and colours carry no meaning.
 */
export function makeSpokenBuildLog(output: Output): BuildListener {
    let modelCount = 0;
    let finishedCount = 0;
    const passed = new Map<string, number>();
    return (event) => {
        switch (event.type) {
            case "run-started": {
                modelCount = event.modelNames.length;
                const about =
                    event.estimatedMs === null ? "" : ` Past runs took about ${formatDuration(event.estimatedMs)}.`;
                output.talk(`Run ${event.runId} begins with ${formatQuantity(modelCount, "model")}.${about}`);
                break;
            }
            case "model-scoped": {
                const begun = describeScopeOrNull(event.scope);
                if (begun !== null) {
                    output.talk(`${event.modelName} begins with ${begun}.`);
                }
                break;
            }
            case "test-finished": {
                const { result } = event;
                if (result.status === "passed") {
                    passed.set(result.modelName, (passed.get(result.modelName) ?? 0) + 1);
                } else if (result.status !== "known") {
                    output.talk(describeProblem(result));
                }
                break;
            }
            case "model-finished": {
                finishedCount++;
                const count = passed.get(event.result.modelName) ?? 0;
                output.talk(
                    `${describeModel(event.result, count)} ${finishedCount} of ${modelCount} models have ended.`,
                );
                break;
            }
            case "run-finished":
                for (const sentence of describeEnd(event.summary)) {
                    output.talk(sentence);
                }
                break;
            case "model-started":
            case "model-written":
                break;
        }
    };
}

function describeScopeOrNull(scope: Scope): string | null {
    switch (scope.kind) {
        case "all":
            return `all rows: ${scope.reason}`;
        case "entities":
            return `${formatQuantity(scope.entityCount, "affected entity", "affected entities")}: ${scope.reason}`;
        case "none":
        case "view":
            return null;
    }
}

function describeProblem({ testName, status, failingCount, message }: TestRun): string {
    const found = `found ${formatQuantity(failingCount, "failing row")}.`;
    switch (status) {
        case "warned":
            return `Warning: the data test ${testName} ${found}`;
        case "broken":
            return `The data test ${testName} could not run: ${endSentence(message ?? "no reason is known")}`;
        case "failed":
        case "known":
        case "passed":
            return `Failure: the data test ${testName} ${found}`;
    }
}

function describeModel({ modelName, status, rows, scope, durationMs, message }: ModelResult, passed: number): string {
    const why = message === null ? "" : ` ${endSentence(message)}`;
    const tested = passed === 0 ? "" : ` ${formatQuantity(passed, "data test")} passed.`;
    switch (status) {
        case "ok": {
            const did =
                rows === null
                    ? (scope?.reason ?? "nothing to do")
                    : `${describeRows(rows)} in ${formatDuration(durationMs)}`;
            return `${modelName} is done: ${did}.${tested}`;
        }
        case "failed":
            return `${modelName} failed after ${formatDuration(durationMs)}.${why}`;
        case "skipped":
            return `${modelName} was skipped.${why}`;
        case "cancelled":
            return `${modelName} was cancelled.${why}`;
    }
}

interface ChangedRows {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
}

function describeRows({ inserted, updated, deleted }: ChangedRows): string {
    const parts = [
        [inserted, "inserted"],
        [updated, "updated"],
        [deleted, "deleted"],
    ] as const;
    const told = parts.flatMap(([count, verb]) => (count === 0 ? [] : [`${formatCount(count)} ${verb}`]));
    return told.length === 0 ? "no rows changed" : `rows ${told.join(", ")}`;
}

function describeEnd({ runId, status, durationMs, models, tests }: RunSummary): readonly string[] {
    const word = { ok: "is done", failed: "failed", cancelled: "was cancelled" }[status];
    const of = (ends: readonly { readonly status: string }[], end: string): string[] => {
        const count = ends.filter((each) => each.status === end).length;
        return count === 0 ? [] : [`${formatCount(count)} ${end}`];
    };
    const ended = ["ok", "failed", "skipped", "cancelled"].flatMap((end) => of(models, end));
    const tested = ["passed", "known", "warned", "failed", "broken"].flatMap((end) => of(tests, end));
    const total = models.reduce(
        (sum, { rows }) => ({
            inserted: sum.inserted + (rows?.inserted ?? 0),
            updated: sum.updated + (rows?.updated ?? 0),
            deleted: sum.deleted + (rows?.deleted ?? 0),
        }),
        { inserted: 0, updated: 0, deleted: 0 },
    );
    return [
        `Run ${runId} ${word} after ${formatDuration(durationMs)}.`,
        `Models: ${ended.join(", ") || "none"}. Data tests: ${tested.join(", ") || "none"}. In all, ${describeRows(total)}.`,
        `The command stardeck history ${runId} tells more.`,
        ...(status === "failed" ? ["The command stardeck retry takes up what failed."] : []),
    ];
}

/** PostgreSQL's messages have no full stop. */
function endSentence(text: string): string {
    return /[.!?]$/.test(text) ? text : `${text}.`;
}
