import { quoteIdentifier, quoteLiteral } from "../sql/identifiers.js";
import type { DataTest, Queryable } from "../warehouse/registry.js";
import { testRunColumns, type RunCommand, type TestRun } from "./run.js";

/** The result of a data test in one run. */
export interface PastTestResult extends TestRun {
    readonly runId: string;
    readonly command: RunCommand;
    /** How many of the failing rows the run kept. */
    readonly keptCount: number;
    /** The columns of the kept rows, each with the type to read it with; empty when none was kept. */
    readonly keptColumns: readonly { readonly name: string; readonly type: string }[];
    /** The tested rows were rolled back, so they were never visible in the model. */
    readonly isRolledBack: boolean;
    /** When the test ran, milliseconds since 1970 by the server's clock. */
    readonly atMs: number;
}

/** The last results of a data test, the newest first. */
export async function loadTestHistory(
    database: Queryable,
    { name, modelName }: Pick<DataTest, "name" | "modelName">,
    limit: number,
): Promise<readonly PastTestResult[]> {
    const { rows } = await database.query<PastTestResult>(
        `select
            test_run.run_id::text as "runId", run.command, ${testRunColumns},
            jsonb_array_length(failing_rows) as "keptCount",
            (
                select coalesce(
                    jsonb_agg(
                        jsonb_build_object('name', kept.key, 'type', coalesce(known.type, 'text'))
                        order by known.place nulls last, kept.place
                    ),
                    '[]'
                )
                from jsonb_each(failing_rows -> 0) with ordinality as kept (key, value, place)
                left join (
                    select attname::text as name, format_type(atttypid, atttypmod) as type, attnum as place
                    from ops.model
                    join pg_attribute on attrelid = to_regclass(format('%I.%I', schema_name, model_name))
                    where model_name = $2 and attnum > 0 and not attisdropped
                ) as known on known.name = kept.key
            ) as "keptColumns",
            coalesce(
                model_run.status in ('failed', 'cancelled') and model_run.scope in ('all', 'entities'), false
            ) as "isRolledBack",
            extract(epoch from test_run.finished_at)::float8 * 1000 as "atMs"
        from ops.test_run
        join ops.run using (run_id)
        left join ops.model_run on model_run.run_id = test_run.run_id and model_run.model_name = test_run.model_name
        where test_name = $1
        order by test_run.run_id desc
        limit $3`,
        [name, modelName, limit],
    );
    return rows;
}

/** A SELECT of the failing rows that a run kept, in the order in which it kept them. */
export function buildKeptRowsSql(testName: string, { runId, keptColumns }: PastTestResult): string {
    const columns = keptColumns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(", ");
    return (
        "select failing.*\nfrom ops.test_run\n" +
        "cross join lateral jsonb_array_elements(failing_rows) with ordinality as kept (kept_row, place)\n" +
        `cross join lateral jsonb_to_record(kept_row) as failing (${columns})\n` +
        `where run_id = ${quoteLiteral(runId).trimStart()} and test_name = ${quoteLiteral(testName).trimStart()}\n` +
        "order by place"
    );
}
