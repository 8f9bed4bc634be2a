import type { Database } from "../database/database.js";
import { loadBuildState } from "../runs/build-state.js";
import { loadLastResults } from "../runs/model-runs.js";
import type { Graph } from "./graph.js";
import { needsState, type SelectionState } from "./select.js";
import { loadStaleness } from "./staleness.js";

/** Loads what `state:` and `result:` selectors need; reads sources and runs only if there is such a selector. */
export async function loadSelectionState(
    database: Database,
    graph: Graph,
    selectors: readonly string[],
): Promise<SelectionState> {
    if (!needsState(selectors)) {
        return { results: new Map(), stale: new Set(), modified: new Set() };
    }
    return database.withTransaction(
        async (connection) => {
            const results = new Map(
                [...(await loadLastResults(connection))].map(([name, status]) => [
                    name,
                    status === "failed" ? "error" : status,
                ]),
            );
            const state = await loadBuildState(connection);
            const modified = [...graph.models.values()].filter(
                ({ name, materialisation }) =>
                    materialisation === "table" && (!state.built.has(name) || state.redefined.has(name)),
            );
            const stale = [...(await loadStaleness(connection, graph, { state }))].filter(
                ([modelName, { kind }]) => results.get(modelName) === "error" || kind !== "fresh",
            );
            return {
                results,
                stale: new Set(stale.map(([modelName]) => modelName)),
                modified: new Set(modified.map(({ name }) => name)),
            };
        },
        { readOnly: true, isolation: "repeatable read" },
    );
}
