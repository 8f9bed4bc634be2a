import type { Connection } from "../database/connection.js";
import type { CountedMoment, LandingCounters } from "../runs/source-state.js";
import { isClusterSql, loadShards, loadSpreadTables, type Shard } from "../warehouse/citus.js";
import type { Queryable, Source } from "../warehouse/registry.js";

/** What the catalog says of a landing relation, whose rows were not looked at. */
export interface LandingFacts {
    /** What keeps this role from reading all its rows, a clause of a sentence; null when nothing does. */
    readonly problem: string | null;
    /** Which relation it is, and for a table with partitions or children which those are: numbers that are never given twice. */
    readonly relationIds: readonly string[];
    /** Which server and database: elsewhere the numbers of transactions and relations mean something else. */
    readonly database: string;
    /** Whether each row names the transaction that wrote it: not in a view, a foreign table or a table spread over servers. */
    readonly namesTransactions: boolean;
    /** Where its rows are, of a table that is spread over the servers of a cluster; null where each of them is not in one place. */
    readonly shards: readonly Shard[] | null;
    /** Null where nothing vouches for a part of it: then all rows are counted. */
    readonly counters: LandingCounters | null;
    /** The type of the load cursor, or else the version column; null where there is none that PostgreSQL orders by operators of its own. */
    readonly cursorType: string | null;
    /** It is all tail: an ordinary table of no more blocks. */
    readonly isSmall: boolean;
}

/** 8 MB: more than what concurrent loaders extend a table by ahead of each other, and counted in milliseconds. */
const tailBlocksDefault = 1024;

/**
 * Reads what the catalog and the server's counters say of the sources. To be asked before the transaction begins whose state
 * is kept: what comes in between must not be counted here and missing there.
 *
 * @param tailBlocks size of the tail in blocks of the server, usually of 8 KB
 * @returns by name of the source; without the sources that are missing
 */
export async function loadLandingFacts(
    database: Queryable,
    sources: Iterable<Source>,
    tailBlocks = tailBlocksDefault,
): Promise<ReadonlyMap<string, LandingFacts>> {
    // What this session has done itself is counted at the end of this statement.
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

/** The same facts for whoever wants all rows counted. */
export function withoutCounters(facts: ReadonlyMap<string, LandingFacts>): ReadonlyMap<string, LandingFacts> {
    return new Map([...facts].map(([name, known]) => [name, { ...known, counters: null }]));
}

/** How many rows a landing relation has, and how many of them are not among those that were there at a moment. */
export interface ExactCount {
    readonly rowCount: number;
    readonly arrivedCount: number;
    /** The same sum as at that moment, over the same transactions. */
    readonly doubtful: string;
}

/** Looks at every row: whatever was inserted or updated since that moment has another transaction than its rows had. */
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

/** Sums up the transactions of the rows that may have been written within a savepoint of one that is running. */
export async function loadDoubtful(connection: Connection, relation: string, snapshot: string): Promise<string> {
    if (parseSnapshot(snapshot).running.length === 0) {
        return "";
    }
    const { rows } = await connection.query<{ doubtful: string }>(
        `select ${sumDoubtful(snapshot)} as doubtful from ${relation}`,
    );
    return rows[0]?.doubtful ?? "";
}

/** How many rows are in the tail of a landing table. */
export async function countTail(connection: Connection, relation: string, block: number): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(
        `select pg_catalog.count(*)::float8 as count from ${relation} where ${isAtOrAfterBlock(block)}`,
    );
    return rows[0]?.count ?? 0;
}

/** SQL condition that PostgreSQL answers by reading the table from that block on. */
export function isAtOrAfterBlock(block: number): string {
    return `ctid >= '(${block},0)'::tid`;
}

/**
 * SQL condition that holds for the rows that were not there at a moment: the transaction that wrote them had not ended by then
 * (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT), or they came along with a partition.
 * A row keeps its transaction however the table is rewritten, and gets another one with every update.
 *
 * @param snapshot `xmin:xmax:running,…` of that moment
 * @param relationIds the table and its partitions at that moment; null when they are the same now
 * @param now a later snapshot, beyond which nothing is asked for
 */
export function isArrival(snapshot: string, relationIds: readonly string[] | null, now: string): string {
    const { next, running } = parseSnapshot(snapshot);
    const since = listIdsBetweenOrNull(snapshot, now);
    const listed = since === null ? running : [...running, ...since];
    // Looking a number up in a list takes a fifth of the time.
    // A row knows 32 bits of its transaction's number; `age` compares such numbers in a circle. What is older than half of it looks younger than now.
    const conditions = since === null ? [`pg_catalog.age(xmin) between 0 and pg_catalog.age('${next}'::xid)`] : [];
    if (listed.length > 0 || conditions.length === 0) {
        conditions.push(`xmin = any ('{${listed.join(",")}}'::xid[])`);
    }
    if (relationIds !== null) {
        conditions.push(`tableoid <> all ('{${relationIds.join(",")}}'::oid[])`);
    }
    return conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" or ")})`;
}

/** More numbers of transactions than this make a list that is too long to read. */
const maxListedIds = 1000;

/** The numbers that transactions were given between two snapshots, as rows know them; null where there are too many. */
function listIdsBetweenOrNull(snapshot: string, now: string): readonly string[] | null {
    const [, next = ""] = snapshot.split(":");
    const [, nextNow = ""] = now.split(":");
    const count = Number(BigInt(nextNow) - BigInt(next));
    return count > maxListedIds
        ? null
        : Array.from({ length: Math.max(0, count) }, (_, place) => shorten(String(BigInt(next) + BigInt(place))));
}

/** Whether the rows' transactions can be compared with a snapshot: no more than half of the circle has been counted since, and nothing backwards. */
export function isComparable(snapshot: string, now: string): boolean {
    const [oldest = "", next = ""] = snapshot.split(":");
    const [, nextNow = ""] = now.split(":");
    return BigInt(nextNow) >= BigInt(next) && BigInt(nextNow) - BigInt(oldest) < 2_000_000_000n;
}

/**
 * A snapshot names no transaction within a transaction. So the rows of whatever is numbered after the first one that was running
 * are summed up by their transactions: when some of those were savepoints, more rows have come by the next time.
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
    /** All before it had ended. */
    readonly first: string;
    /** It and all after it had not begun. */
    readonly next: string;
    readonly running: readonly string[];
}

/** As the 32 bits that a row knows. */
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
    // 0 to 2 are no ordinary transactions.
    return (low < 3n ? 3n : low).toString();
}
