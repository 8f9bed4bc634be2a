import { createHash } from "node:crypto";
import { loadDerivedMappings, type DerivedMappings, type MappedModel } from "./derived-mappings.js";
import type { Fingerprint } from "./fingerprints.js";
import { groupByModel, modelEdgesSql, nearestTables, type ModelEdge } from "./lineage.js";
import type { Queryable } from "./queryable.js";
import type { RegisteredSourceKind } from "../project/project.js";
import type { PlannedColumn } from "./registry.js";

/** Raise it when the rules of derivation change, so that every mapping is derived again. */
const rulesVersion = 1;

interface ModelRow {
    readonly name: string;
    readonly schema: string;
    readonly isTable: boolean;
    readonly selectSchema: string;
    readonly selectView: string;
    readonly primaryKey: readonly string[];
    readonly entityKey: readonly string[];
    readonly isDeclared: boolean;
    readonly columns: readonly PlannedColumn[];
    readonly fingerprint: Fingerprint;
    readonly mappingsOf: string | null;
}

/**
 * Derives the mappings of table models whose inputs to the derivation have changed, chooses entity keys where none is declared, and
 * stores both in `ops`; in the open transaction.
 *
 * @param fingerprints as the models are defined now; as recorded where it is left out
 * @param anew models whose mappings are derived whatever is known of them
 * @param only models that are looked at; all where it is left out
 * @returns the names of the models for which it did
 */
export async function refreshMappings(
    database: Queryable,
    {
        fingerprints,
        anew = new Set(),
        only,
    }: {
        readonly fingerprints?: ReadonlyMap<string, Fingerprint>;
        readonly anew?: ReadonlySet<string>;
        readonly only?: ReadonlySet<string>;
    } = {},
): Promise<readonly string[]> {
    if (only?.size === 0) {
        return [];
    }
    const all = await loadMappedModels(database, fingerprints);
    const models = all.filter(({ mapped }) => only?.has(mapped.name) ?? true);
    const stale = models.filter(({ hash, mappingsOf, mapped }) => hash !== mappingsOf || anew.has(mapped.name));
    if (stale.length > 0) {
        const derived = await loadDerivedMappings(
            database,
            stale.map(({ mapped }) => mapped),
        );
        await saveMappings(
            database,
            stale.flatMap(({ mapped, hash }) => {
                const found = derived.get(mapped.name);
                return found === undefined ? [] : [{ modelName: mapped.name, hash, ...found }];
            }),
        );
    }
    return stale.map(({ mapped }) => mapped.name);
}

/** The input of the derivation for one table model; null if no table model has this name. */
export async function loadMappedModel(database: Queryable, name: string): Promise<MappedModel | null> {
    const models = await loadMappedModels(database);
    return models.find(({ mapped }) => mapped.name === name)?.mapped ?? null;
}

interface FoundModel {
    readonly mapped: MappedModel;
    /** Hash of everything that its mappings depend on. */
    readonly hash: string;
    readonly mappingsOf: string | null;
}

