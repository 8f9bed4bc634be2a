import type { Connection } from "../database/connection.js";
import { StatementError } from "../database/errors.js";
import { changeSign } from "../derivation/change-sign.js";
import { quoteQualified } from "../sql/identifiers.js";
import { sameColumnMapping } from "../warehouse/lineage.js";
import type { TableModel } from "../warehouse/registry.js";
import { allEntities, loadQueue, queuedEntitiesSql, queueEntities } from "../runs/entity-queue.js";
import type { Scope } from "../runs/run.js";
import type { Graph } from "./graph.js";
import { changedRows } from "./merge.js";
import type { SourceDelta } from "./source-delta.js";
import type { Target } from "./target.js";

/** From this share of a model's entities on, rebuilding it whole is taken to be cheaper. */
export const wholeModelShareDefault = 0.2;

/** More entities than this from one upstream are not worth a list: the model is rebuilt whole. */
const maxQueuedEntities = 100_000;

/** What the merge changed, as mappings see it: rows as they were with the sign −1, rows as they are with +1. */
const changedImages = `select (old_row).*, (-1)::smallint as ${changeSign} from ${changedRows} where operation <> 'insert'
    union all
    select (new_row).*, 1::smallint as ${changeSign} from ${changedRows} where operation <> 'delete'`;

export interface AffectedEntities {
    readonly scope: Scope;
    /** As text; empty unless the scope is entities. */
    readonly entities: readonly string[];
}

/**
 * Which entities of a model are stale: those that upstream publications left in the queue, and those that new landing rows map to.
 * All of them, with the reason, when that is known to be needed or cheaper.
 *
 * @param wholeModelShare the share of a model's entities from which rebuilding all is taken to be cheaper
 */
export async function findAffectedEntities(
    connection: Connection,
    target: Target,
    graph: Graph,
    deltas: ReadonlyMap<string, SourceDelta>,
    wholeModelShare: number,
): Promise<AffectedEntities> {
    const queue = await loadQueue(connection, target.model.name);
    if (queue.wholeBecauseOf !== null) {
        return wholeModel(`${queue.wholeBecauseOf} was rebuilt`);
    }
    const parts = [queuedEntitiesSql("$1")];
    const reasons = queue.upstreamNames.map((name) => `changes in ${name}`);
    for (const { upstreamName, upstreamKind } of graph.tablesUpstreamOf(target.model.name)) {
        const delta = upstreamKind === "source" ? deltas.get(upstreamName) : undefined;
        if (delta === undefined || delta.condition === null) {
            continue;
        }
        if (delta.condition === "true") {
            return wholeModel(`${upstreamName}: ${delta.reason}`);
        }
        const source = graph.sources.get(upstreamName);
        if (
            source === undefined ||
            (source.kind !== "versions" && target.model.affectedBy[upstreamName] === undefined)
        ) {
            return wholeModel(`${upstreamName}: ${delta.reason}`);
        }
        // Landing rows are only added.
        const changed = `select *, 1::smallint as ${changeSign} from ${quoteQualified(source.schema, source.table)} where ${delta.condition}`;
        parts.push(
            `select entity::text from (${mapChanges(target.model, upstreamName, changed)}) as affected (entity)`,
        );
        reasons.push(`${upstreamName}: ${delta.reason}`);
    }
    const most = await loadMostEntities(connection, target, wholeModelShare);
    const limit = Number.isFinite(most) ? `limit ${Math.ceil(most) + 1}` : "";
    const { rows } = await connection.query<{ entity: string }>(
        `select entity from (${parts.join(" union ")}) as affected where entity is not null ${limit}`,
        [target.model.name],
    );
    if (rows.length === 0) {
        return { scope: { kind: "none", reason: "nothing new" }, entities: [] };
    }
    if (rows.length > most) {
        return wholeModel(
            `over ${Math.ceil(most).toLocaleString("en")} of its entities are affected, all is cheaper (${reasons.join(", ")})`,
        );
    }
    return {
        scope: { kind: "entities", entityCount: rows.length, reason: reasons.join(", ") },
        entities: rows.map((row) => row.entity),
    };
}

function wholeModel(reason: string): AffectedEntities {
    return { scope: { kind: "all", reason }, entities: [] };
}

/** The SELECT of affected entities over `changed`, one column. */
function mapChanges(model: TableModel, upstreamName: string, changed: string): string {
    return `with changed as (${changed}) ${model.affectedBy[upstreamName] ?? sameColumnMapping(model.entityKey)}`;
}

/** How many entities may be rebuilt one by one, from the planner's estimates: wrong estimates cost time, never rows. */
async function loadMostEntities(connection: Connection, target: Target, wholeModelShare: number): Promise<number> {
    const { rows } = await connection.query<{ rowCount: number; distinctCount: number | null }>(
        `select relation.reltuples::float8 as "rowCount", pg_stats.n_distinct::float8 as "distinctCount"
        from pg_class as relation
        left join pg_stats
            on pg_stats.schemaname = $1 and pg_stats.tablename = relation.relname and pg_stats.attname = $2
        where relation.oid = $3::regclass`,
        [target.model.schema, target.model.entityKey, target.relation],
    );
    const { rowCount = -1, distinctCount = null } = rows[0] ?? {};
    if (rowCount < 0 || distinctCount === null) {
        return maxQueuedEntities;
    }
    // A negative n_distinct is a share of the rows.
    const entityCount = distinctCount < 0 ? -distinctCount * rowCount : distinctCount;
    return Math.min(maxQueuedEntities, entityCount * wholeModelShare);
}

/**
 * Queues for each table model downstream the entities that the merge of this transaction made stale.
 * They commit with the change, so nothing is forgotten if the process dies, the downstream model fails or is not selected.
 *
 * @returns the names of the models for which something was queued.
 */
export async function queueDownstream(
    connection: Connection,
    { model: { name: upstreamName } }: { readonly model: { readonly name: string } },
    downstream: readonly TableModel[],
    isWhole: boolean,
    changed = changedImages,
): Promise<readonly string[]> {
    const queued: string[] = [];
    for (const model of downstream) {
        const entities = isWhole
            ? allEntities
            : `select distinct entity::text as entity
               from (${mapChanges(model, upstreamName, changed)}) as affected (entity)
               where entity is not null
               limit ${maxQueuedEntities + 1}`;
        const rowCount = await queueMapped(connection, model.name, upstreamName, entities);
        if (rowCount > maxQueuedEntities) {
            await queueEntities(connection, model.name, upstreamName, allEntities);
        }
        if (rowCount > 0) {
            queued.push(model.name);
        }
    }
    return queued;
}

/**
 * A mapping may read rows that make it fail, and that is no fault of the model whose changes it maps:
 * the model downstream is then rebuilt whole, and fails on its own account if those rows are still there.
 */
async function queueMapped(
    connection: Connection,
    modelName: string,
    upstreamName: string,
    entities: string,
): Promise<number> {
    await connection.query("savepoint mapping");
    try {
        const rowCount = await queueEntities(connection, modelName, upstreamName, entities);
        await connection.query("release savepoint mapping");
        return rowCount;
    } catch (error) {
        const isDataException = error instanceof StatementError && error.sqlState.startsWith("22");
        if (!isDataException) {
            throw error;
        }
        await connection.query("rollback to savepoint mapping");
        return queueEntities(connection, modelName, upstreamName, allEntities);
    }
}
