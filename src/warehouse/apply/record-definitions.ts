import type { ModelFile, SourceFile } from "../../project/project.js";
import { quoteLiteral } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import type { CheckedTest } from "./check-models.js";
import { bindSourceSchema, declaredEntityKeyOrNull, type AppliedVersion, type Definitions } from "./definitions.js";
import { selectRelationOf } from "./model-sql.js";

/** Records sources in the registry, and removes those that are no longer declared. */
export async function recordSources(database: Queryable, { sources, sourceSchema }: Definitions): Promise<void> {
    const rows = sources.map((source: SourceFile) => ({
        source_name: source.name,
        source_schema: source.schema ?? sourceSchema,
        source_table: source.table,
        description: source.description,
        kind: source.kind,
        key_columns: source.key,
        version_column: source.versionColumn,
        load_cursor_column: source.loadCursor,
        deletes: source.deletes,
        keeps_history: source.keepsHistory,
        columns: source.columns,
        warn_after_hours: source.freshness?.warnAfterHours ?? null,
        error_after_hours: source.freshness?.errorAfterHours ?? null,
    }));
    await database.query(
        `with given as (
            select * from jsonb_to_recordset(${json(rows)}) as list (
                source_name text, source_schema text, source_table text, description text, kind text, key_columns jsonb,
                version_column text, load_cursor_column text, deletes jsonb, keeps_history boolean, columns jsonb, warn_after_hours numeric, error_after_hours numeric
            )
        ),
        removed as (
            delete from ops.source where source_name not in (select source_name from given)
        )
        insert into ops.source (
            source_name, source_schema, source_table, description, kind, key_columns, version_column, load_cursor_column, deletes,
            keeps_history, columns, warn_after_hours, error_after_hours
        )
        select
            source_name, source_schema, source_table, description, kind, array(select jsonb_array_elements_text(key_columns)),
            version_column, load_cursor_column, deletes,
            keeps_history, columns, warn_after_hours, error_after_hours
        from given
        on conflict (source_name) do update
        set source_schema = excluded.source_schema, source_table = excluded.source_table, description = excluded.description,
            kind = excluded.kind, key_columns = excluded.key_columns, version_column = excluded.version_column,
            load_cursor_column = excluded.load_cursor_column, deletes = excluded.deletes,
            keeps_history = excluded.keeps_history, columns = excluded.columns,
            warn_after_hours = excluded.warn_after_hours, error_after_hours = excluded.error_after_hours`,
    );
}

/** Records models in the registry; what builds have recorded about them stays. */
export async function recordModels(
    database: Queryable,
    models: readonly ModelFile[],
    {
        columnsOf,
        selectSchema,
        sourceSchema,
    }: {
        readonly columnsOf: ReadonlyMap<string, readonly PlannedColumn[]>;
        readonly selectSchema: string;
        readonly sourceSchema: string;
    },
): Promise<void> {
    const rows = models.map((model) => {
        const isTable = model.materialisation === "table";
        const entityKey = declaredEntityKeyOrNull(model);
        return {
            model_name: model.name,
            layer: model.layer,
            schema_name: model.schema,
            materialisation: model.materialisation,
            description: model.description,
            grain: model.grain,
            select_schema: isTable ? selectSchema : null,
            select_view: isTable ? selectRelationOf(model, selectSchema).name : null,
            primary_key: isTable ? model.primaryKey : [],
            entity_key: entityKey ?? [],
            entity_reason: isTable && entityKey === null ? "not chosen yet" : null,
            affected_by: Object.fromEntries(
                Object.entries(model.affectedBy).map(([name, sql]) => [name, bindSourceSchema(sql, sourceSchema)]),
            ),
            tags: model.tags,
            columns: columnsOf.get(model.name) ?? [],
            path: model.selectPath,
            presentation: Object.keys(model.presentation).length === 0 ? null : model.presentation,
            rebuild: model.rebuild,
        };
    });
    await database.query(
        `update ops.affected_entity
        set entity = null, reason = 'its definition has changed'
        where model_name in (${["", ...models.map(({ name }) => name)].map(quoteLiteral).join(", ")});
        insert into ops.model (
            model_name, layer, schema_name, materialisation, description, grain, select_schema, select_view, primary_key, entity_key,
            entity_reason, affected_by, tags, columns, fingerprint, path, presentation, rebuild
        )
        select
            model_name, layer, schema_name, materialisation, description, grain, select_schema, select_view,
            array(select jsonb_array_elements_text(primary_key)), array(select jsonb_array_elements_text(entity_key)),
            entity_reason, affected_by,
            array(select jsonb_array_elements_text(tags)), columns, '{}', path, presentation, rebuild
        from jsonb_to_recordset(${json(rows)}) as list (
            model_name text, layer text, schema_name text, materialisation text, description text, grain text, select_schema text,
            select_view text, primary_key jsonb, entity_key jsonb, entity_reason text, affected_by jsonb, tags jsonb, columns jsonb, path text,
            presentation jsonb, rebuild text
        )
        on conflict (model_name) do update
        set layer = excluded.layer, schema_name = excluded.schema_name, materialisation = excluded.materialisation,
            description = excluded.description, grain = excluded.grain, select_schema = excluded.select_schema,
            select_view = excluded.select_view, primary_key = excluded.primary_key, entity_key = excluded.entity_key,
            entity_reason = excluded.entity_reason, mappings_of = null, affected_by = excluded.affected_by, tags = excluded.tags, columns = excluded.columns, path = excluded.path,
            presentation = excluded.presentation, rebuild = excluded.rebuild`,
    );
}

