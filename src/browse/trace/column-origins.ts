import type { Connection } from "../../database/connection.js";
import type { Model } from "../../warehouse/registry.js";
import type { ReadColumn } from "../../warehouse/column-lineage.js";
import { selectViewOf } from "../../warehouse/relation-details.js";

/** A column that a model takes unchanged from an upstream relation. */
export interface ColumnOrigin extends ReadColumn {
    /** The model's column. */
    readonly column: string;
}

/**
 * The columns that a model only passes on, and where they come from. PostgreSQL's description of a query's result tells this, even
 * through subqueries and joins, so the model's SELECT is described without reading rows. Expressions and unions have no origin.
 */
export async function loadColumnOrigins(connection: Connection, model: Model): Promise<readonly ColumnOrigin[]> {
    const { rows: views } = await connection.query<{ sql: string | null }>(
        "select pg_get_viewdef(to_regclass($1)) as sql",
        [selectViewOf(model)],
    );
    const sql = views[0]?.sql ?? null;
    if (sql === null) {
        return [];
    }
    const { fields } = await connection.queryText(`select * from (${sql.replace(/;\s*$/, "")}) as described limit 0`);
    const direct = fields.filter(({ relationId, columnNumber }) => relationId > 0 && columnNumber > 0);
    const { rows } = await connection.query<ColumnOrigin>(
        `select
            field.name as "column", nspname as "schema", relname as "relationName", attname as "columnName"
        from unnest($1::text[], $2::oid[], $3::int[]) with ordinality as field (name, relation_id, column_number, place)
        join pg_class on pg_class.oid = field.relation_id
        join pg_namespace on pg_namespace.oid = relnamespace
        join pg_attribute on attrelid = pg_class.oid and attnum = field.column_number
        order by field.place`,
        [
            direct.map(({ name }) => name),
            direct.map(({ relationId }) => relationId),
            direct.map(({ columnNumber }) => columnNumber),
        ],
    );
    return rows;
}
