import type { Queryable } from "../warehouse/registry.js";
import { testRunColumns, type TestRun } from "./run.js";

/** The last result of a data test. */
export interface ListedTest extends TestRun {
    /** The run in which the test last ran, and when: milliseconds since 1970 by the server's clock. */
    readonly runId: string;
    readonly ranAtMs: number;
    /** The result before that; null when there is only one. */
    readonly before: {
        readonly runId: string;
        readonly status: TestRun["status"];
        readonly failingCount: number;
    } | null;
}

/** The last result of every data test that was ever run, by name. */
export async function loadTestList(database: Queryable): Promise<ReadonlyMap<string, ListedTest>> {
    const { rows } = await database.query<ListedTest>(
        `select
            last.*,
            (
                select json_build_object('runId', run_id::text, 'status', status, 'failingCount', failing_count)
                from ops.test_run
                where test_run.test_name = last."testName" and test_run.run_id < last."runId"::bigint
                order by test_run.run_id desc
                limit 1
            ) as before
        from ops.data_test
        cross join lateral (
            select
                ${testRunColumns}, run_id::text as "runId",
                extract(epoch from test_run.finished_at)::float8 * 1000 as "ranAtMs"
            from ops.test_run
            where test_run.test_name = data_test.test_name
            order by test_run.run_id desc
            limit 1
        ) as last`,
    );
    return new Map(rows.map((row) => [row.testName, row]));
}

/** Names of data tests that a table constraint already guarantees: `unique` by the primary key, `not_null` by NOT NULL. */
export async function loadHeldTests(database: Queryable): Promise<ReadonlySet<string>> {
    const { rows } = await database.query<{ name: string }>(
        `select test_name as name
        from ops.data_test
        join ops.model using (model_name)
        where
            materialisation = 'table'
            and warn_if is null
            and error_if is null
            and case kind
                when 'unique' then data_test.columns @> primary_key and primary_key @> data_test.columns
                when 'not_null' then not exists (
                    select
                    from unnest(data_test.columns) as asked (column_name)
                    where not exists (
                        select
                        from pg_attribute
                        where
                            attrelid = to_regclass(format('%I.%I', schema_name, model_name))
                            and attname = asked.column_name
                            and attnotnull
                    )
                )
                else false
            end`,
    );
    return new Set(rows.map(({ name }) => name));
}