/** Records the data tests of models; the results of tests whose SQL is unchanged stay. */
export async function recordTests(
    database: Queryable,
    models: readonly ModelFile[],
    tests: readonly CheckedTest[],
): Promise<void> {
    const rows = tests.map((test) => ({ ...test, test: null }));
    const given = `jsonb_to_recordset(${json(rows)}) as given (
        test_name text, model_name text, kind text, columns jsonb, severity text, max_failures bigint, warn_if text, error_if text, known text, description text,
        refers_to text, refers_to_column text, is_per_entity boolean, failing_rows_sql text, position integer
    )`;
    await database.query(
        `delete from ops.data_test
        where model_name in (${models.map(({ name }) => quoteLiteral(name)).join(", ")})
            and not exists (
                select from ${given}
                where given.test_name = data_test.test_name
                    and given.failing_rows_sql = data_test.failing_rows_sql
                    and given.is_per_entity = data_test.is_per_entity
            );
        insert into ops.data_test (
            test_name, model_name, kind, columns, severity, max_failures, warn_if, error_if, known, description, refers_to, refers_to_column, is_per_entity,
            failing_rows_sql, position
        )
        select
            test_name, model_name, kind, array(select jsonb_array_elements_text(columns)), severity, max_failures, warn_if, error_if, known, description,
            refers_to, refers_to_column, is_per_entity, failing_rows_sql, position
        from ${given}
        on conflict (test_name) do update
        set kind = excluded.kind, columns = excluded.columns, severity = excluded.severity, max_failures = excluded.max_failures, warn_if = excluded.warn_if, error_if = excluded.error_if,
            known = excluded.known, description = excluded.description, refers_to = excluded.refers_to, refers_to_column = excluded.refers_to_column,
            position = excluded.position`,
    );
}

export async function removeModels(database: Queryable, names: readonly string[]): Promise<void> {
    if (names.length > 0) {
        await database.query(`delete from ops.model where model_name in (${names.map(quoteLiteral).join(", ")})`);
    }
}

/**
 * Adds versions to the history of definitions.
 *
 * @param texts the texts of CSV files, by the names of their definitions
 */
export async function recordVersions(
    database: Queryable,
    versions: readonly AppliedVersion[],
    texts: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
    if (versions.length > 0) {
        await database.query(
            `insert into ops.definition_version (definition_name, version, definition, content, checksum, applied_at)
            select name, version, case when json_typeof(definition) <> 'null' then definition end, content, checksum, clock_timestamp()
            from json_to_recordset(${asciiJson(versions.map((version) => ({ ...version, content: texts.get(version.name) ?? null })))})
                as list (name text, version integer, definition json, content text, checksum text)`,
        );
    }
}

export async function recordProject(
    database: Queryable,
    {
        projectName,
        configuredSourceSchema,
        definitions: { layers, sourceSchema },
    }: {
        readonly projectName: string;
        readonly configuredSourceSchema: string;
        readonly definitions: Definitions;
    },
): Promise<void> {
    const list = json(layers.map((layer) => ({ name: layer.name, schema: layer.schema })));
    const texts = [projectName, sourceSchema, configuredSourceSchema].map(quoteLiteral).join(", ");
    await database.query(
        `delete from ops.project;
        insert into ops.project (project_name, source_schema, configured_source_schema, layers) values (${texts}, ${list})`,
    );
}

/** As ASCII: type `json` keeps escapes, so characters that the database's encoding lacks survive. */
function asciiJson(value: unknown): string {
    const text = JSON.stringify(value).replaceAll(
        /[^\x20-\x7e]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `${quoteLiteral(text)}::json`;
}

/** Without zero characters, which jsonb cannot hold. */
function json(value: unknown): string {
    return `${quoteLiteral(JSON.stringify(value).replaceAll("\\u0000", ""))}::jsonb`;
}
