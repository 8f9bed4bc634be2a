import type { Connection } from "../database/connection.js";
import { errorMessage, StatementError } from "../database/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { loadViewOptions } from "./dependent-views.js";
import { damagesSql, type Damage } from "./damage.js";
import { recordFingerprints } from "./fingerprints.js";
import { modelEdgesSql, type ModelEdge } from "./lineage.js";
import { describeLandingProblem, findLandingProblemOrNull } from "./landing-table.js";
import type { Queryable, Source } from "./registry.js";

/**
 * A view that holds a model's SELECT, kept as text, because PostgreSQL binds a view to relations, not to their names. If a loader
 * swaps a landing table by renaming, the view still reads the old one; if it drops the table with `cascade`, the view is gone.
 */
interface ModelView {
    readonly modelName: string;
    readonly schema: string;
    readonly name: string;
    /** With all names qualified, because our sessions have no schema of models in their search path. */
    readonly select: string;
    readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string | null }[];
    readonly comment: string | null;
}

/** Records the current views, except damaged ones, and all fingerprints; in the transaction that made them. */
export async function rememberModelViews(connection: Queryable): Promise<void> {
    const known = await connection.query<{ exists: boolean }>(
        "select pg_catalog.to_regclass('ops.model_view') is not null as exists",
    );
    if (known.rows[0]?.exists !== true) {
        return;
    }
    await recordFingerprints(connection);
    const { rows: damages } = await connection.query<Damage>(damagesSql);
    await connection.query(
        `insert into ops.model_view (model_name, view_schema, view_name, select_sql, columns, comment)
        select
            model.model_name, namespace.nspname, relation.relname, pg_catalog.pg_get_viewdef(relation.oid),
            attributes.list, pg_catalog.obj_description(relation.oid, 'pg_class')
        from ops.model
        join pg_catalog.pg_namespace as namespace
            on namespace.nspname = coalesce(model.select_schema, model.schema_name)
        join pg_catalog.pg_class as relation
            on relation.relnamespace = namespace.oid
            and relation.relname = coalesce(model.select_view, model.model_name)
            and relation.relkind = 'v'
        cross join lateral (
            select pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_object(
                    'name', attname,
                    'type', pg_catalog.format_type(atttypid, atttypmod),
                    'comment', pg_catalog.col_description(attrelid, attnum)
                )
                order by attnum
            ) as list
            from pg_catalog.pg_attribute
            where attrelid = relation.oid and attnum > 0 and not attisdropped
        ) as attributes
        where model.model_name <> all (${quoteTextArray(damages.map(({ modelName }) => modelName))})
        on conflict (model_name) do update
        set view_schema = excluded.view_schema, view_name = excluded.view_name, select_sql = excluded.select_sql,
            columns = excluded.columns, comment = excluded.comment`,
    );
}

/** The result of binding damaged views again. */
export interface BoundViews {
    readonly modelNames: readonly string[];
    /** By model, a clause that says why it failed. */
    readonly problems: ReadonlyMap<string, string>;
}

/**
 * Binds the damaged views to the relations that now have the names in them, in the open transaction. An existing view keeps its
 * grants and dependent objects; a missing one is made again.
 *
 * @param sources declared sources: a view is not bound to a landing table that differs from its declaration
 */
export async function bindModelViews(
    connection: Connection,
    damages: readonly Damage[],
    sources: readonly Source[],
): Promise<BoundViews> {
    const views = await loadRememberedViews(connection, damages);
    const problems = new Map<string, string>();
    const bound = new Set<string>();
    // Missing views may read each other, so try again as long as at least one could be bound.
    for (let count = -1; count < bound.size;) {
        count = bound.size;
        for (const view of views.filter(({ modelName }) => !bound.has(modelName))) {
            const problem = await bindViewOrExplain(connection, view, sources);
            if (problem === null) {
                bound.add(view.modelName);
                problems.delete(view.modelName);
            } else {
                problems.set(view.modelName, problem);
            }
        }
    }
    return { modelNames: [...bound], problems };
}

