import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { Source } from "../warehouse/registry.js";
import {
    countAppendedRowsOrNull,
    isAtOrAfterBlock,
    makeLandingMark,
    type LandingCounters,
    type LandingMark,
} from "./landing-mark.js";

/** What a model knew of a source when it was last built. */
export interface SourceState {
    readonly rowCount: number;
    /** Greatest finite value of the cursor column, as text; null for an empty source. */
    readonly newest: string | null;
    /** `pg_current_snapshot()` of that moment: which transactions had landed their rows. */
    readonly snapshot: string;
    /** What spares the next build from counting all rows; null where nothing does. */
    readonly mark: LandingMark | null;
}

/** What came to a source since a known state. */
export interface SourceDelta {
    /** To be remembered once the new rows are dealt with. */
    readonly state: SourceState;
    /** SQL condition on the landing table that holds for every new row; null when there are none, `true` when all must be read. */
    readonly condition: string | null;
    /** For people: `1,204 new rows`. */
    readonly reason: string;
}

/** So many late records are worth a list of keys, by which the landing table's index finds them. */
const maxListedKeys = 100_000;

export interface SourceDeltaOptions {
    /** Read everything again where rows are gone, instead of refusing. */
    readonly acceptShrink: boolean;
    /** What the server has counted of the landing table; null to count all its rows. */
    readonly counters: LandingCounters | null;
}

/**
 * Finds the landing rows that came to `source` since `known`. Landing tables only grow, so their count says how many came.
 *
 * 1. Rows above the load cursor, or above the newest version where there is none, are new. If the count agrees, that was all.
 * 2. Else some came late, with an old version or while the source was read: then the rows whose transaction was not yet visible
 *    (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT). If the count agrees, those are exactly the new ones.
 * 3. Else nothing tells them apart (a restored or rewritten table, a foreign one): everything is read again.
 *
 * Where the server's own counters vouch for all but the end of the table, only the end is counted and searched.
 *
 * @throws StardeckError `failed` when rows are gone, unless `acceptShrink`: then everything is read again.
 */
export async function findSourceDelta(
    connection: Connection,
    source: Source,
    known: SourceState | null,
    { acceptShrink, counters }: SourceDeltaOptions,
): Promise<SourceDelta> {
    const landing = makeLanding(source);
    const { mark, snapshot } = await markLanding(connection, landing, counters);
    if (known === null) {
        const rowCount = await countRows(connection, landing);
        const newest = await loadNewest(connection, landing);
        return { state: { rowCount, newest, snapshot, mark }, condition: "true", reason: "never read before" };
    }
    const fresh = await loadFresh(connection, landing, known.newest);
    const newest = fresh.newest ?? known.newest;
    if (known.mark !== null && counters !== null) {
        const appended = await countAppendedRowsOrNull(connection, landing.relation, known.mark, counters);
        if (appended !== null) {
            const state = { rowCount: known.rowCount + appended, newest, snapshot, mark };
            const since = { ...known, fromBlock: known.mark.tailBlock };
            const delta = await describeArrivalOrNull(connection, source, landing, since, state, fresh.rowCount);
            if (delta !== null) {
                return delta;
            }
        }
    }
    const state = { rowCount: await countRows(connection, landing), newest, snapshot, mark };
    if (state.rowCount < known.rowCount) {
        if (!acceptShrink) {
            refuseShrink(source, known.rowCount, state.rowCount);
        }
        const newestLeft = await loadNewest(connection, landing);
        return { state: { ...state, newest: newestLeft }, condition: "true", reason: "rows are gone" };
    }
    const since = { ...known, fromBlock: 0 };
    return (
        (await describeArrivalOrNull(connection, source, landing, since, state, fresh.rowCount)) ?? {
            state,
            condition: "true",
            reason: "which rows are new cannot be told: all are read",
        }
    );
}

/** Null when nothing tells the rows apart that came between the two states. */
async function describeArrivalOrNull(
    connection: Connection,
    source: Source,
    landing: Landing,
    known: SourceState & { readonly fromBlock: number },
    state: SourceState,
    freshCount: number,
): Promise<SourceDelta | null> {
    const arrived = state.rowCount - known.rowCount;
    const reason = arrived === 0 ? "nothing new" : formatRows(arrived, "new ");
    if (freshCount === arrived) {
        return { state, condition: arrived === 0 ? null : landing.isAbove(known.newest), reason };
    }
    const condition = await findArrivedRowsOrNull(connection, source, landing, known, arrived);
    return condition === null ? null : { state, condition, reason: `${reason}, late ones among them` };
}

function formatRows(count: number, adjective = ""): string {
    return `${count.toLocaleString("en")} ${adjective}${count === 1 ? "row" : "rows"}`;
}

function refuseShrink(source: Source, before: number, now: number): never {
    throw new StardeckError(
        `The landing table ${source.schema}.${source.name} had ${formatRows(before)} and now has ${now.toLocaleString("en")}: landing rows must never go away.`,
        {
            code: "failed",
            hint: "If that is meant to be so, build with --accept-source-shrink: everything that reads it is then rebuilt.",
        },
    );
}

