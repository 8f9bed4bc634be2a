import { selectViewOf } from "../warehouse/relation-details.js";
import type { Model, Queryable } from "../warehouse/registry.js";

/** The SELECT of a model as PostgreSQL stores it; null when its view is gone. */
export async function loadModelSqlOrNull(database: Queryable, model: Model): Promise<string | null> {
    const { rows } = await database.query<{ sql: string | null }>(
        `select pg_get_viewdef(to_regclass($1), true) as "sql"`,
        [selectViewOf(model)],
    );
    return rows[0]?.sql?.trim() ?? null;
}
