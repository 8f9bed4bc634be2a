import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { isClusterSql, loadSpreadTables } from "../warehouse/citus.js";
import type { Queryable, TableModel } from "../warehouse/registry.js";
import { permanentStaging, temporaryStaging, type Staging } from "./staging.js";

/** A table model as SQL needs it: quoted names and types, read from the catalog. */
export interface Target {
    readonly model: TableModel;
    /** The quoted name of the table, which is also its row type. */
    readonly relation: string;
    /** The quoted name of the view with the SELECT. */
    readonly select: string;
    /** The quoted names of all columns, in the table's order. */
    readonly columns: readonly string[];
    readonly primaryKey: readonly string[];
    /** By quoted column: the equality operator of its type, as `operator(pg_catalog.=)`. */
    readonly equality: Readonly<Record<string, string>>;
    /** The columns of its entity key; empty if it has no entities. */
    readonly entityKey: readonly EntityColumn[];
    /** How many entities it has by the planner's statistics; null without statistics. */
    readonly estimatedEntities: number | null;
    /** Where its new rows are kept until they are merged. */
    readonly staging: Staging;
}

export interface EntityColumn {
    /** Quoted. */
    readonly column: string;
    readonly type: string;
    readonly isNullable: boolean;
}

interface CatalogFacts {
    readonly modelName: string;
    readonly columns: readonly string[];
    readonly operatorSchemas: readonly string[];
    readonly types: readonly string[];
    readonly estimatedRows: number;
    /** `n_distinct` of the entity key's column that has the greatest; a negative value is a share of the rows. */
    readonly distinctCount: number | null;
    readonly relationId: string;
    readonly isOnCluster: boolean;
}

/** The schema of the operators in the default B-tree operator class of a column's type, or of the one that its domain restricts. */
export const operatorSchemaSql = `(
    select quote_ident(nspname)
    from pg_type
    join pg_opclass on opcintype = case when typtype = 'd' then typbasetype else pg_type.oid end and opcdefault
    join pg_am on pg_am.oid = opcmethod and amname = 'btree'
    join pg_amop on amopfamily = opcfamily and amoplefttype = opcintype and amoprighttype = opcintype
    join pg_operator on pg_operator.oid = amopopr and oprname = '='
    join pg_namespace on pg_namespace.oid = oprnamespace
    where pg_type.oid = attribute.atttypid
    limit 1
)`;

/** The equality operator for a column, independent of the search path. */
export function equalityOf({ equality }: Target, quotedColumn: string): string {
    return equality[quotedColumn] ?? "operator(pg_catalog.=)";
}

/** The targets of the given models, by model name, in one query. */
export async function loadTargets(
    connection: Queryable,
    models: readonly TableModel[],
): Promise<ReadonlyMap<string, Target>> {
    const { rows } = await connection.query<CatalogFacts>(
        `select
            model.name as "modelName",
            array_agg(attribute.attname::text order by attribute.attnum) as columns,
            array_agg(coalesce(${operatorSchemaSql}, 'pg_catalog') order by attribute.attnum) as "operatorSchemas",
            array_agg(format_type(attribute.atttypid, attribute.atttypmod) order by attribute.attnum) as types,
            max(relation.reltuples)::float8 as "estimatedRows",
            max(statistics.distinct_count)::float8 as "distinctCount",
            max(relation.oid)::text as "relationId", ${isClusterSql} as "isOnCluster"
        from jsonb_to_recordset($1::jsonb) as model (name text, schema text, entity_key text[])
        join pg_namespace as layer on layer.nspname = model.schema
        join pg_class as relation on relation.relnamespace = layer.oid and relation.relname = model.name
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
        left join (
            select schemaname, tablename, attname, n_distinct as distinct_count from pg_stats
        ) as statistics
            on statistics.schemaname = model.schema and statistics.tablename = model.name
            and statistics.attname = attribute.attname and statistics.attname = any (model.entity_key)
        group by model.name`,
        [JSON.stringify(models.map(({ name, schema, entityKey }) => ({ name, schema, entity_key: entityKey })))],
    );
    const facts = new Map(rows.map((row) => [row.modelName, row]));
    const isOnCluster = rows.some((row) => row.isOnCluster);
    const spread = new Map((isOnCluster ? await loadSpreadTables(connection) : []).map((table) => [table.id, table]));
    return new Map(
        models.flatMap((model) => {
            const fact = facts.get(model.name);
            const table = fact === undefined ? undefined : spread.get(fact.relationId);
            const staging = table === undefined ? temporaryStaging : permanentStaging(model, table);
            return fact === undefined ? [] : [[model.name, makeTarget(model, fact, staging)]];
        }),
    );
}

function estimateEntitiesOrNull({ estimatedRows, distinctCount }: CatalogFacts): number | null {
    if (estimatedRows < 0 || distinctCount === null) {
        return null;
    }
    return distinctCount < 0 ? -distinctCount * estimatedRows : distinctCount;
}

function makeTarget(model: TableModel, facts: CatalogFacts, staging: Staging): Target {
    return {
        model,
        staging,
        relation: quoteQualified(model.schema, model.name),
        select: quoteQualified(model.selectSchema, model.selectView),
        columns: facts.columns.map(quoteIdentifier),
        primaryKey: model.primaryKey.map(quoteIdentifier),
        equality: Object.fromEntries(
            facts.columns.map((column, place) => [
                quoteIdentifier(column),
                `operator(${facts.operatorSchemas[place] ?? "pg_catalog"}.=)`,
            ]),
        ),
        estimatedEntities: estimateEntitiesOrNull(facts),
        entityKey: model.entityKey.map((name) => ({
            column: quoteIdentifier(name),
            type: facts.types[facts.columns.indexOf(name)] ?? "text",
            isNullable:
                !model.primaryKey.includes(name) &&
                !model.columns.some((column) => column.name === name && column.notNull),
        })),
    };
}
