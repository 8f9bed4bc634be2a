import type { Connection } from "../database/connection.js";
import type { CountedMoment, LandingCounters } from "../runs/source-state.js";
import { isClusterSql, loadShards, loadSpreadTables, type Shard } from "../warehouse/citus.js";
import type { Queryable, Source } from "../warehouse/registry.js";

/** What the catalog says about a landing relation, without reading its rows. */
export interface LandingFacts {
    /** A clause that says why this role cannot read all its rows; null if it can. */
    readonly problem: string | null;
    /** The oid of the relation, and those of its partitions or children. */
    readonly relationIds: readonly string[];
    /** Identifies server and database, because transaction ids and oids are valid only there. */
    readonly database: string;
    /** Whether each row has the id of the transaction that wrote it: not in a view, a foreign table or a distributed table. */
    readonly namesTransactions: boolean;
    /** Where its rows are, of a table that is spread over the servers of a cluster; null where each of them is not in one place. */
    readonly shards: readonly Shard[] | null;
    /** Null if there are no usable counters, so that all rows must be counted. */
    readonly counters: LandingCounters | null;
    /** The type of the load cursor, or else of the version column; null if there is none that built-in operators can order. */
    readonly cursorType: string | null;
    /** An ordinary table with no more blocks than the tail. */
    readonly isSmall: boolean;
}

/** 8 MB: more than concurrent loaders extend a table ahead of each other, yet counted in milliseconds. */
const tailBlocksDefault = 1024;

/**
 * Reads the catalog and the server's counters for the sources. Call it before the transaction whose state is kept: otherwise the
 * counters could include rows that the transaction does not see.
 *
 * @param tailBlocks size of the tail in blocks of the server, usually of 8 KB
 * @returns by name of the source; missing sources are left out
 */
