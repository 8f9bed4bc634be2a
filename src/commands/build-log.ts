import type { BuildEvent, BuildListener, ModelResult, RunSummary } from "../engine/events.js";
import type { Scope, TestRun } from "../runs/run.js";
import { formatCount, formatDuration, formatQuantity, formatRowCounts } from "../text/format-values.js";
import { styled, type Output, type Text } from "./output.js";

/** Writes a build's events as lines for people while it runs; with `--json`, writes the events themselves. */
export function makeBuildLog(output: Output): BuildListener {
    if (output.isJson) {
        return (event) => {
            output.record(event);
        };
    }
    const testsOf = new Map<string, TestRun[]>();
    let nameWidth = 0;
    let modelCount = 0;
    let finishedCount = 0;
    return (event: BuildEvent) => {
        switch (event.type) {
            case "run-started":
                modelCount = event.modelNames.length;
                nameWidth = Math.max(...event.modelNames.map((name) => name.length));
                output.talk(
                    [
                        `Run ${event.runId}: ${formatQuantity(modelCount, "model")}`,
                        formatQuantity(event.threads, "thread"),
                        // An estimate below two seconds is useless.
                        ...((event.estimatedMs ?? 0) < 2000
                            ? []
                            : [`about ${formatDuration(event.estimatedMs ?? 0)} by past runs`]),
                    ].join(", "),
                );
                break;
            case "test-finished":
                testsOf.set(event.result.modelName, [...(testsOf.get(event.result.modelName) ?? []), event.result]);
                break;
            case "model-scoped":
                if (event.scope.kind === "all" || event.scope.kind === "entities") {
                    output.talk(styled("dim", `… ${event.modelName.padEnd(nameWidth)}  ${describeScope(event.scope)}`));
                }
                break;
            case "model-finished": {
                finishedCount++;
                const { result } = event;
                const place = `${String(finishedCount).padStart(String(modelCount).length)}/${modelCount}`;
                const tests = testsOf.get(result.modelName) ?? [];
                output.talk([formatModel(result, tests, nameWidth), "  ", styled("dim", place)]);
                for (const line of formatProblems(result, tests)) {
                    output.talk(line);
                }
                break;
            }
            case "run-finished":
                for (const line of formatSummary(event.summary)) {
                    output.talk(line);
                }
                break;
            case "model-started":
            case "model-written":
                break;
        }
    };
}

const marks = {
    ok: ["green", "✓"],
    failed: ["red", "✗"],
    skipped: ["yellow", "↷"],
    cancelled: ["yellow", "◼"],
} as const;

function formatModel(result: ModelResult, tests: readonly TestRun[], nameWidth: number): Text {
    const [color, mark] = marks[result.status];
    const what =
        result.status === "ok"
            ? result.rows === null
                ? (result.scope?.reason ?? "")
                : formatRowCounts(result.rows)
            : result.status;
    const tested = tests.length === 0 ? "" : formatQuantity(tests.length, "data test");
    return [
        styled(color, mark),
        ` ${result.modelName.padEnd(nameWidth)}`,
        `  ${what.padEnd(24)}`,
        `  ${tested.padEnd(13)}`,
        `  ${formatDuration(result.durationMs).padStart(6)}`,
    ];
}

function formatProblems(result: ModelResult, tests: readonly TestRun[]): readonly Text[] {
    const message = result.message === null ? [] : [`    ${result.message}`];
    const problems = tests
        .filter(({ status }) => status !== "passed" && status !== "known")
        .map((test) => ["    ", formatTest(test)]);
    return [...message, ...problems];
}

/** `✗ fct_orders.unique.order_id: 3 failing rows` */
function formatTest(test: TestRun): Text {
    const mark = test.status === "warned" ? styled("yellow", "!") : styled("red", "✗");
    const found =
        test.status === "broken"
            ? `cannot run: ${test.message ?? ""}`
            : formatQuantity(test.failingCount, "failing row");
    return [mark, ` ${test.testName}: ${found}${test.status === "warned" ? " (warning)" : ""}`];
}

function describeScope(scope: Scope): string {
    return scope.kind === "entities"
        ? `${formatQuantity(scope.entityCount, "affected entity", "affected entities")}: ${scope.reason}`
        : `all rows: ${scope.reason}`;
}

function formatSummary(summary: RunSummary): readonly Text[] {
    const models = countBy(summary.models.map((model) => model.status));
    const tests = countBy(summary.tests.map((test) => test.status));
    const modelCounts = ["ok", "failed", "skipped", "cancelled"].flatMap((status) => describeCount(models, status));
    const testCounts = ["passed", "failed", "broken", "warned", "known"].flatMap((status) =>
        describeCount(tests, status),
    );
    const rows = summary.models.flatMap((model) => (model.rows === null ? [] : [model.rows]));
    const total = (count: (each: (typeof rows)[number]) => number): number =>
        rows.reduce((sum, each) => sum + count(each), 0);
    const [color, word] = (
        { ok: ["green", "Done"], failed: ["red", "Failed"], cancelled: ["yellow", "Cancelled"] } as const
    )[summary.status];
    const changes = formatRowCounts({
        inserted: total((each) => each.inserted),
        updated: total((each) => each.updated),
        deleted: total((each) => each.deleted),
        unchanged: total((each) => each.unchanged),
    });
    return [
        [
            styled(color, word),
            ` in ${formatDuration(summary.durationMs)}. Models: ${list(modelCounts)}. Data tests: ${list(testCounts)}. Rows: ${changes}.`,
        ],
        `More: stardeck history ${summary.runId}${summary.status === "failed" ? "; take up what failed: stardeck retry" : ""}`,
    ];
}

function countBy(statuses: readonly string[]): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const status of statuses) {
        counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return counts;
}

function describeCount(counts: ReadonlyMap<string, number>, status: string): readonly string[] {
    const count = counts.get(status) ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${status}`];
}

function list(parts: readonly string[]): string {
    return parts.length === 0 ? "none" : parts.join(", ");
}
