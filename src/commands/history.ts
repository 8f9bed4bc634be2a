import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import {
    loadModelRuns,
    loadRunOrNull,
    loadRuns,
    loadTestRuns,
    type PastRun,
    type RecordedTestRun,
} from "../runs/run-history.js";
import type { ModelRun } from "../runs/run.js";
import { loadChangedValues, type ChangedRow } from "../runs/changed-rows.js";
import { loadRegistry } from "../warehouse/registry.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatDuration, formatQuantity, formatRowCounts } from "../text/format-values.js";
import { formatRowChange } from "./format-row-change.js";
import { openDatabase } from "./open-database.js";
import type { Output } from "./output.js";
import { printTable } from "./print-table.js";

const flags = {
    limit: {
        type: "number",
        placeholder: "N",
        isWhole: true,
        least: 1,
        most: 100_000,
        description: "Runs to list at most (default: 20)",
    },
    diff: { type: "boolean", description: "With RUN and MODEL: the rows that the run changed, before and after" },
} as const;

export const command = defineCommand({
    name: "history",
    description:
        "Lists past runs, the newest first; or shows one run: its models with their data diffs, and its data tests.",
    arguments: [
        { name: "RUN", isRequired: false, description: "number of a run, or `last`" },
        { name: "MODEL", isRequired: false, description: "one model of the run" },
    ],
    flags,
    examples: [
        { command: "stardeck history", does: "The last 20 runs." },
        { command: "stardeck history last", does: "What the last run did to each model." },
        {
            command: "stardeck history last mart_weekly_discounts --diff",
            does: "The rows that it changed in one mart.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: history,
});

/** Lists runs, or shows one. */
export async function history(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const [runId, modelName] = invocation.arguments;
    await openDatabase({ settings, output }, async (database) => {
        // Says clearly when the database was never migrated.
        const { models } = await loadRegistry(database);
        if (invocation.flags.diff === true && modelName === undefined) {
            throw new StardeckError("--diff needs a run and a model.", {
                code: "usage",
                hint: "For example: stardeck history last mart_weekly_discounts --diff",
            });
        }
        if (runId === undefined) {
            printRuns(await loadRuns(database, invocation.flags.limit ?? 20), output);
            return;
        }
        const run = await loadRun(database, runId);
        await printRun(database, run, modelName, output);
        if (invocation.flags.diff === true && modelName !== undefined) {
            const model = models.find((candidate) => candidate.name === modelName);
            const primaryKey = model?.materialisation === "table" ? model.primaryKey : [];
            printChanges(await loadChangedValues(database, run.runId, modelName), primaryKey, output);
        }
    });
    return exitCodes.done;
}

function printRuns(runs: readonly PastRun[], output: Output): void {
    if (output.isJson) {
        for (const run of runs) {
            output.record({ type: "run", ...run });
        }
        return;
    }
    if (runs.length === 0) {
        output.talk("Nothing was built yet: run `stardeck build`.");
        return;
    }
    printTable(
        output,
        [
            { name: "run", value: (run) => run.runId },
            { name: "started (UTC)", value: (run) => run.startedAt.replace("T", " ").replace("Z", "") },
            { name: "command", value: describeCommand },
            { name: "status", value: (run) => run.status },
            { name: "models", value: (run) => `${run.okModelCount}/${run.modelCount} ok` },
            { name: "data tests", value: describeTests },
            { name: "rows", value: (run) => `+${run.rowsInserted} ~${run.rowsUpdated} -${run.rowsDeleted}` },
            { name: "time", value: (run) => formatDuration(run.durationMs) },
        ],
        runs,
    );
}

async function loadRun(database: Database, runId: string): Promise<PastRun> {
    const run = await loadRunOrNull(database, runId);
    if (run === null) {
        throw new StardeckError(runId === "last" ? "There was no run yet." : `There is no run "${runId}".`, {
            code: "usage",
            hint: "`stardeck history` lists the runs.",
        });
    }
    return run;
}

function printChanges(changes: readonly ChangedRow[], primaryKey: readonly string[], output: Output): void {
    if (output.isJson) {
        for (const change of changes) {
            output.record({ type: "row-change", ...change });
        }
        return;
    }
    output.line("");
    output.line(changes.length === 0 ? "Changed rows: none kept" : "Changed rows (a sample)");
    for (const change of changes) {
        output.line(`  ${formatRowChange(change, primaryKey)}`);
    }
}

async function printRun(
    database: Database,
    run: PastRun,
    modelName: string | undefined,
    output: Output,
): Promise<void> {
    const isAsked = (item: { readonly modelName: string }): boolean =>
        modelName === undefined || item.modelName === modelName;
    const models = (await loadModelRuns(database, run.runId)).filter(isAsked);
    const tests = (await loadTestRuns(database, run.runId)).filter(isAsked);
    if (models.length === 0 && modelName !== undefined) {
        throw new StardeckError(`Run ${run.runId} had nothing to do with "${modelName}".`, {
            code: "usage",
            hint: `\`stardeck history ${run.runId}\` lists its models.`,
        });
    }
    if (output.isJson) {
        output.record({ type: "run", ...run });
        models.forEach((model) => {
            output.record({ type: "model-run", ...model });
        });
        tests.forEach((test) => {
            output.record({ type: "test-run", ...test });
        });
        return;
    }
    output.line(
        `Run ${run.runId}: ${describeCommand(run)}, ${run.status}, ${run.startedAt} by ${run.startedBy}, ${formatDuration(run.durationMs)}`,
    );
    if (run.message !== null) {
        output.line(run.message);
    }
    output.line("");
    printModels(models, output);
    const notPassed = tests.filter((test) => test.status !== "passed");
    output.line("");
    output.line(`Data tests: ${tests.length - notPassed.length} passed, ${notPassed.length} not`);
    if (notPassed.length > 0) {
        printTests(notPassed, output);
    }
}

function printModels(models: readonly ModelRun[], output: Output): void {
    printTable(
        output,
        [
            { name: "model", value: (model) => model.modelName },
            { name: "status", value: (model) => model.status },
            { name: "rows", value: describeDiff },
            { name: "scope", value: describeScope },
            { name: "time", value: (model) => (model.durationMs === null ? "" : formatDuration(model.durationMs)) },
            { name: "message", value: (model) => model.message },
        ],
        models,
    );
}

function printTests(tests: readonly RecordedTestRun[], output: Output): void {
    printTable(
        output,
        [
            { name: "data test", value: (test) => test.testName },
            { name: "status", value: (test) => test.status },
            { name: "failing rows", isNumeric: true, value: (test) => test.failingCount },
            { name: "message", value: (test) => test.message },
        ],
        tests,
    );
}

function describeCommand(run: PastRun): string {
    return [run.command, run.selection, run.isFullRefresh ? "(full refresh)" : ""]
        .filter((part) => part !== "")
        .join(" ");
}

function describeTests(run: PastRun): string {
    const bad = [
        ...(run.failedTestCount > 0 ? [`${run.failedTestCount} failed`] : []),
        ...(run.warnedTestCount > 0 ? [`${run.warnedTestCount} warned`] : []),
    ];
    return bad.length === 0 ? "ok" : bad.join(", ");
}

function describeDiff({ rows }: ModelRun): string {
    return rows === null ? "" : formatRowCounts(rows);
}

function describeScope({ scope }: ModelRun): string {
    if (scope === null) {
        return "";
    }
    const size = scope.kind === "entities" ? formatQuantity(scope.entityCount, "entity", "entities") : scope.kind;
    return scope.reason === "" ? size : `${size}: ${scope.reason}`;
}