async function loadRememberedViews(connection: Connection, damages: readonly Damage[]): Promise<readonly ModelView[]> {
    const { rows } = await connection.query<ModelView>(
        `select
            model_name as "modelName", view_schema as schema, view_name as name, select_sql as select, columns, comment
        from ops.model_view
        where model_name = any ($1)
        order by model_name`,
        [damages.map(({ modelName }) => modelName)],
    );
    return rows;
}

/** Binds a view and returns null; or changes nothing and returns the problem. */
async function bindViewOrExplain(
    connection: Connection,
    view: ModelView,
    sources: readonly Source[],
): Promise<string | null> {
    await connection.query("savepoint binding");
    try {
        await replaceView(connection, view);
        const problem = await findRemainingProblemOrNull(connection, view, sources);
        if (problem === null) {
            await connection.query("release savepoint binding");
            return null;
        }
        await connection.query("rollback to savepoint binding");
        return problem;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        await connection.query("rollback to savepoint binding");
        return errorMessage(error);
    }
}

async function replaceView(connection: Connection, view: ModelView): Promise<void> {
    const relation = quoteQualified(view.schema, view.name);
    const select = view.select.trim().replace(/;$/, "");
    // Keep the view's types, for example if the landing table now has varchar instead of text.
    const columns = view.columns.map(({ name, type }) => {
        const column = quoteIdentifier(name);
        return `bound.${column}::${type} as ${column}`;
    });
    const isKept = await hasSameColumns(connection, view, select);
    const create = `create or replace view ${relation} ${await loadViewOptions(connection, view)} as`;
    await connection.query(
        isKept ? `${create} ${select}` : `${create} select ${columns.join(", ")} from (${select}) as bound`,
    );
    const comments = [
        ...(view.comment === null ? [] : [`comment on view ${relation} is ${quoteLiteral(view.comment)}`]),
        ...view.columns.flatMap(({ name, comment }) =>
            comment === null
                ? []
                : [`comment on column ${relation}.${quoteIdentifier(name)} is ${quoteLiteral(comment)}`],
        ),
    ];
    for (const comment of comments) {
        await connection.query(comment);
    }
}

/** Whether the SELECT still gives the recorded types. */
async function hasSameColumns(connection: Connection, view: ModelView, select: string): Promise<boolean> {
    await connection.query(`create temporary view stardeck_bound_view as ${select}`);
    const { rows } = await connection.query<{ type: string }>(
        `select pg_catalog.format_type(atttypid, atttypmod) as type
        from pg_catalog.pg_attribute
        where attrelid = 'pg_temp.stardeck_bound_view'::pg_catalog.regclass and attnum > 0
        order by attnum`,
    );
    await connection.query("drop view pg_temp.stardeck_bound_view");
    return rows.every(({ type }, index) => type === view.columns[index]?.type);
}

async function findRemainingProblemOrNull(
    connection: Connection,
    { modelName }: ModelView,
    sources: readonly Source[],
): Promise<string | null> {
    const { rows: damages } = await connection.query<Damage>(damagesSql);
    const damage = damages.find((candidate) => candidate.modelName === modelName);
    if (damage !== undefined) {
        return damage.problem;
    }
    const { rows: edges } = await connection.query<ModelEdge>(modelEdgesSql);
    for (const edge of edges.filter((candidate) => candidate.modelName === modelName)) {
        const source = edge.upstreamKind === "source" && sources.find(({ name }) => name === edge.upstreamName);
        const problem = source ? await findLandingProblemOrNull(connection, source) : null;
        if (source && problem !== null) {
            return `the landing table ${source.schema}.${source.table} ${describeLandingProblem(problem)}`;
        }
    }
    return null;
}

function quoteTextArray(items: readonly string[]): string {
    return `array[${items.map(quoteLiteral).join(", ")}]::text[]`;
}
