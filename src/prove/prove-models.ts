import { StardeckError } from "../config/errors.js";
import { throwIfAborted } from "../database/errors.js";
import { reach } from "../engine/graph.js";
import { countChangedRows } from "../runs/run.js";
import { loadComparedColumns } from "../warehouse/column-graph.js";
import { applyChanges, replaceRows } from "./apply-changes.js";
import { shrinkCounterexample, type Counterexample } from "./find-counterexample.js";
import { Links } from "./links.js";
import { ChangeMaker } from "./make-changes.js";
import { Random } from "./random.js";
import { loadSourceRows } from "./sample-rows.js";
import type { ScratchWarehouse } from "./scratch-warehouse.js";
import type { SourceChange, SourceRows } from "./source-rows.js";

export interface ProveOptions {
    /** Table models to test, together with what they read; empty for all. */
    readonly modelNames: readonly string[];
    readonly rounds: number;
    readonly seed: number;
    /** First rows of the sources; sources without any get random rows. */
    readonly sampled: SourceRows;
    readonly signal: AbortSignal;
    /** Called after each round. */
    readonly onRound: (round: number) => void;
    /** Called when a fault was found, before the counterexample is made smaller. */
    readonly onFault: (modelName: string, round: number) => void;
}

/** What was tried, and the result. */
export interface Proof {
    readonly rounds: number;
    /** Rounds in which a full refresh failed as well, which is no fault of incremental builds; and the last reason. */
    readonly impossibleRounds: number;
    readonly impossibleReason: string | null;
    /** Rows inserted into, updated in and deleted from sources. */
    readonly changeCount: number;
    readonly modelNames: readonly string[];
    /** Models that every build rebuilds whole, so that there is nothing to compare. */
    readonly alwaysRebuilt: readonly string[];
    /** Number of pairs of a model and a table that it reads. */
    readonly pairCount: number;
    /** Number of pairs for which the table changed and the model was then rebuilt by entities. */
    readonly triedPairCount: number;
    readonly counterexample: (Counterexample & { readonly round: number }) | null;
}

/** Loads which columns of the sources the models compare. */
export async function loadLinks({ database, tables, graph }: ScratchWarehouse): Promise<Links> {
    return new Links(tables, await loadComparedColumns(database, [...graph.models.values()]));
}

/**
 * Changes the sources at random, builds after each batch, and compares every table with a full refresh until one differs.
 *
 * @throws StardeckError `failed` if the models cannot be computed at all; `interrupted`
 */
export async function proveModels(warehouse: ScratchWarehouse, links: Links, options: ProveOptions): Promise<Proof> {
    const { graph, database } = warehouse;
    const select = options.modelNames.map((name) => `+${name}`);
    const upstream = new Set(
        options.modelNames.length === 0
            ? [...graph.models.keys(), ...graph.sources.keys()]
            : [...options.modelNames, ...reach(options.modelNames, graph.upstreamOf)],
    );
    const tableModels = [...graph.models.values()].filter(
        (model) => model.materialisation === "table" && upstream.has(model.name),
    );
    const compared = tableModels.filter(({ rebuild }) => rebuild !== "always").map(({ name }) => name);
    const alwaysRebuilt = tableModels.filter(({ rebuild }) => rebuild === "always").map(({ name }) => name);
    const tables = warehouse.tables.filter(
        ({ source: { name, keepsHistory } }) => upstream.has(name) || (keepsHistory && upstream.has(`${name}_history`)),
    );
    const random = new Random(options.seed);
    const maker = new ChangeMaker(random, tables, links, options.sampled);
    const loadRows = (): Promise<SourceRows> =>
        database.withTransaction((connection) => loadSourceRows(connection, warehouse.tables), { readOnly: true });

    await beginWith(warehouse, maker, options.sampled, select);
    let attempt = { rows: await loadRows(), batches: [] as (readonly SourceChange[])[] };
    let current = attempt.rows;
    const pairs = new Map<string, boolean>(
        tableModels.flatMap(({ name }) =>
            graph
                .tablesUpstreamOf(name)
                .map(({ upstreamName }): [string, boolean] => [`${name}\n${upstreamName}`, false]),
        ),
    );
    let changeCount = 0;
    let impossibleRounds = 0;
    let impossibleReason: string | null = null;
    const proofOf = (rounds: number, counterexample: Proof["counterexample"]): Proof => ({
        rounds,
        impossibleRounds,
        impossibleReason,
        changeCount,
        modelNames: compared,
        alwaysRebuilt,
        pairCount: pairs.size,
        triedPairCount: [...pairs.values()].filter(Boolean).length,
        counterexample,
    });
    for (let round = 1; round <= options.rounds; round++) {
        throwIfAborted(options.signal);
        const changes = await applyChanges(database, tables, maker.makeBatch(current));
        changeCount += changes.length;
        const outcome = await warehouse.check(select, compared);
        if (outcome.kind === "fault") {
            options.onFault(outcome.fault.modelName, round);
            const first = { ...attempt, batches: [...attempt.batches, changes] };
            const found = await shrinkCounterexample(warehouse, outcome.fault, first, current, options.signal);
            return proofOf(round, { ...found, round });
        }
        if (outcome.kind === "impossible") {
            impossibleRounds++;
            impossibleReason = outcome.message;
            await warehouse.begin(current, select);
            attempt = { rows: current, batches: [] };
        } else {
            const changed = new Set([
                ...changes.map(({ source }) => source),
                ...outcome.summary.models
                    .filter(({ rows }) => rows !== null && countChangedRows(rows) > 0)
                    .map(({ modelName }) => modelName),
            ]);
            for (const { modelName, scope } of outcome.summary.models) {
                if (scope?.kind === "entities") {
                    for (const { upstreamName } of graph.tablesUpstreamOf(modelName)) {
                        if (changed.has(upstreamName.replace(/_history$/, "")) || changed.has(upstreamName)) {
                            pairs.set(`${modelName}\n${upstreamName}`, true);
                        }
                    }
                }
            }
            attempt.batches.push(changes);
            current = await loadRows();
        }
        options.onRound(round);
    }
    return proofOf(options.rounds, null);
}

/** Fills the sources with the sampled rows, or with random rows where there are none. */
async function beginWith(
    warehouse: ScratchWarehouse,
    maker: ChangeMaker,
    sampled: SourceRows,
    select: readonly string[],
): Promise<void> {
    await replaceRows(warehouse.database, warehouse.tables, sampled);
    await applyChanges(warehouse.database, warehouse.tables, maker.makeFirstRows());
    const rows = await warehouse.database.withTransaction(
        (connection) => loadSourceRows(connection, warehouse.tables),
        { readOnly: true },
    );
    const outcome = await warehouse.begin(rows, select);
    if (outcome.kind === "impossible") {
        throw new StardeckError(`The models cannot be computed from a few rows: ${outcome.message}.`, {
            code: "failed",
            hint: "Another --seed takes other rows; a model that needs a certain row can be left out by naming others.",
        });
    }
}
