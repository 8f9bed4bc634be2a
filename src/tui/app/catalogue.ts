import type { ReadOptions } from "../../browse/relation.js";
import type { Database } from "../../database/database.js";
import { makeGraph, type Graph } from "../../engine/graph.js";
import { loadModelList, type ListedModel } from "../../runs/model-list.js";
import { loadRuns, type PastRun } from "../../runs/run-history.js";
import { loadHeldTests, loadTestList, type ListedTest } from "../../runs/test-list.js";
import { loadRegistry, type Registry } from "../../warehouse/registry.js";

/** What all screens know of the warehouse. */
export interface Catalogue {
    readonly registry: Registry;
    readonly graph: Graph;
    readonly models: ReadonlyMap<string, ListedModel>;
    readonly tests: ReadonlyMap<string, ListedTest>;
    /** Names of data tests that need not be asked: a constraint of the table holds them. */
    readonly heldTests: ReadonlySet<string>;
    /** The newest first, a few. */
    readonly runs: readonly PastRun[];
}

const newestRuns = 10;

/** Reads all of it, the registry beside the rest; no rows of models or sources are touched. */
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
    // Where there is no warehouse it is the registry that says so.
    lists.catch(() => undefined);
    const registry = await database.withReadOnlyTransaction(loadRegistry, options);
    return { registry, graph: makeGraph(registry), ...(await lists) };
}
