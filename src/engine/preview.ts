import type { Connection } from "../database/connection.js";
import type { TableModel } from "../warehouse/registry.js";
import { isCompared } from "../warehouse/source-kind.js";
import { findAffectedEntities, wholeModelShareDefault } from "./affected-entities.js";
import type { Scope } from "../runs/run.js";
import type { Graph } from "./graph.js";
import type { Plan } from "./plan.js";
import { loadTargets } from "./target.js";

/**
 * The scopes that a run of the plan would begin with. Models that depend on changes of upstream models, or on the comparison of a source
 * with its copy, are left out: only the run itself finds these.
 */
export async function previewScopes(
    connection: Connection,
    graph: Graph,
    plan: Plan,
): Promise<ReadonlyMap<string, Scope>> {
    const tables = [...graph.models.values()].filter((model): model is TableModel => model.materialisation === "table");
    const targets = await loadTargets(connection, tables);
    const scopes = new Map<string, Scope>();
    for (const { modelName, action, reason, deltas } of plan.models) {
        const target = targets.get(modelName);
        const isToCompare = [...deltas].some(([name, { condition }]) => {
            const source = graph.sources.get(name);
            return condition !== null && source !== undefined && isCompared(source);
        });
        if (action === "affected" && target !== undefined && !isToCompare) {
            const { scope } = await findAffectedEntities(connection, target, graph, deltas, wholeModelShareDefault);
            scopes.set(modelName, scope);
        } else if (action === "all" || action === "none" || action === "view") {
            scopes.set(modelName, { kind: action, reason });
        }
    }
    return scopes;
}
