import type { Connection } from "../database/connection.js";
import { errorMessage, StatementError } from "../database/errors.js";
import { changeSign } from "../derivation/change-sign.js";
import { quoteQualified } from "../sql/identifiers.js";
import { mappingOf, type Mapping } from "../warehouse/mappings.js";
import { loadQueue, queuedEntitiesSql, queueEntities, queueWhole, type Entity } from "../runs/entity-queue.js";
import type { Scope } from "../runs/run.js";
import type { Graph } from "./graph.js";
import type { SourceDelta } from "./source-delta.js";
import type { Target } from "./target.js";

/** If at least this share of a model's entities is affected, rebuilding it whole counts as cheaper. */
export const wholeModelShareDefault = 0.2;

/** With more entities than this from one upstream, the model is rebuilt whole. */
const maxQueuedEntities = 100_000;

/** The rows that the merge changed, as mappings expect them: old versions with the sign −1, new ones with +1. */
export function changedImagesOf({ staging: { changedRows } }: Target): string {
    return `select (old_row).*, (-1)::smallint as ${changeSign} from ${changedRows} where operation <> 'insert'
        union all
        select (new_row).*, 1::smallint as ${changeSign} from ${changedRows} where operation <> 'delete'`;
}

export interface AffectedEntities {
    readonly scope: Scope;
    /** Empty unless the scope is entities. */
    readonly entities: readonly Entity[];
}

/**
 * Finds the stale entities of a model: those that upstream publications have queued, and those that new landing rows map to. Gives
 * the whole model, with the reason, if that is necessary or cheaper.
 *
 * @param wholeModelShare the share of a model's entities from which a whole rebuild counts as cheaper
 */
export async function findAffectedEntities(
    connection: Connection,
    target: Target,
    graph: Graph,
    deltas: ReadonlyMap<string, SourceDelta>,
    wholeModelShare: number,
): Promise<AffectedEntities> {
    const queue = await loadQueue(connection, target.model.name);
    if (queue.wholeReason !== null) {
        return wholeModel(queue.wholeReason);
    }
    const queued = queuedEntitiesSql("$1");
    const parts: string[] = [];
    const reasons = queue.upstreamNames.map((name) => `changes in ${name}`);
    for (const { upstreamName, upstreamKind } of graph.tablesUpstreamOf(target.model.name)) {
        const delta = upstreamKind === "source" ? deltas.get(upstreamName) : undefined;
        if (delta === undefined || delta.condition === null) {
            continue;
        }
        if (delta.condition === "true") {
            return wholeModel(`${upstreamName}: ${delta.reason}`);
        }
        const mapping = mappingOf(target.model, upstreamName);
        if (mapping.kind === "whole") {
            return wholeModel(`${upstreamName}: ${delta.reason}, and ${mapping.reason}`);
        }
        const source = graph.sources.get(upstreamName);
        if (source === undefined) {
            return wholeModel(`${upstreamName}: ${delta.reason}`);
        }
        // If rows were changed or deleted, all rows are read; so here rows were only added.
        const changed = `select *, 1::smallint as ${changeSign} from ${quoteQualified(source.schema, source.table)} where ${delta.condition}`;
        parts.push(mapChanges(target, mapping, changed));
        reasons.push(`${upstreamName}: ${delta.reason}`);
    }
    // Wrong estimates cost time, never rows.
    const { estimatedEntities } = target;
    const most =
        estimatedEntities === null
            ? maxQueuedEntities
            : Math.min(maxQueuedEntities, estimatedEntities * wholeModelShare);
    const limit = `limit ${Math.ceil(most) + 1}`;
    // On a cluster, one statement cannot read both a table of `ops`, which is only here, and a distributed table.
    const statements = target.staging.permanent === null ? [[queued, ...parts].join(" union ")] : [queued, ...parts];
    const found = await tryMapping(connection, async () => {
        const entities = new Map<string, Entity>();
        for (const statement of statements) {
            const { rows } = await connection.query<{ entity: Entity }>(
                `select entity from (${statement}) as affected ${limit}`,
                statement.startsWith(queued) ? [target.model.name] : [],
            );
            for (const { entity } of rows) {
                entities.set(JSON.stringify(entity), entity);
            }
        }
        return [...entities.values()];
    });
    if ("failure" in found) {
        return wholeModel(`${reasons.join(", ")}; ${found.failure}`);
    }
    const entities = found.result;
    if (entities.length === 0) {
        return { scope: { kind: "none", reason: "nothing new" }, entities: [] };
    }
    if (entities.length > most) {
        return wholeModel(
            `more than ${Math.ceil(most).toLocaleString("en")} entities are affected, and computing all is cheaper (${reasons.join(", ")})`,
        );
    }
    return {
        scope: { kind: "entities", entityCount: entities.length, reason: reasons.join(", ") },
        entities,
    };
}

