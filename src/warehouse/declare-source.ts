import type { Knex } from "knex";
import type { SourceDefinition } from "./definitions.js";
import { checkName } from "./names.js";
import { sourceSchemaOf } from "./source-schema.js";

/** Enters a landing table in `ops`; the table itself is neither made nor touched. */
export async function declareSource(knex: Knex, source: SourceDefinition): Promise<void> {
    checkName("Source", source.name);
    await knex("ops.source").insert({
        source_name: source.name,
        source_schema: sourceSchemaOf(knex),
        description: source.description,
        key_column: source.key,
        version_column: source.versionColumn,
        load_cursor_column: source.loadCursor ?? null,
        columns: JSON.stringify(source.columns),
        warn_after_hours: source.freshness?.warnAfterHours ?? null,
        error_after_hours: source.freshness?.errorAfterHours ?? null,
    });
}

export async function dropSource(knex: Knex, name: string): Promise<void> {
    await knex("ops.source").where({ source_name: name }).delete();
}
