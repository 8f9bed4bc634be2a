import { isSpreadSql } from "../warehouse/citus.js";
import type { Queryable } from "../warehouse/registry.js";
import type { ModelStatus } from "./run.js";

/** What is known about a model without reading its rows. */
export interface ListedModel {
    readonly modelName: string;
    readonly layer: string;
    readonly materialisation: string;
    readonly description: string;
    readonly tags: readonly string[];
    /** PostgreSQL's own estimate; null for views and for tables that were never analysed. */
    readonly estimatedRows: number | null;
    /** Its table holds the rows of a build; false for views. */
    readonly isBuilt: boolean;
    /** Its status in the last run that touched it; null when it was never in one. */
    readonly lastStatus: ModelStatus | null;
    /** When that run finished the model or, while it is running, started it; milliseconds since 1970 by the server's clock. */
    readonly lastRunAtMs: number | null;
    /** Duration of the last build that recomputed its rows; null for views. */
    readonly lastBuildMs: number | null;
    readonly testCount: number;
    /** Data tests that failed, were broken or warned when they last ran. */
    readonly failedTestCount: number;
    readonly warnedTestCount: number;
    /** Data tests whose warning is expected. */
    readonly knownTestCount: number;
}

/** All models by name. */
export async function loadModelList(database: Queryable): Promise<ReadonlyMap<string, ListedModel>> {
    const { rows } = await database.query<ListedModel>(
        `select
            model.model_name as "modelName", layer, materialisation, description, tags,
            case when relation.relkind = 'r' and relation.reltuples >= 0 and not ${isSpreadSql("relation")} then relation.reltuples::float8 end as "estimatedRows",
            exists (select from ops.model_state where model_state.model_name = model.model_name) as "isBuilt",
            last_run.status as "lastStatus", last_run.at_ms as "lastRunAtMs", last_build.duration_ms as "lastBuildMs",
            tests."testCount", tests."failedTestCount", tests."warnedTestCount", tests."knownTestCount"
        from ops.model
        left join pg_class as relation on relation.oid = to_regclass(format('%I.%I', model.schema_name, model.model_name))
        left join lateral (
            select status, extract(epoch from coalesce(finished_at, started_at))::float8 * 1000 as at_ms
            from ops.model_run
            where model_run.model_name = model.model_name
            order by run_id desc
            limit 1
        ) as last_run on true
        left join lateral (
            select extract(epoch from finished_at - started_at)::float8 * 1000 as duration_ms
            from ops.model_run
            where
                model_run.model_name = model.model_name
                and scope in ('all', 'entities')
                and finished_at is not null
            order by run_id desc
            limit 1
        ) as last_build on true
        cross join lateral (
            select
                count(*)::float8 as "testCount",
                (count(*) filter (where last.status in ('failed', 'broken')))::float8 as "failedTestCount",
                (count(*) filter (where last.status = 'warned'))::float8 as "warnedTestCount",
                (count(*) filter (where last.status = 'known'))::float8 as "knownTestCount"
            from ops.data_test
            left join lateral (
                select status
                from ops.test_run
                where test_run.test_name = data_test.test_name
                order by run_id desc
                limit 1
            ) as last on true
            where data_test.model_name = model.model_name
        ) as tests`,
    );
    return new Map(rows.map((row) => [row.modelName, row]));
}

/** Whether no build has published rows of this table model; a run that failed or only tested does not count as a build. */
export function isNeverBuilt({ materialisation, isBuilt }: Pick<ListedModel, "materialisation" | "isBuilt">): boolean {
    return materialisation === "table" && !isBuilt;
}
