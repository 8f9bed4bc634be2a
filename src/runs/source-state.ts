import type { Connection } from "../database/connection.js";
import type { Queryable } from "../warehouse/registry.js";
import { isDemoSql } from "../warehouse/source-freshness.js";

/** What a model knew of a source when it was last built. */
export interface SourceState {
    readonly rowCount: number;
    /** Greatest finite value of the cursor column, as text; null for an empty source. */
    readonly newest: string | null;
    /** `pg_current_snapshot()` of that moment: which transactions had landed their rows. */
    readonly snapshot: string;
    /** How the rows stood; null where that was not remembered. */
    readonly mark: LandingMark | null;
}

/**
 * PostgreSQL's own counters of a landing table, which vouch for its many first blocks. Its tail, where new rows go, is counted
 * by us: the counters know a transaction when it has ended, and some seconds later at worst.
 */
export interface LandingCounters {
    /** Changes whenever counters may have been lost: a reset, a crash, a start of the server. */
    readonly epoch: string;
    /** Changes when the table is rewritten or emptied. */
    readonly file: string;
    /** Rows ever inserted, rolled back ones too. */
    readonly inserted: number;
    /** Rows ever updated or deleted. */
    readonly changed: number;
    /** Those that were deleted. */
    readonly deleted: number;
    /** The first block of the tail. */
    readonly tailBlock: number;
}

/** A moment at which all rows were counted, or were known to be as many as at such a moment. */
export interface CountedMoment {
    readonly rowCount: number;
    /** `pg_current_snapshot()` of that moment: which transactions had ended. */
    readonly snapshot: string;
    /** A sum over the rows whose transaction may be a savepoint of one that was running then; empty when none was. */
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

/** How the rows of a landing relation stood, as stored in `ops.source_cursor`: enough to notice whatever happens to them. */
export type LandingMark =
    /** Rows that are not as they were have another transaction. */
    | {
          readonly kind: "transactions";
          readonly database: string;
          readonly relationIds: readonly string[];
          /** The last time that all rows were looked at. */
          readonly counted: CountedMoment;
          readonly counters: (LandingCounters & { readonly tailRowCount: number }) | null;
      }
    /** A table that is spread over the servers of a cluster: its shards, by their ids. */
    | { readonly kind: "shards"; readonly database: string; readonly shards: Readonly<Record<string, ShardMark>> }
    /** Only their content tells rows apart. */
    | { readonly kind: "content"; readonly checksum: string }
    /** All rows are to be read again, whatever they are. */
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
    // Marks of earlier versions say less than is needed.
    const known = rows.map((row) => ({ ...row, mark: row.mark?.kind === undefined ? null : row.mark }));
    const states = new Map(known.map((row) => [`${row.modelName} ${row.sourceName}`, row]));
    return (modelName, sourceName) => states.get(`${modelName} ${sourceName}`) ?? null;
}

/** Remembers how far a model has read its sources; commits with the model's data. */
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

/** Lets the next builds of the models read these sources as a whole, whatever their rows look like. */
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

/** What is known of a source without reading it. */
export interface KnownSource {
    /** The newest record as the last builds saw it, as PostgreSQL's text; null where no build did. */
    readonly newest: string | null;
    /** Its rows are stardeck's own demo, which nobody expects to be new. */
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
