import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { bindModelViews } from "../warehouse/model-views.js";
import { refreshMappings } from "../warehouse/refresh-mappings.js";
import { loadRegistry, type Registry } from "../warehouse/registry.js";
import { forgetSourceMarks } from "../runs/source-state.js";
import { makeGraph, reach } from "./graph.js";

/** How long to wait while others use the views, before the build goes on without binding them. */
const lockTimeoutSeconds = 10;

/**
 * Reads the registry. If landing tables were swapped, or dropped together with the views that read them, binds those views to the
 * tables that have the names now, and makes the next build read those sources whole.
 *
 * @returns the registry after that; a view that could not be bound stays damaged, with the reason
 */
export async function loadBoundRegistry(database: Database): Promise<Registry> {
    const registry = await loadRegistry(database);
    return registry.damages.length === 0
        ? registry
        : database.withTransaction((connection) => bindDamagedViews(connection, registry));
}

async function bindDamagedViews(connection: Connection, registry: Registry): Promise<Registry> {
    await connection.query("select pg_catalog.set_config('lock_timeout', $1, true)", [`${lockTimeoutSeconds}s`]);
    const { modelNames, problems } = await bindModelViews(connection, registry.damages, registry.sources);
    const edges = makeGraph(await loadRegistry(connection));
    // The relations that have the names now may have other types and keys.
    await refreshMappings(connection, { anew: new Set([...modelNames, ...reach(modelNames, edges.downstreamOf)]) });
    const bound = await loadRegistry(connection);
    const graph = makeGraph(bound);
    for (const modelName of modelNames) {
        const upstream = reach([modelName], graph.upstreamOf);
        await forgetSourceMarks(connection, {
            sourceNames: [...upstream].filter((name) => graph.sources.has(name)),
            modelNames: [modelName, ...reach([modelName], graph.downstreamOf)],
            reason: "the views that read it were bound to what is there now: all are read",
        });
    }
    return {
        ...bound,
        damages: bound.damages.map(({ modelName, problem }) => {
            const why = problems.get(modelName);
            return {
                modelName,
                problem: why === undefined || why === problem ? problem : `${problem}; it cannot be bound anew: ${why}`,
            };
        }),
    };
}
