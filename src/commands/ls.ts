import type { Database } from "../database/database.js";
import { makeGraph } from "../engine/graph.js";
import { selectModels } from "../engine/select.js";
import { loadSelectionState } from "../engine/selection-state.js";
import { loadModelList, type ListedModel } from "../runs/model-list.js";
import { loadRegistry } from "../warehouse/registry.js";
import { selectionFlags } from "./selection-flags.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { openDatabase } from "./open-database.js";
import { printTable } from "./print-table.js";

export const command = defineCommand({
    name: "ls",
    description:
        "Lists models in build order: layer, materialisation, estimated rows, how their last run ended, data tests.",
    arguments: [],
    flags: selectionFlags,
    examples: [
        { command: "stardeck ls", does: "All models." },
        { command: "stardeck ls --select state:stale", does: "What a build would do something about." },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: ls,
});

/** Lists the selected models. */
export async function ls(invocation: Invocation<FlagValues<typeof selectionFlags>>): Promise<ExitCode> {
    const { output, settings, flags } = invocation;
    const models = await openDatabase({ settings, output }, (database) => loadSelectedModels(database, flags));
    if (output.isJson) {
        for (const model of models) {
            output.record({ type: "model", ...model });
        }
        return exitCodes.done;
    }
    printTable(
        output,
        [
            { name: "model", value: (model) => model.modelName },
            { name: "layer", value: (model) => model.layer },
            { name: "kind", value: (model) => model.materialisation },
            { name: "~rows", isNumeric: true, value: (model) => model.estimatedRows },
            { name: "last run", value: (model) => model.lastStatus },
            { name: "data tests", value: describeTests },
        ],
        models,
    );
    output.talk(formatQuantity(models.length, "model"));
    return exitCodes.done;
}

async function loadSelectedModels(
    database: Database,
    { select = [], exclude = [] }: FlagValues<typeof selectionFlags>,
): Promise<readonly ListedModel[]> {
    const graph = makeGraph(await loadRegistry(database));
    const state = await loadSelectionState(database, graph, [...select, ...exclude]);
    const listed = await loadModelList(database);
    return selectModels(graph, select, exclude, state).flatMap((name) => listed.get(name) ?? []);
}

function describeTests({ testCount, failedTestCount, warnedTestCount, knownTestCount }: ListedModel): string {
    const bad = [
        ...(failedTestCount > 0 ? [`${failedTestCount} failed`] : []),
        ...(warnedTestCount > 0 ? [`${warnedTestCount} warned`] : []),
        ...(knownTestCount > 0 ? [`${knownTestCount} known`] : []),
    ];
    return `${testCount}${bad.length > 0 ? ` (${bad.join(", ")})` : ""}`;
}
