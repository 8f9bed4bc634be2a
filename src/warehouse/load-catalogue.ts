import { relationKey, type CalledFunction, type Catalogue } from "../derivation/catalogue.js";
import type { Relation, RelationColumn, Upstream } from "../derivation/query.js";
import type { Queryable } from "./queryable.js";

/** Which relations a catalogue must contain, and which of them can change. */
export interface CatalogueWish {
    /** Quoted names of relations, such as `prep."fct_orders__select"`; what they read is included. */
    readonly roots: readonly string[];
    /** The source or table model that a relation belongs to; null if it does not change. */
    readonly upstreamOf: (schema: string, name: string) => Upstream | null;
}

interface RelationRow {
    readonly id: string;
    readonly schema: string;
    readonly name: string;
    readonly definition: string | null;
    readonly columns: readonly RelationColumn[];
    readonly primaryKey: readonly string[];
    /** The ids of the relations that a view reads. */
    readonly reads: readonly string[];
}

type CallRow = CalledFunction & { readonly relationId: string; readonly name: string; readonly isOperator: boolean };

/** Relations and everything that they read, also through views, by the dependencies of their rewrite rules. */
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
 * Loads the catalogues that derivation needs: for each wish, only what its roots read, directly or through views. A few queries serve
 * all wishes. The session's search path must be `pg_catalog, pg_temp`, so that PostgreSQL prints every other name with its schema.
 */
export async function loadCatalogues(
    database: Queryable,
    wishes: readonly CatalogueWish[],
): Promise<readonly Catalogue[]> {
    const roots = [...new Set(wishes.flatMap((wish) => wish.roots))];
    const { rows: ids } = await database.query<{ root: string; id: string }>(
        `select root, pg_catalog.to_regclass(root)::oid::text as id
        from unnest($1::text[]) as root
        where pg_catalog.to_regclass(root) is not null`,
        [roots],
    );
    const idOf = new Map(ids.map(({ root, id }) => [root, id]));
    const relations = await loadRelations(database, roots);
    const calls = new Map<string, CallRow[]>();
    for (const call of await loadCalls(database, roots)) {
        calls.set(call.relationId, [...(calls.get(call.relationId) ?? []), call]);
    }
    return wishes.map((wish) => {
        const reached = new Map<string, RelationRow>();
        const visit = (id: string | undefined): void => {
            const relation = id === undefined ? undefined : relations.get(id);
            if (relation !== undefined && !reached.has(relation.id)) {
                reached.set(relation.id, relation);
                // A view that is a source counts as a table, because its changes are tracked directly.
                if (wish.upstreamOf(relation.schema, relation.name) === null) {
                    relation.reads.forEach(visit);
                }
            }
        };
        wish.roots.forEach((root) => {
            visit(idOf.get(root));
        });
        return makeCatalogue(
            [...reached.values()],
            [...reached.keys()].flatMap((id) => calls.get(id) ?? []),
            wish,
        );
    });
}

/** Loads the catalogue of one wish. */
export async function loadCatalogue(
    database: Queryable,
    roots: CatalogueWish["roots"],
    upstreamOf: CatalogueWish["upstreamOf"],
): Promise<Catalogue> {
    const [catalogue] = await loadCatalogues(database, [{ roots, upstreamOf }]);
    return catalogue ?? makeCatalogue([], [], { roots, upstreamOf });
}

async function loadRelations(database: Queryable, roots: readonly string[]): Promise<ReadonlyMap<string, RelationRow>> {
    const { rows } = await database.query<RelationRow>(
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
            ) as "primaryKey",
            array(
                select distinct dependency.refobjid::text
                from pg_rewrite as rule
                join pg_depend as dependency
                    on dependency.classid = 'pg_rewrite'::regclass
                    and dependency.objid = rule.oid
                    and dependency.refclassid = 'pg_class'::regclass
                    and dependency.refobjid <> rule.ev_class
                where rule.ev_class = relation.oid and relkind = 'v'
            ) as reads
        from reached
        join pg_class as relation on relation.oid = reached.id
        join pg_namespace on pg_namespace.oid = relnamespace`,
        [roots],
    );
    return new Map(rows.map((row) => [row.id, row]));
}

/** Finds functions and operators by their oids in the trees of rewrite rules. */
async function loadCalls(database: Queryable, roots: readonly string[]): Promise<readonly CallRow[]> {
    const { rows } = await database.query<CallRow>(
        `${readRelationsSql},
        mention (relation_id, is_operator, id) as (
            select distinct reached.id, found.parts[1] = 'opno', found.parts[2]::oid
            from reached
            join pg_rewrite on ev_class = reached.id
            cross join regexp_matches(
                ev_action::text, ':(funcid|opfuncid|aggfnoid|winfnoid|opno) ([0-9]+)', 'g'
            ) as found (parts)
        )
        select
            relation_id::text as "relationId",
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
        select
            relation_id::text, true, oprname::text, '', 'function', false, format_type(oprresult, null), 'immutable'
        from mention
        join pg_operator on pg_operator.oid = mention.id
        where mention.is_operator`,
        [roots],
    );
    return rows;
}

function makeCatalogue(
    relations: readonly RelationRow[],
    calls: readonly CallRow[],
    { upstreamOf }: CatalogueWish,
): Catalogue {
    return {
        relations: new Map(
            relations.map(({ schema, name, definition, columns, primaryKey }): [string, Relation] => {
                const upstream = upstreamOf(schema, name);
                return [
                    relationKey(schema, name),
                    {
                        schema,
                        name,
                        definition: upstream === null ? definition : null,
                        columns,
                        primaryKey,
                        upstream,
                    },
                ];
            }),
        ),
        functions: group(
            calls.filter(({ isOperator }) => !isOperator),
            ({ schema, kind, returnsSet, resultType, volatility }) => ({
                schema,
                kind,
                returnsSet,
                resultType,
                volatility,
            }),
        ),
        operatorTypes: group(
            calls.filter(({ isOperator }) => isOperator),
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