async function loadMappedModels(
    database: Queryable,
    fingerprints?: ReadonlyMap<string, Fingerprint>,
): Promise<readonly FoundModel[]> {
    const { rows: models } = await database.query<ModelRow>(
        `select
            model_name as name, schema_name as schema, materialisation = 'table' as "isTable", select_schema as "selectSchema",
            select_view as "selectView", primary_key as "primaryKey", entity_key as "entityKey",
            entity_reason is null as "isDeclared", columns, fingerprint, mappings_of as "mappingsOf"
        from ops.model
        order by model_name`,
    );
    const { rows: sources } = await database.query<{
        name: string;
        schema: string;
        table: string;
        kind: RegisteredSourceKind;
    }>("select source_name as name, source_schema as schema, source_table as table, kind from ops.source");
    const { rows: edges } = await database.query<ModelEdge>(modelEdgesSql);
    const upstream = groupByModel(edges);
    const modelOf = new Map(models.map((model) => [model.name, model]));
    const sourceOf = new Map(sources.map((source) => [source.name, source]));
    return models
        .filter(({ isTable }) => isTable)
        .map((model) => {
            const tables = nearestTables(model.name, upstream, (name) => modelOf.get(name)?.isTable === false);
            const { name: modelName, schema, selectSchema, selectView, primaryKey, columns } = model;
            const mapped: MappedModel = {
                name: modelName,
                schema,
                selectSchema,
                selectView,
                primaryKey,
                columns,
                declaredEntityKey: model.isDeclared ? model.entityKey : null,
                upstreams: tables.map(({ upstreamName: name, upstreamKind }) => ({
                    name,
                    table: upstreamKind === "source" ? (sourceOf.get(name)?.table ?? name) : name,
                    schema: (upstreamKind === "source" ? sourceOf : modelOf).get(name)?.schema ?? "",
                    hasOldRows: upstreamKind === "model" || sourceOf.get(name)?.kind !== "versions",
                })),
            };
            const typesOf = (name: string): readonly string[] | undefined =>
                modelOf.get(name)?.columns.map(({ type }) => type);
            const hash = createHash("md5")
                .update(
                    JSON.stringify([
                        rulesVersion,
                        mapped,
                        Object.entries(fingerprints?.get(model.name) ?? model.fingerprint).sort(),
                        tables.map(({ upstreamName: name }) => typesOf(name)),
                    ]),
                )
                .digest("hex");
            return { mapped, hash, mappingsOf: model.mappingsOf };
        });
}

async function saveMappings(
    database: Queryable,
    models: readonly (DerivedMappings & { readonly modelName: string; readonly hash: string })[],
): Promise<void> {
    const rows = models.map(({ modelName, hash, entityKey, entityReason, mappings }) => ({
        model_name: modelName,
        mappings_of: hash,
        entity_key: entityKey,
        entity_reason: entityReason,
        mappings: [...mappings].map(([upstreamName, mapping]) => ({
            upstream_name: upstreamName,
            affected_by: mapping.kind === "entities" ? mapping.select : null,
            upstream_column: mapping.kind === "entities" ? mapping.column : null,
            whole_reason: mapping.kind === "whole" ? mapping.reason : null,
        })),
    }));
    await database.query(
        `with given as materialized (
            select *, array(select jsonb_array_elements_text(entity_key)) as entity_columns
            from jsonb_to_recordset($1::jsonb) as list (
                model_name text, mappings_of text, entity_key jsonb, entity_reason text, mappings jsonb
            )
        ),
        -- What is queued are values of the entity as it was.
        requeued as (
            update ops.affected_entity
            set entity = null, reason = 'its entity has changed'
            from given
            join ops.model on model.model_name = given.model_name and model.entity_key <> given.entity_columns
            where affected_entity.model_name = given.model_name
        ),
        changed as (
            update ops.model
            set mappings_of = given.mappings_of, entity_key = given.entity_columns, entity_reason = given.entity_reason
            from given
            where model.model_name = given.model_name
        ),
        wanted as materialized (
            select given.model_name, mapping.*
            from given
            cross join jsonb_to_recordset(given.mappings) as mapping (
                upstream_name text, affected_by text, upstream_column text, whole_reason text
            )
        ),
        removed as (
            delete from ops.model_upstream
            using given
            where model_upstream.model_name = given.model_name
                and not exists (
                    select from wanted
                    where wanted.model_name = model_upstream.model_name
                        and wanted.upstream_name = model_upstream.upstream_name
                )
        )
        insert into ops.model_upstream (model_name, upstream_name, affected_by, upstream_column, whole_reason)
        select model_name, upstream_name, affected_by, upstream_column, whole_reason from wanted
        on conflict (model_name, upstream_name) do update
        set affected_by = excluded.affected_by, upstream_column = excluded.upstream_column,
            whole_reason = excluded.whole_reason`,
        [JSON.stringify(rows)],
    );
}
