import { groupBy } from "../config/group-by.js";

/**
 * Each model's relation, and the view that holds its SELECT: `(name, relation_id, view_id)`.
 *
 * Without statistics of a new registry, PostgreSQL would compare all rows with all: so each join here and below can use an index.
 */
export const modelNodesSql = `
    select
        model.model_name as name,
        relation.oid as relation_id,
        coalesce(transformation.oid, relation.oid) as view_id
    from ops.model
    join pg_class as relation
        on relation.relname = model.model_name and relation.relnamespace = to_regnamespace(quote_ident(model.schema_name))
    left join pg_class as transformation
        on model.materialisation = 'table'
        and transformation.relname = model.select_view
        and transformation.relnamespace = to_regnamespace(quote_ident(model.select_schema))`;

/** Joins the model or source that a `relation` (of `pg_class`) in its `namespace` belongs to. */
export const registeredRelationSql = `
    left join ops.model as read_model
        on read_model.model_name = relation.relname::text collate "default"
        and read_model.schema_name = namespace.nspname::text collate "default"
    left join ops.source as read_source
        on read_source.source_table = relation.relname::text collate "default"
        and read_source.source_schema = namespace.nspname::text collate "default"`;

/**
 * What every model reads, from PostgreSQL's catalog: `(model_name, upstream_name, upstream_kind)`.
 *
 * Lineage is never declared. A model's SELECT is a view, the view's rewrite rule depends on the relations it reads,
 * and `pg_depend` records that (https://www.postgresql.org/docs/current/catalog-pg-depend.html).
 */
export const modelEdgesSql = `
with nodes as (${modelNodesSql})
select distinct
    model.name as "modelName",
    coalesce(read_model.model_name, read_source.source_name) as "upstreamName",
    case when read_model.model_name is null then 'source' else 'model' end as "upstreamKind"
from nodes as model
join pg_rewrite as rule on rule.ev_class = model.view_id
join pg_depend as dependency
    on dependency.classid = 'pg_rewrite'::regclass
    and dependency.objid = rule.oid
    and dependency.refclassid = 'pg_class'::regclass
    and dependency.refobjid <> model.view_id
join pg_class as relation on relation.oid = dependency.refobjid
join pg_namespace as namespace on namespace.oid = relation.relnamespace
${registeredRelationSql}
where read_model.model_name is not null or read_source.source_name is not null
order by 1, 2`;

/** One arrow of the lineage: the model reads the upstream model or source. */
export interface ModelEdge {
    readonly modelName: string;
    readonly upstreamName: string;
    readonly upstreamKind: "model" | "source";
}

/**
 * The sources and table models that a model reads directly or through views.
 * An incremental build has to track these; views hold no state.
 */
export function nearestTables(
    modelName: string,
    upstream: ReadonlyMap<string, readonly ModelEdge[]>,
    isView: (name: string) => boolean,
): readonly ModelEdge[] {
    const found = new Map<string, ModelEdge>();
    const visitedViews = new Set<string>();
    const visit = (name: string): void => {
        for (const edge of upstream.get(name) ?? []) {
            if (edge.upstreamKind === "source" || !isView(edge.upstreamName)) {
                found.set(edge.upstreamName, { ...edge, modelName });
            } else if (!visitedViews.has(edge.upstreamName)) {
                visitedViews.add(edge.upstreamName);
                visit(edge.upstreamName);
            }
        }
    };
    visit(modelName);
    return [...found.values()];
}

/** Groups edges by the reading model. */
export function groupByModel(edges: readonly ModelEdge[]): ReadonlyMap<string, readonly ModelEdge[]> {
    return groupBy(edges, (edge) => edge.modelName);
}

/** A path along the edges from a model back to itself, or null when there is none. */
export function findCycleOrNull(upstream: ReadonlyMap<string, readonly ModelEdge[]>): readonly string[] | null {
    const finished = new Set<string>();
    const path: string[] = [];
    const visit = (name: string): readonly string[] | null => {
        if (finished.has(name)) {
            return null;
        }
        const start = path.indexOf(name);
        if (start >= 0) {
            return [...path.slice(start), name];
        }
        path.push(name);
        for (const edge of upstream.get(name) ?? []) {
            const cycle = visit(edge.upstreamName);
            if (cycle !== null) {
                return cycle;
            }
        }
        path.pop();
        finished.add(name);
        return null;
    };
    for (const name of upstream.keys()) {
        const cycle = visit(name);
        if (cycle !== null) {
            return cycle;
        }
    }
    return null;
}
