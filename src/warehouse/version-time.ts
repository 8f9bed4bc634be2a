import { quoteIdentifier } from "../sql/identifiers.js";
import type { Queryable, Source } from "./registry.js";

/** SQL for the time of a source's record. */
export interface VersionTime {
    /** A timestamp without time zone, in UTC. */
    readonly time: string;
    /** The quoted column, which an index may cover. */
    readonly column: string;
}

/** SQL for the time of a source's records, from its version column; null if it has none, or if that holds no times. */
export async function loadVersionTimeOrNull(
    database: Queryable,
    { schema, table, versionColumn }: Pick<Source, "schema" | "table" | "versionColumn">,
): Promise<VersionTime | null> {
    if (versionColumn === null) {
        return null;
    }
    const { rows } = await database.query<{ type: string }>(
        `select case typtype when 'd' then typbasetype else pg_type.oid end::regtype::text as type
        from pg_attribute
        join pg_type on pg_type.oid = atttypid
        join pg_class on pg_class.oid = attrelid
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = $1 and relname = $2 and attname = $3 and attnum > 0 and not attisdropped`,
        [schema, table, versionColumn],
    );
    const column = quoteIdentifier(versionColumn);
    switch (rows[0]?.type ?? "") {
        case "timestamp without time zone":
        case "date":
            return { column, time: `${column}::timestamp` };
        case "timestamp with time zone":
            return { column, time: `(${column}::timestamptz at time zone 'UTC')` };
        default:
            return null;
    }
}
