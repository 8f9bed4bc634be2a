import type { Lookup } from "../derivation/derive-mappings.js";
import type { Queryable } from "./queryable.js";

/** The look-ups for which no index of the table begins with one of their columns; a small table needs none. */
export async function loadUnindexed(database: Queryable, lookups: readonly Lookup[]): Promise<readonly Lookup[]> {
    const { rows } = await database.query<{ readonly schema: string; readonly name: string; readonly column: string }>(
        `select nspname::text as schema, relname::text as name, attname::text as column
        from pg_index
        join pg_class on pg_class.oid = indrelid
        join pg_namespace on pg_namespace.oid = relnamespace
        join pg_attribute on attrelid = indrelid and attnum = indkey[0]
        where indisvalid and indpred is null and nspname = any($1::text[])`,
        [lookups.map(({ schema }) => schema)],
    );
    return lookups.filter(
        (lookup, place) =>
            !rows.some(
                ({ schema, name, column }) =>
                    schema === lookup.schema && name === lookup.name && lookup.columns.includes(column),
            ) && lookups.findIndex((other) => JSON.stringify(other) === JSON.stringify(lookup)) === place,
    );
}
