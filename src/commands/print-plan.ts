import type { Database } from "../database/database.js";
import { loadBuildState } from "../engine/build-state.js";
import type { Scope } from "../engine/events.js";
import { makeGraph } from "../engine/graph.js";
import { makePlan, type PlannedModel } from "../engine/plan.js";
import { previewScopes } from "../engine/preview.js";
import { selectModels } from "../engine/select.js";
import { loadSelectionState } from "../engine/selection-state.js";
import { loadRegistry } from "../warehouse/registry.js";
import type { materialiseFlags } from "./build-models.js";
import type { FlagValues } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../explore/format-values.js";
import type { Output } from "./output.js";
import { printTable } from "./print-table.js";

interface PlanToPrint {
    readonly flags: FlagValues<typeof materialiseFlags>;
    readonly output: Output;
}

/** Prints what a build would do, and why, without doing it. */
export async function printPlan(database: Database, { flags, output }: PlanToPrint): Promise<ExitCode> {
    const graph = makeGraph(await loadRegistry(database));
    const { select = [], exclude = [] } = flags;
    const state = await loadSelectionState(database, graph, [...select, ...exclude]);
    const { plan, scopes } = await database.withTransaction(
        async (connection) => {
            const made = await makePlan(connection, graph, await loadBuildState(connection), {
                modelNames: selectModels(graph, select, exclude, state),
                fullRefresh: flags.fullRefresh ?? false,
                acceptSourceShrink: flags.acceptSourceShrink ?? false,
            });
            return { plan: made, scopes: await previewScopes(connection, graph, made) };
        },
        { readOnly: true, isolation: "repeatable read" },
    );
    if (output.isJson) {
        for (const { modelName, action, reason } of plan.models) {
            output.record({ type: "planned-model", modelName, action, reason, scope: scopes.get(modelName) ?? null });
        }
        return exitCodes.done;
    }
    printTable(
        output,
        [
            { name: "model", value: (model) => model.modelName },
            { name: "scope", value: (model) => describeScope(model, scopes.get(model.modelName)) },
            { name: "reason", value: (model) => scopes.get(model.modelName)?.reason ?? model.reason },
        ],
        plan.models,
    );
    return exitCodes.done;
}

function describeScope({ action }: PlannedModel, scope: Scope | undefined): string {
    switch (scope?.kind ?? action) {
        case "all":
            return "all rows";
        case "entities":
            return formatQuantity(scope?.kind === "entities" ? scope.entityCount : 0, "entity", "entities");
        case "view":
            return "view";
        case "none":
            return "nothing to do";
        case "affected":
        case "if-upstream-changes":
            return "what upstream changes";
    }
}
