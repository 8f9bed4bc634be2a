import type { Connection } from "../database/connection.js";
import type { FailingEntities } from "../runs/test-state.js";
import type { EntityScope } from "./entity-scope.js";
import type { Target } from "./target.js";

/** Failing rows of more entities than this are counted, and not told apart. */
const mostEntities = 10_000;

/** SQL for how many rows each entity has in a relation with the columns of the model's entity key, as `FailingEntities`. */
export function failingEntitiesSql({ entityKey }: Target, relation: string): string {
    const columns = entityKey.map(({ column }) => column);
    return `(
        select jsonb_build_object(
            'key', ${toTextArraySql(columns.map((column) => `'${column.replaceAll("'", "''")}'`))},
            'entities', coalesce(jsonb_agg(jsonb_build_array(entity, row_count)), '[]')
        )::text
        from (
            select ${toTextArraySql(columns)} as entity, count(*) as row_count
            from ${relation} group by ${columns.join(", ")}
            limit ${mostEntities + 1}
        ) as failing_entity
        having count(*) <= ${mostEntities}
    )`;
}

function toTextArraySql(values: readonly string[]): string {
    return `array[${values.map((value) => `${value}::text`).join(", ")}]`;
}

/** Without the entities of a scope; null where they were written for another key than the model has. */
export async function leaveOutScopeOrNull(
    connection: Connection,
    { entityKey }: Target,
    { key, entities }: FailingEntities,
    { condition, parameters }: EntityScope,
): Promise<FailingEntities["entities"] | null> {
    if (key.join("\n") !== entityKey.map(({ column }) => column).join("\n")) {
        return null;
    }
    const values = entityKey.map(({ column, type }, place) => `(entity ->> ${place})::${type} as ${column}`);
    const { rows } = await connection.query<{ place: number }>(
        `select stardeck_place::integer - 1 as place
        from (
            select ${values.join(", ")}, stardeck_place
            from jsonb_array_elements($${parameters.length + 1}::jsonb) with ordinality as known (entity, stardeck_place)
        ) as known
        where (${condition}) is not true`,
        [...parameters, JSON.stringify(entities.map(([entity]) => entity))],
    );
    return rows.flatMap(({ place }) => entities.slice(place, place + 1));
}
