import type { Connection } from "../database/connection.js";
import { ConnectionError, StardeckError, StatementError } from "../database/errors.js";
import { loadDefinitions } from "../runs/build-state.js";
import { loadSourceCopies, type SourceCopy } from "../runs/source-copies.js";
import { historyName } from "../project/source-history.js";
import type { Source, TableModel } from "../warehouse/registry.js";
import { isCompared } from "../warehouse/source-kind.js";
import { queueDownstream } from "./affected-entities.js";
import type { BuildOptions } from "./build-options.js";
import { changedOfSource } from "./compare-with-copy.js";
import type { Graph } from "./graph.js";
import { loadLandingFacts, type LandingFacts } from "./landing-mark.js";
import { retryConflicts } from "./retry-conflicts.js";
import type { Session } from "./session.js";
import { hasMoved, refreshCopy, type CopyChange } from "./source-copy.js";
import { loadTargets } from "./target.js";

/** What a run found in the sources that are changed in place, before it built anything. */
export interface RefreshedCopies {
    /** Changed sources, each with a clause that says what has changed. */
    readonly changed: ReadonlyMap<string, string>;
    /** Sources from which nothing may be built, with the error. */
    readonly refused: ReadonlyMap<string, StardeckError>;
}

/**
 * Refreshes the copies of the sources that the models read, each in its own transaction, which also queues what has become stale in all
 * models that read the source. So nothing is lost, however the run ends.
 */
export async function refreshCopies({
    session,
    graph,
    modelNames,
    facts,
    options,
}: {
    readonly session: Session;
    readonly graph: Graph;
    readonly modelNames: readonly string[];
    readonly facts: ReadonlyMap<string, LandingFacts>;
    readonly options: Pick<BuildOptions, "fullRefresh" | "acceptSourceShrink" | "signal">;
}): Promise<RefreshedCopies> {
    const changed = new Map<string, string>();
    const refused = new Map<string, StardeckError>();
    for (const source of listComparedSources(graph, modelNames)) {
        // The plan reports an unreadable source for the models that read it.
        const known = facts.get(source.name);
        if (known?.problem !== null) {
            continue;
        }
        try {
            const change = await retryConflicts(() =>
                session.withTransaction(
                    (connection) =>
                        refreshSource(connection, graph, source, known, {
                            comparesAll: options.fullRefresh,
                            acceptsLoss: options.fullRefresh || options.acceptSourceShrink === true,
                        }),
                    false,
                ),
            );
            if (change.kind !== "none") {
                changed.set(source.name, change.reason);
            }
        } catch (error) {
            if (options.signal.aborted || error instanceof ConnectionError || !(error instanceof StardeckError)) {
                throw error;
            }
            refused.set(source.name, explainRefusal(source, error));
        }
    }
    return { changed, refused };
}

/** Turns PostgreSQL's error about a copy into an error about its source. */
function explainRefusal({ schema, table }: Source, error: StardeckError): StardeckError {
    if (!(error instanceof StatementError)) {
        return error;
    }
    const hint =
        error.sqlState === "42501"
            ? "Whoever builds has to own what is in the schema ops, and to read the source: let the role that migrates build as well."
            : error.hint;
    return new StardeckError(`What has changed in the source ${schema}.${table} cannot be found: ${error.message}.`, {
        code: "failed",
        cause: error,
        ...(hint === undefined ? {} : { hint }),
    });
}

async function refreshSource(
    connection: Connection,
    graph: Graph,
    source: Source,
    facts: LandingFacts,
    wish: { readonly comparesAll: boolean; readonly acceptsLoss: boolean },
): Promise<CopyChange> {
    const readers = listReaders(graph, source.name);
    const copy = (await loadSourceCopies(connection)).get(source.name) ?? null;
    const needsAllColumns = asksForAnyColumn(readers, source);
    const change = await refreshCopy(connection, { source, facts, copy, needsAllColumns, ...wish });
    if (change.kind !== "none") {
        const { built, redefined } = await loadDefinitions(connection);
        const stale = readers.filter(({ name }) => built.has(name));
        await queueChanges(connection, source, stale, redefined, change.kind === "filled");
    }
    return change;
}

/**
 * Queues what a model has read from its sources that their copies do not have yet, because the sources changed during the build. The
 * next build computes it again. Without that, a row that existed only at this moment would stay in the model, because no later
 * comparison would see it.
 */
export async function queueMovedSources(connection: Connection, graph: Graph, model: TableModel): Promise<void> {
    const sources = listComparedSources(graph, [model.name]);
    if (sources.length === 0) {
        return;
    }
    const facts = await loadLandingFacts(connection, sources);
    const copies: ReadonlyMap<string, SourceCopy> = await loadSourceCopies(connection);
    for (const source of sources) {
        const known = facts.get(source.name);
        const copy = copies.get(source.name) ?? null;
        if (known === undefined || copy === null) {
            continue;
        }
        const wish = { source, facts: known, copy, comparesAll: false, acceptsLoss: true };
        const needsAllColumns = asksForAnyColumn(listReaders(graph, source.name), source);
        if (await hasMoved(connection, { ...wish, needsAllColumns })) {
            await queueChanges(connection, source, [model], new Map(), false);
        }
    }
}

async function queueChanges(
    connection: Connection,
    source: Source,
    readers: readonly TableModel[],
    redefined: ReadonlyMap<string, string>,
    isWhole: boolean,
): Promise<void> {
    const targets = await loadTargets(connection, readers);
    const downstream = [...targets.values()].map((target) => ({
        target,
        isRedefined: redefined.has(target.model.name),
    }));
    await queueDownstream(connection, { model: source }, downstream, isWhole, changedOfSource);
}

/** The sources that the models read, directly, through views or as versions, and whose changes are found by comparison. */
function listComparedSources(graph: Graph, modelNames: readonly string[]): readonly Source[] {
    const names = new Set(
        modelNames.flatMap((name) => graph.tablesUpstreamOf(name).map(({ upstreamName }) => upstreamName)),
    );
    return [...graph.sources.values()].filter(
        (source) =>
            isCompared(source) &&
            (names.has(source.name) || (source.keepsHistory && names.has(historyName(source.name)))),
    );
}

function listReaders(graph: Graph, sourceName: string): readonly TableModel[] {
    return [...graph.models.values()].filter(
        (model): model is TableModel =>
            model.materialisation === "table" &&
            graph.tablesUpstreamOf(model.name).some(({ upstreamName }) => upstreamName === sourceName),
    );
}

/** A declared mapping may read columns that no SELECT reads, and a history has all columns. */
function asksForAnyColumn(readers: readonly TableModel[], { name, keepsHistory }: Source): boolean {
    return keepsHistory || readers.some(({ affectedBy }) => affectedBy[name] !== undefined);
}
