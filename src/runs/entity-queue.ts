import type { Connection } from "../database/connection.js";
import { quoteLiteral } from "../sql/identifiers.js";
import type { Queryable } from "../warehouse/registry.js";

/** Values of an entity key's columns, as text. */
export type Entity = readonly (string | null)[];

export interface EntityQueue {
    /** Why the whole model has to be rebuilt; null when only single entities are queued, or nothing is. */
    readonly wholeReason: string | null;
    readonly upstreamNames: readonly string[];
}

/** Loads what upstream publications queued for a model to rebuild. */
export async function loadQueue(database: Queryable, modelName: string): Promise<EntityQueue> {
    const { rows } = await database.query<{ upstreamName: string; isWhole: boolean; reason: string | null }>(
        `select upstream_name as "upstreamName", bool_or(entity is null) as "isWhole", min(reason) as reason
        from ops.affected_entity
        where model_name = $1
        group by upstream_name
        order by upstream_name`,
        [modelName],
    );
    const whole = rows.find((row) => row.isWhole);
    return {
        wholeReason: whole === undefined ? null : (whole.reason ?? `${whole.upstreamName} was rebuilt`),
        upstreamNames: rows.map((row) => row.upstreamName),
    };
}

/** A SELECT of the entities that are queued for a model; the model's name is given as an SQL expression. */
export function queuedEntitiesSql(modelName: string): string {
    return `select entity from ops.affected_entity where model_name = ${modelName}`;
}

/**
 * Queues the entities that a SELECT gives in its one column, `entity`; they commit with the change that made them stale.
 *
 * @returns how many entities were queued.
 */
export async function queueEntities(
    connection: Connection,
    modelName: string,
    upstreamName: string,
    entities: string,
): Promise<number> {
    const { rowCount } = await connection.query(
        `insert into ops.affected_entity (model_name, entity, upstream_name)
        select ${quoteLiteral(modelName)}, entity, ${quoteLiteral(upstreamName)} from (${entities}) as affected`,
    );
    return rowCount;
}

/** Queues a whole model, with the reason; null means that the upstream was rebuilt. */
export async function queueWhole(
    connection: Connection,
    modelName: string,
    upstreamName: string,
    reason: string | null,
): Promise<void> {
    await connection.query(
        "insert into ops.affected_entity (model_name, entity, upstream_name, reason) values ($1, null, $2, $3)",
        [modelName, upstreamName, reason],
    );
}

/** Deletes what is queued for a model, as far as this transaction sees it: its build has dealt with it. */
export async function clearQueue(connection: Connection, modelName: string): Promise<void> {
    await connection.query("delete from ops.affected_entity where model_name = $1", [modelName]);
}
