import type { Connection } from "../../database/connection.js";
import { StardeckError } from "../../database/errors.js";
import type { DataTest, Model, Registry, Source } from "../../warehouse/registry.js";
import { loadReadColumns } from "../../warehouse/column-lineage.js";
import { loadColumnOrigins } from "./column-origins.js";
import { mappedColumnOrNull } from "./simple-mapping.js";
import type { Reference, TraceColumn, TraceFacts, TraceRelation } from "./trace-facts.js";

/**
 * How a model's rows are related to those of the relations it reads. No rows are read.
 *
 * @throws StardeckError `failed` for a model that is not registered.
 */
export async function loadTraceFacts(
    connection: Connection,
    registry: Registry,
    modelName: string,
): Promise<TraceFacts> {
    const model = registry.models.find(({ name }) => name === modelName);
    if (model === undefined) {
        throw new StardeckError(`There is no model "${modelName}".`, {
            code: "failed",
            hint: "It was dropped or renamed: r reads again what there is.",
        });
    }
    const edges = registry.edges.filter((edge) => edge.modelName === modelName);
    const upstream = edges.flatMap(({ upstreamName, upstreamKind }) => {
        const all: readonly (Model | Source)[] = upstreamKind === "model" ? registry.models : registry.sources;
        return all.filter(({ name }) => name === upstreamName);
    });
    const described = [model, ...upstream].map(describe);
    const columns = await loadColumns(connection, described);
    const [first, ...others] = described.map((relation, index) => ({ ...relation, columns: columns[index] ?? [] }));
    return {
        model: first ?? { ...describe(model), columns: [] },
        upstream: others,
        origins: await loadColumnOrigins(connection, model),
        reads: await loadReadColumns(connection, model),
        references: listReferences(registry.tests),
        entityColumns: listEntityColumns(model),
        keyNames: listKeyNames(registry),
    };
}

function describe(relation: Model | Source): Omit<TraceRelation, "columns"> {
    if ("keyColumns" in relation) {
        const { schema, table, keyColumns } = relation;
        return { schema, name: table, isSource: true, primaryKey: [], entityKey: keyColumns[0] ?? null };
    }
    const isTable = relation.materialisation === "table";
    return {
        schema: relation.schema,
        name: relation.name,
        isSource: false,
        primaryKey: isTable ? relation.primaryKey : [],
        entityKey: isTable && relation.entityKey.length === 1 ? (relation.entityKey[0] ?? null) : null,
    };
}

async function loadColumns(
    connection: Connection,
    relations: readonly { readonly schema: string; readonly name: string }[],
): Promise<readonly (readonly TraceColumn[])[]> {
    const { rows } = await connection.query<{ columns: readonly TraceColumn[] }>(
        `select
            (
                select coalesce(
                    jsonb_agg(
                        jsonb_build_object('name', attname, 'type', format_type(coalesce(base.oid, atttypid), null))
                        order by attnum
                    ),
                    '[]'
                )
                from pg_namespace
                join pg_class on relnamespace = pg_namespace.oid and relname = relation.name
                join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
                left join pg_type as domain on domain.oid = atttypid and domain.typtype = 'd'
                left join pg_type as base on base.oid = domain.typbasetype
                where nspname = relation.schema
            ) as columns
        from unnest($1::text[], $2::text[]) with ordinality as relation (schema, name, place)
        order by place`,
        [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
    );
    return rows.map(({ columns }) => columns);
}

function listReferences(tests: readonly DataTest[]): readonly Reference[] {
    return tests.flatMap(({ kind, modelName, columns: [columnName], refersTo, refersToColumn }) =>
        kind === "relationships" && columnName !== undefined && refersTo !== null && refersToColumn !== null
            ? [{ relationName: modelName, columnName, toName: refersTo, toColumn: refersToColumn }]
            : [],
    );
}

function listEntityColumns(model: Model): ReadonlyMap<string, string> {
    if (model.materialisation === "view") {
        return new Map();
    }
    const derived = Object.entries(model.mappings).flatMap(([name, mapping]) =>
        mapping.kind === "entities" && mapping.column !== null ? [[name, mapping.column] as const] : [],
    );
    const declared = Object.entries(model.affectedBy).flatMap(([name, sql]) => {
        const column = mappedColumnOrNull(sql);
        return column === null ? [] : [[name, column] as const];
    });
    return new Map([...derived, ...declared]);
}

function listKeyNames({ models, tests }: Registry): ReadonlySet<string> {
    return new Set([
        ...models.flatMap((model) =>
            model.materialisation === "table" ? [...model.primaryKey, ...model.entityKey] : [],
        ),
        ...tests.flatMap(({ kind, columns }) =>
            kind === "unique" || kind === "scd2" || kind === "relationships" ? columns : [],
        ),
        ...listReferences(tests).map(({ toColumn }) => toColumn),
    ]);
}
