import type { Connection } from "../database/connection.js";
import { beginOnClusterSql } from "../warehouse/citus.js";
import { applicationNameOf } from "../warehouse/names.js";
import type { DataTest } from "../warehouse/registry.js";
import { prepareAudit } from "./audit.js";
import {
    changedImagesOf,
    findAffectedEntities,
    queueDownstream,
    type AffectedEntities,
    type DownstreamTable,
} from "./affected-entities.js";
import { saveBuildState } from "../runs/build-state.js";
import type { BuildListener, ModelResult } from "./events.js";
import type { RowCounts } from "../runs/run.js";
import type { Graph } from "./graph.js";
import { mergeModel } from "./merge.js";
import type { PlannedModel } from "./plan.js";
import { queueMovedSources } from "./refresh-copies.js";
import { clearQueue } from "../runs/entity-queue.js";
import { logModelResults, logRowChanges, logTestOutcomes, type DataTestOutcome } from "../runs/run-log.js";
import { saveTestState } from "../runs/test-state.js";
import type { Fingerprint } from "../warehouse/fingerprints.js";
import { refreshMappings } from "../warehouse/refresh-mappings.js";
import { loadShapeChangeOrNull, type ShapeChange } from "../warehouse/table-shape.js";
import type { Target } from "./target.js";

/** PostgreSQL's maximum for `max_parallel_workers_per_gather`. */
const maxWorkers = 1024;

/** How long a model waits for a lock that another session holds on its table. */
const lockTimeoutSeconds = 60;

export interface TableBuild {
    readonly runId: string;
    readonly planned: PlannedModel;
    readonly target: Target;
    /** The fingerprint that the plan was made from: a later change of the definition makes the model stale again. */
    readonly fingerprint: Fingerprint | null;
    readonly graph: Graph;
    /** Table models downstream that were built before, so that they can become stale. */
    readonly downstream: readonly DownstreamTable[];
    /** A failure of an error-severity test keeps the model from being published. */
    readonly tests: readonly DataTest[];
    /** Whether a test's result does not depend on tables that the model does not read. */
    readonly isOwnAffair: (test: DataTest) => boolean;
    readonly wholeModelShare: number;
    /** How many server processes may compute each of its statements. */
    readonly threads: number;
    readonly onEvent: BuildListener;
}

export interface TableBuildResult {
    readonly model: ModelResult;
    /** Models downstream that became stale. */
    readonly queued: readonly string[];
    /** The table's columns have changed, and mappings may have been derived again. */
    readonly isReshaped: boolean;
    /** Column types have changed, so views of models downstream were made again. */
    readonly isRetyped: boolean;
    readonly outcomes: readonly DataTestOutcome[];
}

/**
 * Writes, audits and publishes one table model in the open transaction: the data, the run's record, the queue of stale entities
 * downstream and the source cursors commit together or not at all.
 *
 * @throws AuditFailure when an error-severity test fails; StardeckError when the SELECT does.
 */
export async function buildTable(connection: Connection, build: TableBuild): Promise<TableBuildResult> {
    const { runId, planned, target, graph, onEvent } = build;
    const { modelName } = planned;
    const started = performance.now();
    if (target.staging.permanent !== null) {
        await connection.query(beginOnClusterSql);
        await connection.query(`set local lock_timeout = '${lockTimeoutSeconds}s'`);
    }
    // A forgotten ALTER TABLE of another session must not block the build for ever.
    // The application name shows in pg_stat_activity which model holds or awaits a lock.
    // If the server has switched off parallel queries, leave them off.
    await connection.query(
        `select
            set_config('lock_timeout', $1, true),
            set_config('application_name', $2, true),
            set_config(
                'max_parallel_workers_per_gather',
                case current_setting('max_parallel_workers_per_gather') when '0' then '0' else $3::text end,
                true
            ),
            set_config(
                'max_parallel_maintenance_workers',
                least(current_setting('max_parallel_maintenance_workers')::integer, $3::text::integer)::text,
                true
            )`,
        [`${lockTimeoutSeconds}s`, applicationNameOf(modelName), String(Math.min(build.threads - 1, maxWorkers))],
    );
    const affected: AffectedEntities =
        planned.action === "all"
            ? { scope: { kind: "all", reason: planned.reason }, entities: [] }
            : await findAffectedEntities(connection, target, graph, planned.deltas, build.wholeModelShare);
    onEvent({ type: "model-scoped", modelName, scope: affected.scope });
    let rows: RowCounts = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
    let queued: readonly string[] = [];
    let hasNewTypes = false;
    let shape: ShapeChange | null = null;
    let outcomes: readonly DataTestOutcome[] = [];
    if (affected.scope.kind !== "none") {
        const audit = await prepareAudit(connection, target, build.tests, affected, build.isOwnAffair, onEvent);
        const isWhole = affected.scope.kind === "all";
        if (isWhole && build.threads > 1) {
            await makeDividingCheap(connection);
        }
        shape = isWhole ? await loadShapeChangeOrNull(connection, target.model) : null;
        const { isFirstLoad, isRetyped, ...counts } = await mergeModel(
            connection,
            target,
            isWhole ? { kind: "all" } : { kind: "entities", entities: affected.entities },
            shape,
        );
        rows = counts;
        hasNewTypes = isRetyped;
        onEvent({ type: "model-written", modelName, rows });
        const changed = counts.inserted + counts.updated + counts.deleted;
        if (changed > 0.1 * (changed + counts.unchanged) && affected.scope.kind === "all") {
            await connection.query(`analyze ${target.relation}`);
        }
        outcomes = await audit.run();
        await saveTestState(connection, modelName, outcomes);
        if (changed > 0 || isRetyped) {
            queued = await queueDownstream(
                connection,
                target,
                build.downstream,
                isFirstLoad || isRetyped,
                changedImagesOf(target),
            );
        }
        if (changed > 0 && !isFirstLoad) {
            await logRowChanges(connection, runId, modelName, target.staging.changedRows);
        }
    }
    await clearQueue(connection, modelName);
    if (affected.scope.kind !== "none") {
        await queueMovedSources(connection, graph, target.model);
    }
    const states = new Map([...planned.deltas].map(([sourceName, { state }]) => [sourceName, state]));
    await saveBuildState(connection, runId, modelName, states, build.fingerprint);
    await logTestOutcomes(connection, runId, outcomes);
    const model: ModelResult = {
        modelName,
        status: "ok",
        scope: affected.scope,
        rows,
        durationMs: performance.now() - started,
        message: null,
    };
    await logModelResults(connection, runId, [model]);
    if (shape !== null) {
        // Mappings depend on the types of the columns that they read, and on the model's own table.
        await refreshMappings(connection, {
            anew: new Set([modelName, ...build.downstream.map(({ target: { model: reader } }) => reader.name)]),
        });
    }
    return { model, queued, isRetyped: hasNewTypes, isReshaped: shape !== null, outcomes };
}

/**
 * PostgreSQL's planner does not see what a function in FROM costs, and takes a row from another process to cost as much as forty
 * operators: of a table of 60,000 documents it would not divide the reading.
 */
async function makeDividingCheap(connection: Connection): Promise<void> {
    await connection.query(
        `select set_config(name, least(current_setting(name)::float8, most)::text, true)
        from (values ('parallel_setup_cost', 100), ('parallel_tuple_cost', 0.01)) as cost (name, most)`,
    );
}
