import type { Connection } from "../database/connection.js";
import { quoteLiteral } from "../sql/identifiers.js";
import type { Queryable } from "../warehouse/registry.js";

export interface EntityQueue {
    /** The upstream model after which the whole model has to be rebuilt; null when single entities are queued, or none. */
    readonly wholeBecauseOf: string | null;
    readonly upstreamNames: readonly string[];
}

/** What upstream publications left for a model to rebuild. */
export async function loadQueue(database: Queryable, modelName: string): Promise<EntityQueue> {
    const { rows } = await database.query<{ upstreamName: string; isWhole: boolean }>(
        `select upstream_name as "upstreamName", bool_or(entity is null) as "isWhole"
        from ops.affected_entity
        where model_name = $1
        group by upstream_name
        order by upstream_name`,
        [modelName],
    );
    return {
        wholeBecauseOf: rows.find((row) => row.isWhole)?.upstreamName ?? null,
        upstreamNames: rows.map((row) => row.upstreamName),
    };
}

/** A SELECT of the entities that are queued for a model, given by an SQL expression. */
export function queuedEntitiesSql(modelName: string): string {
    return `select entity from ops.affected_entity where model_name = ${modelName}`;
}

/** What is queued where a model has to be rebuilt whole. */
export const allEntities = "select null::text as entity";

/**
 * Queues the entities of a SELECT; they commit with the change that made them stale.
 *
 * @returns how many they are.
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

/** Forgets what the queue held for a model when the transaction began: it is dealt with. */
export async function clearQueue(connection: Connection, modelName: string): Promise<void> {
    await connection.query("delete from ops.affected_entity where model_name = $1", [modelName]);
}
