import type { Connection } from "../database/connection.js";
import { quoteQualified } from "../sql/identifiers.js";
import type { Queryable, Source } from "../warehouse/registry.js";

/**
 * A landing table split into its many first blocks, for which PostgreSQL's own counters vouch, and its tail, where new rows go
 * and are counted by us. Those counters know a transaction when it has ended, and some seconds later at worst.
 */
export interface LandingCounters {
    /** Changes when the table is rewritten or emptied. */
    readonly file: string;
    /** Rows ever inserted, rolled back ones too. */
    readonly inserted: number;
    /** Rows ever updated or deleted. */
    readonly changed: number;
    /** The first block of the tail. */
    readonly tailBlock: number;
}

/** What is remembered of that, as stored in `ops.source_cursor`. */
export interface LandingMark extends LandingCounters {
    readonly tailRowCount: number;
}

/** 8 MB: more than what concurrent loaders extend a table by ahead of each other, and counted in milliseconds. */
export const tailBlocksDefault = 1024;

/**
 * Reads the counters of those sources that are ordinary tables and larger than a tail. To be asked before the transaction
 * begins whose state is kept: what comes in between must not be counted here and missing there.
 *
 * @param tailBlocks size of the tail in blocks of the server, usually of 8 KB
 * @returns by name of the source
 */
export async function loadLandingCounters(
    database: Queryable,
    sources: Iterable<Source>,
    tailBlocks = tailBlocksDefault,
): Promise<ReadonlyMap<string, LandingCounters>> {
    // What this session has done itself is counted at the end of this statement.
    await database.query("select pg_stat_force_next_flush()");
    const asked = [...sources].map(({ name, schema }) => ({ name, relation: quoteQualified(schema, name) }));
    const { rows } = await database.query<LandingCounters & { name: string }>(
        `select
            asked.name, relfilenode::text as file,
            pg_stat_get_tuples_inserted(pg_class.oid)::float8 as inserted,
            (pg_stat_get_tuples_updated(pg_class.oid) + pg_stat_get_tuples_deleted(pg_class.oid))::float8 as changed,
            (pg_relation_size(pg_class.oid) / current_setting('block_size')::int - $2)::float8 as "tailBlock"
        from jsonb_to_recordset($1::jsonb) as asked (name text, relation text)
        join pg_class on pg_class.oid = to_regclass(asked.relation)
        join pg_am on pg_am.oid = relam
        where relkind = 'r' and not relhassubclass and amname = 'heap' and current_setting('track_counts') = 'on'`,
        [JSON.stringify(asked), tailBlocks],
    );
    return new Map(rows.filter((row) => row.tailBlock > 0).map(({ name, ...counters }) => [name, counters]));
}

/** The mark to remember. */
export async function makeLandingMark(
    connection: Connection,
    relation: string,
    counters: LandingCounters,
): Promise<LandingMark> {
    return { ...counters, tailRowCount: await countTail(connection, relation, counters.tailBlock) };
}

/**
 * How many rows came to the tail, if the counters prove that nothing else has happened to the table since; else null.
 * A row that went into a gap among the first blocks is counted by the server with delay: a later build finds it.
 */
export async function countAppendedRowsOrNull(
    connection: Connection,
    relation: string,
    known: LandingMark,
    counters: LandingCounters,
): Promise<number | null> {
    if (known.file !== counters.file || known.changed !== counters.changed) {
        return null;
    }
    const appended = (await countTail(connection, relation, known.tailBlock)) - known.tailRowCount;
    return appended === counters.inserted - known.inserted ? appended : null;
}

/** SQL condition that PostgreSQL answers by reading the table from that block on. */
export function isAtOrAfterBlock(block: number): string {
    return `ctid >= '(${block},0)'::tid`;
}

async function countTail(connection: Connection, relation: string, block: number): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(
        `select count(*)::float8 as count from ${relation} where ${isAtOrAfterBlock(block)}`,
    );
    return rows[0]?.count ?? 0;
}
