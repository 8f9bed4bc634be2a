import type { ReadOptions } from "../../browse/relation.js";
import type { Database } from "../../database/database.js";
import { makeGraph, type Graph } from "../../engine/graph.js";
import { loadModelList, type ListedModel } from "../../runs/model-list.js";
import { loadRuns, type PastRun } from "../../runs/run-history.js";
import { loadHeldTests, loadTestList, type ListedTest } from "../../runs/test-list.js";
import { loadRegistry, type Registry } from "../../warehouse/registry.js";

/** What all screens know about the warehouse. */
export interface Catalogue {
    readonly registry: Registry;
    readonly graph: Graph;
    readonly models: ReadonlyMap<string, ListedModel>;
    readonly tests: ReadonlyMap<string, ListedTest>;
    /** Names of data tests that need not run, because a constraint of the table guarantees them. */
    readonly heldTests: ReadonlySet<string>;
    /** The last few runs, the newest first. */
    readonly runs: readonly PastRun[];
}

const newestRuns = 10;

/** Reads the registry and, at the same time, the rest. Reads no rows of models or sources. */
export async function loadCatalogue(database: Database, options: ReadOptions): Promise<Catalogue> {
    const lists = database.withReadOnlyTransaction(
        async (connection) => ({
            models: await loadModelList(connection),
            tests: await loadTestList(connection),
            heldTests: await loadHeldTests(connection),
            runs: await loadRuns(connection, newestRuns),
        }),
        options,
    );
    // Without a warehouse both fail, and the error of the registry says so. Awaited below; this only avoids "unhandled rejection".
    lists.catch(() => undefined);
    const registry = await database.withReadOnlyTransaction(loadRegistry, options);
    return { registry, graph: makeGraph(registry), ...(await lists) };
}
