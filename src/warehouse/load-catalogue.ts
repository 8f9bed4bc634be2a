import { relationKey, type CalledFunction, type Catalogue } from "../derivation/catalogue.js";
import type { Relation, RelationColumn, Upstream } from "../derivation/query.js";
import type { Queryable } from "./queryable.js";

interface RelationRow {
    readonly id: string;
    readonly schema: string;
    readonly name: string;
    readonly definition: string | null;
    readonly columns: readonly RelationColumn[];
    readonly primaryKey: readonly string[];
}

/** A relation and everything that it reads, through views, by the dependencies of their rewrite rules. */
const readRelationsSql = `
    with recursive reached (id) as (
        select pg_catalog.to_regclass(root)::oid from unnest($1::text[]) as root
        union
        select dependency.refobjid
        from reached
        join pg_class as relation on relation.oid = reached.id and relation.relkind = 'v'
        join pg_rewrite as rule on rule.ev_class = reached.id
        join pg_depend as dependency
            on dependency.classid = 'pg_rewrite'::regclass
            and dependency.objid = rule.oid
            and dependency.refclassid = 'pg_class'::regclass
            and dependency.refobjid <> rule.ev_class
    )`;

/**
 * Views and what they read, through the views between, as the rules of derivation have to know it. The session's search path has to be
 * `pg_catalog, pg_temp`: then PostgreSQL prints every other name with its schema.
 *
 * @param roots `prep."fct_orders__select"`, and what else is to be known
 * @param upstreamOf the source or table model that a table stands for
 */
export async function loadCatalogue(
    database: Queryable,
    roots: readonly string[],
    upstreamOf: (schema: string, name: string) => Upstream | null,
): Promise<Catalogue> {
    const relations = await database.query<RelationRow>(
        `${readRelationsSql}
        select
            relation.oid::text as id,
            nspname::text as schema,
            relname::text as name,
            case when relkind = 'v' then pg_get_viewdef(relation.oid) end as definition,
            (
                select coalesce(
                    json_agg(
                        json_build_object(
                            'column', attname,
                            'name', format_type(atttypid, null),
                            'isDeterministic', coalesce(collisdeterministic, true)
                        )
                        order by attnum
                    ),
                    '[]'
                )
                from pg_attribute
                left join pg_collation on pg_collation.oid = attcollation
                where attrelid = relation.oid and attnum > 0 and not attisdropped
            ) as columns,
            coalesce(
                (
                    select array_agg(attname::text order by attnum)
                    from pg_index
                    join pg_attribute on attrelid = indrelid and attnum = any(indkey)
                    where indrelid = relation.oid and indisprimary and indisvalid and indimmediate
                ),
                '{}'
            ) as "primaryKey"
        from reached
        join pg_class as relation on relation.oid = reached.id
        join pg_namespace on pg_namespace.oid = relnamespace`,
        [roots],
    );
    // A rule's tree names functions and operators by their numbers.
    const calls = await database.query<CalledFunction & { readonly name: string; readonly isOperator: boolean }>(
        `${readRelationsSql},
        mention (is_operator, id) as (
            select distinct found.parts[1] = 'opno', found.parts[2]::oid
            from reached
            join pg_rewrite on ev_class = reached.id
            cross join regexp_matches(
                ev_action::text, ':(funcid|opfuncid|aggfnoid|winfnoid|opno) ([0-9]+)', 'g'
            ) as found (parts)
        )
        select
            false as "isOperator",
            proname::text as name,
            nspname::text as schema,
            case prokind when 'a' then 'aggregate' when 'w' then 'window' else 'function' end as kind,
            proretset as "returnsSet",
            format_type(prorettype, null) as "resultType",
            case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility
        from mention
        join pg_proc on pg_proc.oid = mention.id
        join pg_namespace on pg_namespace.oid = pronamespace
        where not mention.is_operator
        union all
        select true, oprname::text, '', 'function', false, format_type(oprresult, null), 'immutable'
        from mention
        join pg_operator on pg_operator.oid = mention.id
        where mention.is_operator`,
        [roots],
    );
    return {
        relations: new Map(
            relations.rows.map(({ schema, name, definition, columns, primaryKey }): [string, Relation] => [
                relationKey(schema, name),
                {
                    schema,
                    name,
                    definition,
                    columns,
                    primaryKey,
                    upstream: definition === null ? upstreamOf(schema, name) : null,
                },
            ]),
        ),
        functions: group(
            calls.rows.filter(({ isOperator }) => !isOperator),
            ({ schema, kind, returnsSet, resultType, volatility }) => ({
                schema,
                kind,
                returnsSet,
                resultType,
                volatility,
            }),
        ),
        operatorTypes: group(
            calls.rows.filter(({ isOperator }) => isOperator),
            ({ resultType }) => resultType,
        ),
    };
}

function group<Row extends { readonly name: string }, T>(
    rows: readonly Row[],
    take: (row: Row) => T,
): ReadonlyMap<string, readonly T[]> {
    const groups = new Map<string, T[]>();
    for (const row of rows) {
        groups.set(row.name, [...(groups.get(row.name) ?? []), take(row)]);
    }
    return groups;
}