function wholeModel(reason: string): AffectedEntities {
    return { scope: { kind: "all", reason }, entities: [] };
}

/** A SELECT of affected entities, each an array of texts. A null is dropped where the entity key cannot be null. */
function mapChanges(
    { entityKey }: Target,
    { select }: Extract<Mapping, { kind: "entities" }>,
    changed: string,
): string {
    const columns = entityKey.map((_, place) => `entity_${place + 1}`);
    const neverNull = columns.filter((_, place) => entityKey[place]?.isNullable === false);
    const where = neverNull.map((column) => `${column} is not null`).join(" and ");
    return `select distinct array[${columns.map((column) => `${column}::text`).join(", ")}] as entity
        from (with changed as (${changed}) ${select}) as affected (${columns.join(", ")})
        ${where === "" ? "" : `where ${where}`}`;
}

/**
 * Queues for each table model downstream the entities that this transaction's merge made stale. The queue commits with the change, so
 * nothing is lost if the process dies, or if the downstream model fails or is not selected.
 *
 * @param changed a SELECT of the changed rows, with their signs
 * @param isWhole single changed rows are not known, or their columns have changed types
 * @returns the names of the models for which something was queued.
 */
export async function queueDownstream(
    connection: Connection,
    { model: { name: upstreamName } }: { readonly model: { readonly name: string } },
    downstream: readonly DownstreamTable[],
    isWhole: boolean,
    changed: string,
): Promise<readonly string[]> {
    const queued: string[] = [];
    for (const { target, isRedefined } of downstream) {
        const { model } = target;
        const mapping = mappingOf(model, upstreamName);
        // A redefined model is rebuilt whole anyway, and its table may not yet have the columns that a mapping reads.
        if (isWhole || isRedefined) {
            await queueWhole(connection, model.name, upstreamName, null);
            queued.push(model.name);
        } else if (mapping.kind === "whole") {
            await queueWhole(connection, model.name, upstreamName, `changes in ${upstreamName}: ${mapping.reason}`);
            queued.push(model.name);
        } else if (await queueMapped(connection, target, upstreamName, mapping, changed)) {
            queued.push(model.name);
        }
    }
    return queued;
}

/** A table model that was built before, so that it can become stale. */
export interface DownstreamTable {
    readonly target: Target;
    /** Its definition has changed since it was built. */
    readonly isRedefined: boolean;
}

async function queueMapped(
    connection: Connection,
    target: Target,
    upstreamName: string,
    mapping: Extract<Mapping, { kind: "entities" }>,
    changed: string,
): Promise<boolean> {
    const { model } = target;
    const entities = `${mapChanges(target, mapping, changed)} limit ${maxQueuedEntities + 1}`;
    const queued = await tryMapping(connection, () => queueEntities(connection, model.name, upstreamName, entities));
    if ("failure" in queued) {
        await queueWhole(connection, model.name, upstreamName, `changes in ${upstreamName}; ${queued.failure}`);
        return true;
    }
    if (queued.result > maxQueuedEntities) {
        const reason = `changes in ${upstreamName}: more than ${maxQueuedEntities.toLocaleString("en")} entities are affected`;
        await queueWhole(connection, model.name, upstreamName, reason);
    }
    return queued.result > 0;
}

/**
 * Runs a mapping. It may fail, for example by a cast of rows that the SELECT itself never reads. The upstream model must not fail for
 * that: instead, the downstream model is rebuilt whole.
 */
async function tryMapping<T>(
    connection: Connection,
    run: () => Promise<T>,
): Promise<{ readonly result: T } | { readonly failure: string }> {
    await connection.query("savepoint mapping");
    try {
        const result = await run();
        await connection.query("release savepoint mapping");
        return { result };
    } catch (error) {
        // Data exceptions, wrong names or types, and what Citus does not support.
        if (!(error instanceof StatementError) || !/^(0A|22|42)/.test(error.sqlState)) {
            throw error;
        }
        await connection.query("rollback to savepoint mapping");
        return { failure: `which entities that affects cannot be told: ${errorMessage(error)}` };
    }
}
