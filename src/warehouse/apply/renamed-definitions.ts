import { groupBy } from "../../config/group-by.js";
import { quoteLiteral } from "../../sql/identifiers.js";
import { fingerprintsSql, type Fingerprint } from "../fingerprints.js";
import type { Queryable } from "../queryable.js";

/**
 * What decides the rows of each model, without names: after a renaming, PostgreSQL prints every view that reads the renamed object
 * differently, but no row changes.
 */
export type NamelessDefinitions = ReadonlyMap<string, string>;

/** The current fingerprints of all models, from the catalog. */
export async function loadCurrentFingerprints(database: Queryable): Promise<ReadonlyMap<string, Fingerprint>> {
    const { rows } = await database.query<{ name: string; fingerprint: Fingerprint }>(
        `select model_name as name, fingerprint from (${fingerprintsSql}) as current`,
    );
    return new Map(rows.map(({ name, fingerprint }) => [name, fingerprint]));
}

/** Call it right after the renaming, before anything else changes, and again at the end. */
export async function loadNamelessDefinitions(database: Queryable): Promise<NamelessDefinitions> {
    const { rows } = await database.query<{
        modelName: string;
        tree: string;
        columns: readonly (readonly [name: string, type: string])[];
        others: readonly string[];
    }>(
        `with recursive read as (
            select model_name, pg_class.oid as view_id
            from ops.model
            join pg_namespace on nspname = coalesce(select_schema, schema_name)
            join pg_class on relnamespace = pg_namespace.oid and relname = coalesce(select_view, model_name) and relkind = 'v'
            union
            select read.model_name, pg_class.oid
            from read
            join pg_rewrite on ev_class = view_id
            join pg_depend
                on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid and refclassid = 'pg_class'::regclass
            join pg_class on pg_class.oid = refobjid and relkind = 'v' and pg_class.oid <> view_id
        )
        select
            model_name as "modelName",
            ev_action::text as tree,
            (
                select jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod)) order by attnum)
                from pg_attribute where attrelid = view_id and attnum > 0 and not attisdropped
            ) as columns,
            array(
                select format('%s %s', key, value)
                from ops.model cross join jsonb_each_text(fingerprint)
                where model.model_name = read.model_name and key ~ '^(function|aggregate|operator|type) '
                order by 1
            ) as others
        from read
        join pg_rewrite on ev_class = view_id and rulename = '_RETURN'
        order by model_name, view_id`,
    );
    return new Map(
        [...groupBy(rows, ({ modelName }) => modelName)].map(([name, views]) => [
            name,
            JSON.stringify(views.map(({ tree, columns, others }) => [withoutNames(tree), columns, others])),
        ]),
    );
}

/** PostgreSQL's query tree refers to relations and columns by numbers; the names beside them serve only for printing. */
function withoutNames(tree: string): string {
    const withoutPlaces = tree.replaceAll(/ :[a-z_]*location -?\d+| :stmt_len -?\d+/g, "");
    // With a whole-row reference, such as to_jsonb(item), column names become values, so keep them.
    return withoutPlaces.includes(":varattno 0 ")
        ? withoutPlaces
        : withoutPlaces
              .replaceAll(/\{ALIAS :aliasname (?:[^\s\\]|\\.)+ :colnames (?:<>|\((?:[^()\\]|\\.)*\))\}/gs, "<>")
              .replaceAll(/ :resname (?:[^\s\\]|\\.)+/gs, "");
}

/** Gives built models their new fingerprint if only names have changed since they were built; returns which. */
export async function carryFingerprints(
    database: Queryable,
    names: readonly string[],
    before: ReadonlyMap<string, Fingerprint>,
): Promise<ReadonlySet<string>> {
    const carried = new Set<string>();
    for (const name of names) {
        const known = before.get(name);
        if (known !== undefined) {
            const { rows } = await database.query(
                `update ops.model_state
                set fingerprint = model.fingerprint
                from ops.model
                where model_state.model_name = ${quoteLiteral(name)} and model.model_name = model_state.model_name
                    and model_state.fingerprint = ${quoteLiteral(JSON.stringify(known))}::jsonb
                returning model_state.model_name`,
            );
            if (rows.length > 0) {
                carried.add(name);
            }
        }
    }
    return carried;
}