export async function loadLandingFacts(
    database: Queryable,
    sources: Iterable<Source>,
    tailBlocks = tailBlocksDefault,
): Promise<ReadonlyMap<string, LandingFacts>> {
    // Flush this session's own changes into the counters.
    await database.query("select pg_catalog.pg_stat_force_next_flush()");
    const asked = [...sources].map(({ name, schema, table, loadCursorColumn, versionColumn }) => ({
        name,
        schema,
        table,
        cursor: loadCursorColumn ?? versionColumn,
    }));
    const { rows } = await database.query<
        Omit<LandingFacts, "counters" | "isSmall" | "shards"> &
            LandingCounters & { name: string; isCounted: boolean; mayBeSpread: boolean }
    >(
        `select
            asked.name,
            case
                when not pg_catalog.has_schema_privilege(namespace.oid, 'usage')
                    or not pg_catalog.has_any_column_privilege(relation.oid, 'select')
                    then 'may not be read'
                when pg_catalog.row_security_active(relation.oid) then 'hides rows by row-level security'
            end as problem,
            member.ids as "relationIds", member."namesTransactions", cursor.type as "cursorType",
            pg_catalog.concat_ws(' ', system.id, database.oid) as database,
            not relation.relhassubclass and member."namesTransactions"
                and relation.relkind = 'r' and pg_catalog.current_setting('track_counts') = 'on' as "isCounted",
            ${isClusterSql} as "mayBeSpread",
            pg_catalog.concat_ws(
                ' ',
                pg_catalog.pg_postmaster_start_time(),
                pg_catalog.pg_stat_get_db_stat_reset_time(database.oid),
                pg_catalog.pg_stat_get_bgwriter_stat_reset_time()
            ) as epoch,
            relation.relfilenode::text as file,
            pg_catalog.pg_stat_get_tuples_inserted(relation.oid)::float8 as inserted,
            (pg_catalog.pg_stat_get_tuples_updated(relation.oid) + pg_catalog.pg_stat_get_tuples_deleted(relation.oid))::float8
                as changed,
            pg_catalog.pg_stat_get_tuples_deleted(relation.oid)::float8 as deleted,
            (pg_catalog.pg_relation_size(relation.oid) / pg_catalog.current_setting('block_size')::int - $2)::float8
                as "tailBlock"
        from pg_catalog.jsonb_to_recordset($1::jsonb) as asked (name text, schema text, "table" text, cursor text)
        join pg_catalog.pg_namespace as namespace on namespace.nspname = asked.schema
        join pg_catalog.pg_class as relation on relation.relnamespace = namespace.oid and relation.relname = asked."table"
        join pg_catalog.pg_database as database on database.datname = pg_catalog.current_database()
        cross join lateral (
            select case
                when pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute')
                then (select system_identifier from pg_catalog.pg_control_system())
            end as id
        ) as system
        cross join lateral (
            with recursive member as (
                select relation.oid as id
                union
                select inherits.inhrelid
                from member
                join pg_catalog.pg_inherits as inherits on inherits.inhparent = member.id
            )
            select
                pg_catalog.array_agg(member.id::text order by member.id <> relation.oid, member.id) as ids,
                pg_catalog.bool_and(each.relkind = 'p' or (each.relkind = 'r' and method.amname = 'heap'))
                    as "namesTransactions"
            from member
            join pg_catalog.pg_class as each on each.oid = member.id
            left join pg_catalog.pg_am as method on method.oid = each.relam
        ) as member
        left join lateral (
            select pg_catalog.format_type(base.oid, null) as type
            from pg_catalog.pg_attribute as attribute
            join pg_catalog.pg_type as declared on declared.oid = attribute.atttypid
            join pg_catalog.pg_type as base
                on base.oid = case when declared.typtype = 'd' then declared.typbasetype else declared.oid end
            where attribute.attrelid = relation.oid and attribute.attname = asked.cursor
                and attribute.attnum > 0 and not attribute.attisdropped
                and (
                    base.typtype = 'e'
                    or base.oid = 'pg_catalog.varchar'::pg_catalog.regtype
                    or exists (
                        select
                        from pg_catalog.pg_opclass as operators
                        join pg_catalog.pg_am as access on access.oid = operators.opcmethod and access.amname = 'btree'
                        where operators.opcintype = base.oid and operators.opcdefault
                            and operators.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace
                    )
                )
        ) as cursor on true`,
        [JSON.stringify(asked), tailBlocks],
    );
    const isOnCluster = rows.some(({ mayBeSpread }) => mayBeSpread);
    const spread = new Set(isOnCluster ? (await loadSpreadTables(database)).map(({ id }) => id) : []);
    const shards = isOnCluster ? await loadShards(database) : new Map<string, readonly Shard[]>();
    return new Map(
        rows.map(({ name, problem, relationIds, database, namesTransactions, cursorType, isCounted, ...rest }) => {
            const isSpread = relationIds.some((id) => spread.has(id));
            const { epoch, file, inserted, changed, deleted, tailBlock } = rest;
            return [
                name,
                {
                    problem,
                    relationIds,
                    database,
                    namesTransactions: namesTransactions && !isSpread,
                    shards:
                        namesTransactions && relationIds.length === 1
                            ? (shards.get(relationIds[0] ?? "") ?? null)
                            : null,
                    cursorType,
                    isSmall: namesTransactions && !isSpread && relationIds.length === 1 && tailBlock <= 0,
                    counters:
                        isCounted && !isSpread && tailBlock > 0
                            ? { epoch, file, inserted, changed, deleted, tailBlock }
                            : null,
                },
            ];
        }),
    );
}

/** The same facts without counters, so that all rows are counted. */
export function withoutCounters(facts: ReadonlyMap<string, LandingFacts>): ReadonlyMap<string, LandingFacts> {
    return new Map([...facts].map(([name, known]) => [name, { ...known, counters: null }]));
}

/** How many rows a landing relation has, and how many of them have arrived since a moment. */
export interface ExactCount {
    readonly rowCount: number;
    readonly arrivedCount: number;
    /** The checksum as of that moment, computed again over the same transactions. */
    readonly doubtful: string;
}

/** Counts every row; one that was inserted or updated since that moment has a newer transaction. */
export async function countArrivals(
    connection: Connection,
    relation: string,
    since: Pick<CountedMoment, "snapshot">,
    relationIds: readonly string[] | null,
    now: string,
): Promise<ExactCount> {
    const { rows } = await connection.query<ExactCount>(
        `select
            pg_catalog.count(*)::float8 as "rowCount",
            pg_catalog.count(*) filter (where ${isArrival(since.snapshot, relationIds, now)})::float8 as "arrivedCount",
            ${sumDoubtful(since.snapshot)} as doubtful
        from ${relation}`,
    );
    return rows[0] ?? { rowCount: 0, arrivedCount: 0, doubtful: "" };
}

/** A checksum of the rows that may have been written in a savepoint of a running transaction. */
export async function loadDoubtful(connection: Connection, relation: string, snapshot: string): Promise<string> {
    if (parseSnapshot(snapshot).running.length === 0) {
        return "";
    }
    const { rows } = await connection.query<{ doubtful: string }>(
        `select ${sumDoubtful(snapshot)} as doubtful from ${relation}`,
    );
    return rows[0]?.doubtful ?? "";
}

