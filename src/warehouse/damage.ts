import { modelNodesSql, registeredRelationSql } from "./lineage.js";

/**
 * Damage done to models from outside stardeck: `(model_name, problem)`.
 *
 * Dropping a landing table or column with `cascade` also drops the SELECTs that read it; after renaming a landing table, the SELECTs
 * read the renamed one. Either way, builds would never notice new rows.
 */
export const damagesSql = `
with nodes as (${modelNodesSql})
select
    model.model_name as "modelName",
    case
        when node.relation_id is null then format('the %s %s.%s is gone', model.materialisation, model.schema_name, model.model_name)
        when node.view_id = node.relation_id and model.materialisation = 'table'
            then format('its SELECT, the view %s.%s, is gone', model.select_schema, model.select_view)
        else format('it reads %s, which is neither a model nor a declared source', stray.names)
    end as problem
from ops.model
left join nodes as node on node.name = model.model_name
left join lateral (
    select string_agg(distinct format('%s.%s', namespace.nspname, relation.relname), ' and ') as names
    from pg_rewrite as rule
    join pg_depend as dependency
        on dependency.classid = 'pg_rewrite'::regclass
        and dependency.objid = rule.oid
        and dependency.refclassid = 'pg_class'::regclass
        and dependency.refobjid <> node.view_id
    join pg_class as relation on relation.oid = dependency.refobjid
    join pg_namespace as namespace on namespace.oid = relation.relnamespace
    ${registeredRelationSql}
    where rule.ev_class = node.view_id
        and namespace.nspname not in ('pg_catalog', 'information_schema')
        and read_model.model_name is null
        and read_source.source_name is null
) as stray on true
where node.relation_id is null
    or (node.view_id = node.relation_id and model.materialisation = 'table')
    or stray.names is not null
order by model.model_name`;

/** A model that cannot be built because its relations were changed from outside. */
export interface Damage {
    readonly modelName: string;
    /** A clause of a sentence. */
    readonly problem: string;
}
