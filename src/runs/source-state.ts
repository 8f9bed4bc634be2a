import type { Connection } from "../database/connection.js";
import type { Queryable } from "../warehouse/registry.js";
import { isDemoSql } from "../warehouse/source-freshness.js";

/** What a model knew of a source when it was last built. */
export interface SourceState {
    readonly rowCount: number;
    /** Greatest finite value of the cursor column, as text; null for an empty source. */
    readonly newest: string | null;
    /** `pg_current_snapshot()` at that moment: which transactions had landed their rows. */
    readonly snapshot: string;
    /** What the next build compares the rows with; null when no mark was kept. */
    readonly mark: LandingMark | null;
}

/**
 * PostgreSQL's own counters of a landing table: if they have not changed, neither have all blocks before the tail. New rows go to
 * the tail, which stardeck counts itself, because the counters may show a transaction only some seconds after it has ended.
 */
export interface LandingCounters {
    /** Changes whenever counters may have been lost: a reset, a crash, a start of the server. */
    readonly epoch: string;
    /** Changes when the table is rewritten or emptied. */
    readonly file: string;
    /** All rows ever inserted, including those that were rolled back. */
    readonly inserted: number;
    /** All rows ever updated or deleted. */
    readonly changed: number;
    /** Those that were deleted. */
    readonly deleted: number;
    /** The first block of the tail. */
    readonly tailBlock: number;
}

/** A moment at which all rows were counted, or were known to be as many as when they were counted. */
export interface CountedMoment {
    readonly rowCount: number;
    /** `pg_current_snapshot()` at that moment: which transactions had ended. */
    readonly snapshot: string;
    /** A checksum of the rows whose transaction may be a savepoint of one that was still running; empty when none was running. */
    readonly doubtful: string;
}

/** How the rows of a shard stood, by the numbers of transactions of the server that holds it. */
export interface ShardMark {
    /** Which copy of the shard: another one after it was moved. */
    readonly placement: string;
    /** The oldest transaction that was running; all before it had ended. */
    readonly boundary: string;
    /** It and all after it had not begun. */
    readonly next: string;
    /** Rows of transactions before the boundary. */
    readonly settledCount: number;
    /** Rows of others, which were there too and are read again. */
    readonly otherCount: number;
}

/** The state of a landing relation's rows, as stored in `ops.source_cursor`: enough to notice any change. */
export type LandingMark =
    /** Each row carries the transaction that wrote it, so that a changed row has a new one. */
    | {
          readonly kind: "transactions";
          readonly database: string;
          readonly relationIds: readonly string[];
          /** The last time that all rows were counted. */
          readonly counted: CountedMoment;
          readonly counters: (LandingCounters & { readonly tailRowCount: number }) | null;
      }
    /** A table that is spread over the servers of a cluster: its shards, by their ids. */
    | { readonly kind: "shards"; readonly database: string; readonly shards: Readonly<Record<string, ShardMark>> }
    /** Only the rows' content shows a change. */
    | { readonly kind: "content"; readonly checksum: string }
    /** All rows must be read again. */
    | { readonly kind: "none"; readonly reason: string };

/** What each model knew of each source when it was last built. */
export async function loadSourceStates(
    database: Queryable,
): Promise<(modelName: string, sourceName: string) => SourceState | null> {
    const { rows } = await database.query<
        SourceState & { modelName: string; sourceName: string; mark: { kind?: unknown } | null }
    >(
        `select
            model_name as "modelName", source_name as "sourceName", row_count::float8 as "rowCount",
            newest, snapshot, mark
        from ops.source_cursor`,
    );
    // Marks written by earlier versions lack what this one needs.
    const known = rows.map((row) => ({ ...row, mark: row.mark?.kind === undefined ? null : row.mark }));
    const states = new Map(known.map((row) => [`${row.modelName} ${row.sourceName}`, row]));
    return (modelName, sourceName) => states.get(`${modelName} ${sourceName}`) ?? null;
}

/** Records how far a model has read its sources; commits with the model's data. */
export async function saveSourceStates(
    connection: Connection,
    modelName: string,
    states: ReadonlyMap<string, SourceState>,
): Promise<void> {
    if (states.size === 0) {
        return;
    }
    await connection.query(
        `insert into ops.source_cursor (model_name, source_name, row_count, newest, snapshot, mark)
        select $1, source_name, row_count, newest, snapshot, mark
        from jsonb_to_recordset($2::jsonb) as state
            (source_name text, row_count bigint, newest text, snapshot text, mark jsonb)
        on conflict (model_name, source_name) do update
        set row_count = excluded.row_count, newest = excluded.newest, snapshot = excluded.snapshot, mark = excluded.mark`,
        [
            modelName,
            JSON.stringify(
                [...states].map(([sourceName, { rowCount, newest, snapshot, mark }]) => ({
                    source_name: sourceName,
                    row_count: rowCount,
                    newest,
                    snapshot,
                    mark,
                })),
            ),
        ],
    );
}

/** Makes the next builds of these models read all rows of these sources. */
export async function forgetSourceMarks(
    connection: Connection,
    {
        sourceNames,
        modelNames,
        reason,
    }: {
        readonly sourceNames: readonly string[];
        readonly modelNames: readonly string[];
        /** A clause for people. */
        readonly reason: string;
    },
): Promise<void> {
    await connection.query(
        `update ops.source_cursor
        set mark = pg_catalog.jsonb_build_object('kind', 'none', 'reason', $3::text)
        where source_name = any ($1) and model_name = any ($2)`,
        [sourceNames, modelNames, reason],
    );
}

/** What is known about a source without reading it. */
export interface KnownSource {
    /** The newest record that the last builds saw, as PostgreSQL's text; null when no build has read the source. */
    readonly newest: string | null;
    /** It is the demo's source, so old rows are expected. */
    readonly isDemo: boolean;
}

/** All declared sources by name. */
export async function loadKnownSources(database: Queryable): Promise<ReadonlyMap<string, KnownSource>> {
    const { rows } = await database.query<KnownSource & { sourceName: string }>(
        `select
            source.source_name as "sourceName",
            case when load_cursor_column is null then coalesce(max(source_copy.newest), max(source_cursor.newest)) end as newest,
            ${isDemoSql("source.source_schema")} as "isDemo"
        from ops.source
        left join ops.source_cursor on source_cursor.source_name = source.source_name
        left join ops.source_copy on source_copy.source_name = source.source_name
        group by source.source_name`,
    );
    return new Map(rows.map(({ sourceName, newest, isDemo }) => [sourceName, { newest, isDemo }]));
}
