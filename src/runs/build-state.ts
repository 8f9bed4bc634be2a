import type { Connection } from "../database/connection.js";
import { describeChange, fingerprintsSql, type Fingerprint } from "../warehouse/fingerprints.js";
import type { Queryable } from "../warehouse/registry.js";
import type { TestStatus } from "./run.js";
import { loadSourceCopies, type SourceCopy } from "./source-copies.js";
import { loadSourceStates, saveSourceStates, type SourceState } from "./source-state.js";

/** What earlier runs left behind, read once at the start of a run. */
export interface BuildState {
    /** Table models that were built at least once. */
    readonly built: ReadonlySet<string>;
    /** Table models for which upstream publications queued stale entities. */
    readonly queued: ReadonlySet<string>;
    /** Fingerprint of everything that decides a model's rows as it is defined now, by model. */
    readonly fingerprints: ReadonlyMap<string, Fingerprint>;
    /** Table models whose definition has changed since they were built; the value is a clause that says what has changed. */
    readonly redefined: ReadonlyMap<string, string>;
    /** What a model knew of a source when it was last built. */
    readonly sourceStateOf: (modelName: string, sourceName: string) => SourceState | null;
    /** The copies of the sources that are changed in place, by name. */
    readonly copies: ReadonlyMap<string, SourceCopy>;
    /** The last result of each data test, only where it is about the rows that are published now. */
    readonly lastAnswers: ReadonlyMap<string, LastAnswer>;
    /** The last runs that changed rows of a table model. */
    readonly lastChanges: ReadonlyMap<string, LastChange>;
}

/** The last result of a data test. */
export interface LastAnswer {
    readonly status: TestStatus;
    readonly failingCount: number;
    readonly runNumber: number;
}

/** The last runs that published changes of a table model. */
export interface LastChange {
    readonly runNumber: number;
    /** The last one that deleted rows; 0 for none. */
    readonly lossRunNumber: number;
}

export async function loadBuildState(connection: Queryable): Promise<BuildState> {
    const definitions = await loadDefinitions(connection);
    const queued = await connection.query<{ name: string }>(
        `select distinct model_name as name from ops.affected_entity`,
    );
    // A test's last result no longer counts once newer rows are published without running it (by the command `run`).
    const tests = await connection.query<LastAnswer & { name: string }>(
        `select
            data_test.test_name as name, last.status, last.failing_count::float8 as "failingCount",
            last.run_id::float8 as "runNumber"
        from ops.data_test
        cross join lateral (
            select run_id, status, failing_count
            from ops.test_run
            where test_run.test_name = data_test.test_name
            order by run_id desc
            limit 1
        ) as last
        left join ops.model_state on model_state.model_name = data_test.model_name
        left join ops.test_state on test_state.test_name = data_test.test_name
        where (model_state.model_name is null or test_state.test_name is not null or last.run_id >= model_state.run_id)
            and last.run_id > coalesce(data_test.outdated_run_id, 0)`,
    );
    const changes = await connection.query<LastChange & { name: string }>(
        `select
            model_name as name, max(run_id)::float8 as "runNumber",
            coalesce(max(run_id) filter (where rows_deleted > 0), 0)::float8 as "lossRunNumber"
        from ops.model_run
        where status = 'ok' and rows_inserted + rows_updated + rows_deleted > 0
        group by model_name`,
    );
    return {
        ...definitions,
        queued: new Set(queued.rows.map((row) => row.name)),
        sourceStateOf: await loadSourceStates(connection),
        copies: await loadSourceCopies(connection),
        lastAnswers: new Map(tests.rows.map((row) => [row.name, row])),
        lastChanges: new Map(changes.rows.map((row) => [row.name, row])),
    };
}

/**
 * Compares each model's fingerprint with the one it was built with. It is read from the catalog, so that a definition that was
 * replaced by hand counts as well.
 */
export async function loadDefinitions(
    connection: Queryable,
): Promise<Pick<BuildState, "built" | "fingerprints" | "redefined">> {
    const { rows } = await connection.query<{
        name: string;
        isBuilt: boolean;
        isChanged: boolean;
        now: Fingerprint | null;
        before: Fingerprint | null;
    }>(
        `select
            coalesce(current.model_name, state.model_name) as name,
            state.model_name is not null as "isBuilt",
            state.model_name is not null and state.fingerprint is distinct from current.fingerprint as "isChanged",
            current.fingerprint as now,
            state.fingerprint as before
        from (${fingerprintsSql}) as current
        full join ops.model_state as state on state.model_name = current.model_name
        order by 1`,
    );
    return {
        built: new Set(rows.filter(({ isBuilt }) => isBuilt).map(({ name }) => name)),
        fingerprints: new Map(rows.flatMap(({ name, now }) => (now === null ? [] : [[name, now] as const]))),
        redefined: new Map(
            rows
                .filter(({ isChanged }) => isChanged)
                .map(({ name, before, now }) => [
                    name,
                    before === null || now === null
                        ? "its earlier definition is not known"
                        : describeChange(before, now),
                ]),
        ),
    };
}

/** Records that the model is built, its fingerprint, and how far it has read its sources; commits with the model's data. */
export async function saveBuildState(
    connection: Connection,
    runId: string,
    modelName: string,
    states: ReadonlyMap<string, SourceState>,
    fingerprint: Fingerprint | null,
): Promise<void> {
    await connection.query(
        `insert into ops.model_state (model_name, run_id, built_at, fingerprint)
        values ($1, $2, clock_timestamp(), $3)
        on conflict (model_name) do update
        set run_id = excluded.run_id, built_at = excluded.built_at, fingerprint = excluded.fingerprint`,
        [modelName, runId, fingerprint === null ? null : JSON.stringify(fingerprint)],
    );
    await saveSourceStates(connection, modelName, states);
}