/** Counts the rows in the tail of a landing table. */
export async function countTail(connection: Connection, relation: string, block: number): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(
        `select pg_catalog.count(*)::float8 as count from ${relation} where ${isAtOrAfterBlock(block)}`,
    );
    return rows[0]?.count ?? 0;
}

/** An SQL condition for which PostgreSQL reads the table only from that block on. */
export function isAtOrAfterBlock(block: number): string {
    return `ctid >= '(${block},0)'::tid`;
}

/**
 * An SQL condition for rows that were not visible at a moment: the transaction that wrote them had not ended by then
 * (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT), or they arrived with a new partition.
 * A row keeps its transaction when the table is rewritten, and gets another one with every update.
 *
 * @param snapshot `xmin:xmax:running,…` of that moment
 * @param relationIds the table and its partitions at that moment; null when they are the same now
 * @param now a later snapshot; rows beyond it need not be found
 */
export function isArrival(snapshot: string, relationIds: readonly string[] | null, now: string): string {
    const { next, running } = parseSnapshot(snapshot);
    const since = listIdsBetweenOrNull(snapshot, now);
    const listed = since === null ? running : [...running, ...since];
    // A list of ids takes a fifth of the time of `age`.
    // A row stores 32 bits of its transaction id; `age` compares these modulo 2^32, so an id older than half the range looks newer.
    const conditions = since === null ? [`pg_catalog.age(xmin) between 0 and pg_catalog.age('${next}'::xid)`] : [];
    if (listed.length > 0 || conditions.length === 0) {
        conditions.push(`xmin = any ('{${listed.join(",")}}'::xid[])`);
    }
    if (relationIds !== null) {
        conditions.push(`tableoid <> all ('{${relationIds.join(",")}}'::oid[])`);
    }
    return conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" or ")})`;
}

/** With more transaction ids than this, the list would be too long. */
const maxListedIds = 1000;

/** The 32-bit ids of transactions that began between two snapshots; null if there are too many. */
function listIdsBetweenOrNull(snapshot: string, now: string): readonly string[] | null {
    const [, next = ""] = snapshot.split(":");
    const [, nextNow = ""] = now.split(":");
    const count = Number(BigInt(nextNow) - BigInt(next));
    return count > maxListedIds
        ? null
        : Array.from({ length: Math.max(0, count) }, (_, place) => shorten(String(BigInt(next) + BigInt(place))));
}

/** Whether row transactions can be compared with a snapshot: less than half of the 32-bit range has passed since, and none backwards. */
export function isComparable(snapshot: string, now: string): boolean {
    const [oldest = "", next = ""] = snapshot.split(":");
    const [, nextNow = ""] = now.split(":");
    return BigInt(nextNow) >= BigInt(next) && BigInt(nextNow) - BigInt(oldest) < 2_000_000_000n;
}

/**
 * A snapshot does not list the ids of savepoints. So this makes a checksum of the rows whose transaction id lies after the first one
 * that was running: if some of these were savepoints, further rows appear there later and change the checksum.
 */
function sumDoubtful(snapshot: string): string {
    const { first, next, running } = parseSnapshot(snapshot);
    return running.length === 0
        ? "''"
        : `pg_catalog.concat_ws(' ', pg_catalog.count(*) filter (where ${isDoubtful()}), pg_catalog.sum(pg_catalog.hashtextextended(xmin::text, 0)) filter (where ${isDoubtful()}))`;

    function isDoubtful(): string {
        return `pg_catalog.age(xmin) > pg_catalog.age('${next}'::xid) and pg_catalog.age(xmin) <= pg_catalog.age('${first}'::xid) and xmin <> all ('{${running.join(",")}}'::xid[])`;
    }
}

interface Snapshot {
    /** All earlier transactions had ended. */
    readonly first: string;
    /** This transaction and all later ones had not begun. */
    readonly next: string;
    readonly running: readonly string[];
}

/** Parses a snapshot into the 32-bit ids that rows store. */
function parseSnapshot(snapshot: string): Snapshot {
    const [first = "", next = "", running = ""] = snapshot.split(":");
    return {
        first: shorten(first),
        next: shorten(next),
        running: running === "" ? [] : running.split(",").map(shorten),
    };
}

function shorten(id: string): string {
    const low = BigInt(id) & 0xffff_ffffn;
    // Ids 0 to 2 are reserved.
    return (low < 3n ? 3n : low).toString();
}