/** A landing table as SQL needs it. */
interface Landing {
    readonly relation: string;
    readonly cursor: string;
    /** Holds for rows above a value of the cursor, and, as an index can tell, for no infinite ones. */
    readonly isAbove: (value: string | null) => string;
}

function makeLanding(source: Source): Landing {
    const cursorColumn = source.loadCursorColumn ?? source.versionColumn;
    const cursor = quoteIdentifier(cursorColumn);
    const type = source.columns.find((column) => column.name === cursorColumn)?.type ?? "";
    const isFinite = /^(timestamp|date)/.test(type) ? ` and ${cursor} < 'infinity'` : "";
    return {
        relation: quoteQualified(source.schema, source.name),
        cursor,
        isAbove: (value) => `${cursor} ${value === null ? "is not null" : `> ${quoteLiteral(value)}`}${isFinite}`,
    };
}

/** What is remembered beside the counts, all of one moment: the connection is in a repeatable read transaction. */
async function markLanding(
    connection: Connection,
    landing: Landing,
    counters: LandingCounters | null,
): Promise<Pick<SourceState, "mark" | "snapshot">> {
    const { rows } = await connection.query<{ snapshot: string }>("select pg_current_snapshot()::text as snapshot");
    return {
        snapshot: rows[0]?.snapshot ?? "",
        mark: counters && (await makeLandingMark(connection, landing.relation, counters)),
    };
}

async function countRows(connection: Connection, landing: Landing): Promise<number> {
    const { rows } = await connection.query<{ rowCount: number }>(
        `select count(*)::float8 as "rowCount" from ${landing.relation}`,
    );
    return rows[0]?.rowCount ?? 0;
}

/** An index answers it at once. */
async function loadNewest(connection: Connection, landing: Landing): Promise<string | null> {
    const { rows } = await connection.query<{ newest: string | null }>(
        `select max(${landing.cursor})::text as newest from ${landing.relation} where ${landing.isAbove(null)}`,
    );
    return rows[0]?.newest ?? null;
}

async function loadFresh(
    connection: Connection,
    landing: Landing,
    newest: string | null,
): Promise<Pick<SourceState, "rowCount" | "newest">> {
    const { rows } = await connection.query<Pick<SourceState, "rowCount" | "newest">>(
        `select count(*)::float8 as "rowCount", max(${landing.cursor})::text as newest
        from ${landing.relation}
        where ${landing.isAbove(newest)}`,
    );
    return rows[0] ?? { rowCount: 0, newest: null };
}

/** The condition that holds for the rows that `snapshot` did not see; null unless there are exactly `expected` of them. */
async function findArrivedRowsOrNull(
    connection: Connection,
    source: Source,
    landing: Landing,
    { snapshot, fromBlock }: { readonly snapshot: string; readonly fromBlock: number },
    expected: number,
): Promise<string | null> {
    const isNotSeen = buildNotSeenSql(snapshot);
    const condition = fromBlock === 0 ? isNotSeen : `${isAtOrAfterBlock(fromBlock)} and ${isNotSeen}`;
    const key = quoteIdentifier(source.keyColumn);
    const { rows } = await connection.query<{ count: number; keys: string[] | null; hasNullKey: boolean }>(
        `with arrived as materialized (select ${key}::text as key from ${landing.relation} where ${condition} limit ${expected + 1})
        select
            (select count(*) from arrived)::float8 as count,
            (select array_agg(distinct key) from (select key from arrived limit ${maxListedKeys + 1}) as listed where key is not null) as keys,
            exists (select from arrived where key is null) as "hasNullKey"`,
    );
    const { count = 0, keys = null, hasNullKey = false } = rows[0] ?? {};
    if (count !== expected) {
        return null;
    }
    // Every model that reads the source asks for these rows: by key an index finds them, by transaction only a scan.
    const isListed = keys !== null && keys.length <= maxListedKeys && !hasNullKey;
    return isListed
        ? `${key} = any(${quoteLiteral(`{${keys.map((item) => JSON.stringify(item)).join(",")}}`)})`
        : condition;
}

/**
 * Holds for rows whose inserting transaction a snapshot (`xmin:xmax:in-progress,…`) did not see: it came later, or was in progress.
 * A row knows 32 bits of its transaction's number; `age` compares such numbers in a circle.
 */
function buildNotSeenSql(snapshot: string): string {
    const [, next = "", inProgress = ""] = snapshot.split(":");
    const shorten = (id: string): string => {
        const low = BigInt(id) & 0xffff_ffffn;
        // 0 to 2 are no ordinary transactions.
        return (low < 3n ? 3n : low).toString();
    };
    const running = inProgress === "" ? [] : inProgress.split(",").map(shorten);
    const isLater = `age(xmin) <= age('${shorten(next)}'::xid)`;
    return running.length === 0 ? isLater : `(${isLater} or xmin = any('{${running.join(",")}}'::xid[]))`;
}
