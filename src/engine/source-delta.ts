import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { LandingMark, SourceState } from "../runs/source-state.js";
import type { Shard } from "../warehouse/citus.js";
import type { Source } from "../warehouse/registry.js";
import { isCompared } from "../warehouse/source-kind.js";
import {
    countArrivals,
    countTail,
    isArrival,
    isAtOrAfterBlock,
    isComparable,
    loadDoubtful,
    type LandingFacts,
} from "./landing-mark.js";
import { areShardsAsKnown, countShards, loadArrivedKeysOrNull, type ShardCount } from "./shard-mark.js";

/** What has changed in a source since a known state. */
export interface SourceDelta {
    /** The state to record once the new rows were processed. */
    readonly state: SourceState;
    /** SQL condition on the landing table that holds for every new row; null when there are none, `true` when all must be read. */
    readonly condition: string | null;
    /** A clause such as `1,204 new rows`. */
    readonly reason: string;
    /** The error if rows are gone and the user must accept that first; otherwise null. */
    readonly loss: StardeckError | null;
    /** Only in a glance: only a read of all rows could tell whether something is new. */
    readonly isUncertain?: boolean;
}

/** Up to this many late records are listed by key, so that the landing table's index finds them. */
const maxListedKeys = 100_000;

/** Reasons to read all rows again: what happened to the landing table. */
const changedInPlace = "rows were changed in place";
const notTold = "which rows are new cannot be told";

/**
 * Finds the landing rows that arrived in `source` since `known`, and notices if others were changed or deleted.
 *
 * Each row of a table has the id of the transaction that wrote it. The rows whose transaction had ended at the time of `known` can only
 * become fewer. So if their number is the same as then, they are unchanged, and all other rows are new:
 *
 * 1. If all new rows are above the load cursor, or else above the newest version, an index finds them.
 * 2. Otherwise some arrived late, with an old version or while the source was read: these are found by their transaction.
 *
 * If rows are gone or changed, everything is read again. If PostgreSQL's own counters prove that all but the end of the table is
 * unchanged, only the end is counted and searched. Views and foreign tables have no transaction ids: there the content of all rows is
 * compared.
 *
 * @param isGlance reads only the tail and the rows above the cursor: for display, not for builds
 */
export async function findSourceDelta(
    connection: Connection,
    source: Source,
    known: SourceState | null,
    facts: LandingFacts,
    isGlance = false,
): Promise<SourceDelta> {
    const landing = makeLanding(source, facts.cursorType);
    const { rows } = await connection.query<{ snapshot: string }>(
        "select pg_catalog.pg_current_snapshot()::text as snapshot",
    );
    const reading: Reading = { connection, source, landing, facts, snapshot: rows[0]?.snapshot ?? "", isGlance };
    if (known === null) {
        return readAll(reading, null, "never read before");
    }
    if (facts.namesTransactions) {
        return compareTransactions(reading, known);
    }
    if (facts.shards !== null) {
        return compareShards(reading, known, facts.shards);
    }
    return compareContent(reading, known);
}

/**
 * The new state of a source, provided that all its changes since `known` are found; `compareNewestRows` checks that.
 *
 * @returns the state and the quoted cursor column; null if there is no cursor column or no counters
 */
export async function advanceStateOrNull(
    connection: Connection,
    source: Source,
    known: SourceState,
    facts: LandingFacts,
): Promise<{ readonly state: SourceState; readonly cursor: string } | null> {
    const landing = makeLanding(source, facts.cursorType);
    if (landing.cursor === null || facts.counters === null || known.mark?.kind !== "transactions") {
        return null;
    }
    const { rows } = await connection.query<{ snapshot: string }>(
        "select pg_catalog.pg_current_snapshot()::text as snapshot",
    );
    const reading: Reading = {
        connection,
        source,
        landing,
        facts,
        snapshot: rows[0]?.snapshot ?? "",
        isGlance: false,
    };
    const newest = (await loadNewest(connection, landing)) ?? known.newest;
    const mark = { ...known.mark, counters: await markTail(reading) };
    return { state: { ...known, newest, snapshot: reading.snapshot, mark }, cursor: landing.cursor };
}

/** A landing relation as of one moment: the connection is in a repeatable read transaction. */
interface Reading {
    readonly connection: Connection;
    readonly source: Source;
    readonly landing: Landing;
    readonly facts: LandingFacts;
    readonly snapshot: string;
    readonly isGlance: boolean;
}

async function compareTransactions(reading: Reading, known: SourceState): Promise<SourceDelta> {
    const { connection, landing, facts, snapshot } = reading;
    const { mark } = known;
    if (mark?.kind !== "transactions") {
        return readAll(reading, known, mark?.kind === "none" ? mark.reason : "how its rows stood is not known");
    }
    if (mark.database !== facts.database || !isComparable(mark.counted.snapshot, snapshot)) {
        return readAll(reading, known, "the database was moved or restored");
    }
    if (mark.relationIds[0] !== facts.relationIds[0]) {
        return readAll(reading, known, "another table has taken its place");
    }
    const inserted = countInsertedOrNull(facts, mark);
    const isInTail = inserted !== null && (await countAppended(reading, mark)) === inserted;
    if (reading.isGlance && isInTail && inserted === 0) {
        return { state: known, condition: null, reason: "nothing new", loss: null };
    }
    const fresh = await loadFresh(connection, landing, known.newest);
    const newest = fresh.newest ?? known.newest;
    if (inserted !== null) {
        const inTail = `${isAtOrAfterBlock(mark.counters?.tailBlock ?? 0)} and ${isArrival(known.snapshot, null, snapshot)}`;
        // New rows also fill free space before the tail: an index finds those above the cursor.
        const places = `select ctid from ${landing.relation} where ${inTail} union select ctid from ${landing.relation} where ${landing.isAbove(known.newest)}`;
        const isNew = isInTail ? inTail : `ctid = any (array(${places}))`;
        const areAllKnown =
            isInTail ||
            fresh.rowCount === inserted ||
            (inserted <= maxListedKeys && (await countUpTo(connection, landing, isNew, inserted + 1)) === inserted);
        if (areAllKnown || (inserted <= maxListedKeys && !reading.isGlance)) {
            const state = {
                rowCount: known.rowCount + inserted,
                newest,
                snapshot,
                mark: { ...mark, counters: await markTail(reading) },
            };
            const isNewOrLate = `ctid = any (array(${places} union ${buildLateRowsSql(landing, known, snapshot, inserted)}))`;
            const condition = areAllKnown ? isNew : isNewOrLate;
            const delta = await describeArrivalOrNull(reading, known, state, fresh.rowCount, condition);
            if (delta !== null) {
                return delta;
            }
        }
    }
    if (reading.isGlance && !facts.isSmall) {
        return describeGlance(known, landing, fresh.rowCount);
    }
    // Newly attached partitions contain rows of old transactions.
    const relationIds = facts.relationIds.every((id) => mark.relationIds.includes(id)) ? null : mark.relationIds;
    const exact = await countArrivals(connection, landing.relation, mark.counted, relationIds, snapshot);
    const left = exact.rowCount - exact.arrivedCount;
    if (left !== mark.counted.rowCount || exact.doubtful !== mark.counted.doubtful) {
        return readAll(reading, known, left < mark.counted.rowCount ? changedInPlace : notTold);
    }
    const state = { rowCount: exact.rowCount, newest, snapshot, mark: await markTransactions(reading, exact.rowCount) };
    return (
        (await describeArrivalOrNull(
            reading,
            known,
            state,
            fresh.rowCount,
            isArrival(known.snapshot, relationIds, snapshot),
        )) ?? (await readAll(reading, known, notTold))
    );
}

/** Among how many of the newest rows late ones are looked for, for each that came. */
const rowsBackPerNewRow = 64;

/** The places of late rows not far below the cursor, which an index gives in its order. */
function buildLateRowsSql(landing: Landing, known: SourceState, snapshot: string, inserted: number): string {
    const { relation, cursor } = landing;
    if (cursor === null || known.newest === null) {
        return `select ctid from ${relation} where false`;
    }
    const rowsBack = Math.min(rowsBackPerNewRow * inserted, Math.ceil(known.rowCount / 8));
    return `select ctid from (
        select ctid, xmin from ${relation} where ${cursor} <= ${quoteLiteral(known.newest)} order by ${cursor} desc limit ${rowsBack}
    ) as latest where ${isArrival(known.snapshot, null, snapshot)}`;
}

/** How many rows were inserted since, including rolled back ones; null if the counters show other changes or do not tell. */
function countInsertedOrNull(
    { counters }: LandingFacts,
    { counters: known }: Extract<LandingMark, { kind: "transactions" }>,
): number | null {
    if (known === null || counters === null) {
        return null;
    }
    const { epoch, file, changed } = counters;
    return known.epoch === epoch && known.file === file && known.changed === changed
        ? counters.inserted - known.inserted
        : null;
}

/** How many more rows than then the tail has. */
async function countAppended(
    { connection, landing }: Reading,
    { counters: known }: Extract<LandingMark, { kind: "transactions" }>,
): Promise<number> {
    return known === null ? 0 : (await countTail(connection, landing.relation, known.tailBlock)) - known.tailRowCount;
}

function describeGlance(known: SourceState, landing: Landing, freshCount: number): SourceDelta {
    return freshCount > 0
        ? { state: known, condition: landing.isAbove(known.newest), reason: formatRows(freshCount, "new "), loss: null }
        : { state: known, condition: null, reason: "a build looks at all its rows", loss: null, isUncertain: true };
}

async function compareShards(reading: Reading, known: SourceState, shards: readonly Shard[]): Promise<SourceDelta> {
    const { connection, source, landing, facts, snapshot } = reading;
    if (reading.isGlance) {
        return describeGlance(known, landing, (await loadFresh(connection, landing, known.newest)).rowCount);
    }
    const { mark } = known;
    if (mark?.kind !== "shards") {
        return readAll(reading, known, mark?.kind === "none" ? mark.reason : "how its rows stood is not known");
    }
    const counts = await countShards(connection, shards, mark.shards, landing.isAbove(known.newest));
    if (mark.database !== facts.database || !areShardsAsKnown(mark.shards, counts)) {
        return readAll(reading, known, "rows were changed in place, or a shard was moved, split or restored");
    }
    const all = [...counts.values()];
    const sum = (numberOf: (count: ShardCount) => number): number =>
        all.reduce((total, count) => total + numberOf(count), 0);
    const rowCount = sum((count) => count.rowCount);
    const arrived = rowCount - sum(({ settledThen }) => settledThen);
    const newest = (await loadNewest(connection, landing)) ?? known.newest;
    const state: SourceState = { rowCount, newest, snapshot, mark: marksOf(facts, counts) };
    if (arrived === 0) {
        return { state, condition: null, reason: "nothing new", loss: null };
    }
    const isReadAgain = Object.values(mark.shards).some(({ otherCount }) => otherCount > 0);
    const reason = formatRows(arrived, "new ");
    if (!isReadAgain && sum(({ freshCount }) => freshCount) === arrived) {
        return { state, condition: landing.isAbove(known.newest), reason, loss: null };
    }
    const [key = "", ...others] = source.keyColumns.map(quoteIdentifier);
    const keys =
        others.length > 0 ? null : await loadArrivedKeysOrNull(connection, shards, mark.shards, key, maxListedKeys);
    return keys === null
        ? readAll(reading, known, notTold)
        : { state, condition: buildIsListedSql(key, keys), reason: `${reason}, late ones among them`, loss: null };
}

function marksOf(facts: LandingFacts, counts: ReadonlyMap<string, ShardCount>): LandingMark {
    return {
        kind: "shards",
        database: facts.database,
        shards: Object.fromEntries([...counts].map(([id, { mark }]) => [id, mark])),
    };
}

async function compareContent(reading: Reading, known: SourceState): Promise<SourceDelta> {
    const { connection, landing, snapshot } = reading;
    if (reading.isGlance) {
        return describeGlance(known, landing, (await loadFresh(connection, landing, known.newest)).rowCount);
    }
    const { rows } = await connection.query<ComparedContent>(
        `select
            pg_catalog.count(*)::float8 as "rowCount",
            pg_catalog.count(*) filter (where is_fresh)::float8 as "freshCount",
            coalesce(pg_catalog.sum(hash), 0)::text as checksum,
            coalesce(pg_catalog.sum(hash) filter (where is_fresh is not true), 0)::text as "knownChecksum"
        from (
            select ${rowHash} as hash, ${landing.isAbove(known.newest)} as is_fresh
            from ${landing.relation} as landing
        ) as compared`,
    );
    const { rowCount, freshCount, checksum, knownChecksum } = rows[0] ?? nothingCompared;
    const { mark } = known;
    const newest = await loadNewest(connection, landing);
    const state: SourceState = { rowCount, newest, snapshot, mark: { kind: "content", checksum } };
    if (mark?.kind === "content") {
        if (rowCount === known.rowCount && checksum === mark.checksum) {
            return { state, condition: null, reason: "nothing new", loss: null };
        }
        if (rowCount - freshCount === known.rowCount && knownChecksum === mark.checksum) {
            const reason = formatRows(freshCount, "new ");
            return { state, condition: landing.isAbove(known.newest), reason, loss: null };
        }
    }
    const reason =
        mark?.kind === "none"
            ? mark.reason
            : mark?.kind === "content" && rowCount === known.rowCount
              ? changedInPlace
              : notTold;
    return {
        state,
        condition: "true",
        ...describeLoss(reading.source, known, rowCount, formatReread(reading.source, reason)),
    };
}

/** Adds "all are read" to a reason, except for a source with a copy, where readers do not read all rows again. */
function formatReread(source: Source, reason: string): string {
    return isCompared(source) || reason.endsWith(": all are read") ? reason : `${reason}: all are read`;
}

interface ComparedContent {
    readonly rowCount: number;
    readonly freshCount: number;
    readonly checksum: string;
    readonly knownChecksum: string;
}

const nothingCompared: ComparedContent = {
    rowCount: 0,
    freshCount: 0,
    checksum: "0",
    knownChecksum: "0",
};

/** A hash of the content of a row of `landing`; its sum does not depend on the order of rows. */
const rowHash = `pg_catalog.hashtextextended((landing.*)::text collate "C", 0)`;

/** The delta that reads all rows, with their current state to record. */
async function readAll(reading: Reading, known: SourceState | null, reason: string): Promise<SourceDelta> {
    const { connection, source, landing, facts, snapshot } = reading;
    if (known !== null) {
        reason = formatReread(source, reason);
    }
    if (reading.isGlance) {
        const state = known ?? { rowCount: 0, newest: null, snapshot, mark: null };
        return { state, condition: "true", reason, loss: null };
    }
    if (facts.shards !== null) {
        const counts = await countShards(connection, facts.shards, {}, "false");
        const rowCount = [...counts.values()].reduce((total, count) => total + count.rowCount, 0);
        const state = {
            rowCount,
            newest: await loadNewest(connection, landing),
            snapshot,
            mark: marksOf(facts, counts),
        };
        return { state, condition: "true", ...describeLoss(source, known, rowCount, reason) };
    }
    const rowCount = await countRows(connection, landing);
    const newest = await loadNewest(connection, landing);
    const mark = facts.namesTransactions
        ? await markTransactions(reading, rowCount)
        : ({ kind: "content", checksum: await loadChecksum(connection, landing) } as const);
    const state = { rowCount, newest, snapshot, mark };
    return { state, condition: "true", ...describeLoss(source, known, rowCount, reason) };
}

async function markTransactions(reading: Reading, rowCount: number): Promise<LandingMark> {
    const { connection, landing, facts, snapshot } = reading;
    return {
        kind: "transactions",
        database: facts.database,
        relationIds: facts.relationIds,
        counted: { rowCount, snapshot, doubtful: await loadDoubtful(connection, landing.relation, snapshot) },
        counters: await markTail(reading),
    };
}

async function markTail({
    connection,
    landing,
    facts: { counters },
}: Reading): Promise<Extract<LandingMark, { kind: "transactions" }>["counters"]> {
    return counters && { ...counters, tailRowCount: await countTail(connection, landing.relation, counters.tailBlock) };
}

/** Null if no condition selects exactly the rows that arrived between the two states. */
async function describeArrivalOrNull(
    { connection, source, landing }: Reading,
    known: SourceState,
    state: SourceState,
    freshCount: number,
    isNew: string,
): Promise<SourceDelta | null> {
    const arrived = state.rowCount - known.rowCount;
    const reason = arrived === 0 ? "nothing new" : formatRows(arrived, "new ");
    if (freshCount === arrived) {
        return { state, condition: arrived === 0 ? null : landing.isAbove(known.newest), reason, loss: null };
    }
    const condition = await findArrivedRowsOrNull(connection, source, landing, isNew, arrived);
    return condition === null ? null : { state, condition, reason: `${reason}, late ones among them`, loss: null };
}

export function formatRows(count: number, adjective = ""): string {
    return `${count.toLocaleString("en")} ${adjective}${count === 1 ? "row" : "rows"}`;
}

/** Lost rows may be a fault of the extract, so the user must accept them. */
function describeLoss(
    source: Source,
    known: SourceState | null,
    rowCount: number,
    reason: string,
): Pick<SourceDelta, "reason" | "loss"> {
    if (known === null || rowCount >= known.rowCount) {
        return { reason, loss: null };
    }
    const now = rowCount.toLocaleString("en");
    return {
        reason: `rows are gone: ${known.rowCount.toLocaleString("en")} before, ${now} now`,
        loss: mayLose(source, known.rowCount - rowCount, known.rowCount)
            ? null
            : new StardeckError(
                  source.kind === "versions"
                      ? `The landing table ${source.schema}.${source.table} had ${formatRows(known.rowCount)} and now has ${now}: landing rows must never go away.`
                      : `The source ${source.schema}.${source.table} had ${formatRows(known.rowCount)} and now has ${now}: ${describeDeletes(source)}.`,
                  { code: "failed", hint: lossHint },
              ),
    };
}

/** Whether a source may lose this many rows without the user's consent. */
export function mayLose({ deletes }: Pick<Source, "deletes">, lost: number, before: number): boolean {
    return deletes === "follow" || (typeof deletes === "object" && lost <= deletes.upToShare * before);
}

/** A clause that says which losses of rows a source allows. */
export function describeDeletes({ deletes }: Pick<Source, "deletes">): string {
    return typeof deletes === "object"
        ? `up to ${formatShare(deletes.upToShare)} of its rows may go away at a time`
        : "its rows must not go away";
}

export const lossHint =
    "If that is meant to be so, build with --accept-source-shrink: everything that reads it is then rebuilt.";

function formatShare(share: number): string {
    return `${(share * 100).toLocaleString("en")} %`;
}

/** A landing table, prepared for SQL. */
interface Landing {
    readonly relation: string;
    /** Null if no column tells which rows are the newest. */
    readonly cursor: string | null;
    /** An SQL condition, suitable for an index, for rows above a value of the cursor but below infinity. */
    readonly isAbove: (value: string | null) => string;
}

/** Types with an infinite value, which sorts above all others except NaN. */
const typesWithInfinity = /^(timestamp|date|numeric|real|double)/;

function makeLanding(source: Source, cursorType: string | null): Landing {
    const relation = quoteQualified(source.schema, source.table);
    const cursorColumn = source.loadCursorColumn ?? source.versionColumn;
    if (cursorColumn === null || cursorType === null) {
        return { relation, cursor: null, isAbove: () => "false" };
    }
    const cursor = quoteIdentifier(cursorColumn);
    const isFinite = typesWithInfinity.test(cursorType) ? ` and ${cursor} < 'infinity'` : "";
    return {
        relation,
        cursor,
        isAbove: (value) => `${cursor} ${value === null ? "is not null" : `> ${quoteLiteral(value)}`}${isFinite}`,
    };
}

async function countRows(connection: Connection, landing: Landing): Promise<number> {
    const { rows } = await connection.query<{ rowCount: number }>(
        `select count(*)::float8 as "rowCount" from ${landing.relation}`,
    );
    return rows[0]?.rowCount ?? 0;
}

async function loadChecksum(connection: Connection, landing: Landing): Promise<string> {
    const { rows } = await connection.query<{ checksum: string }>(
        `select coalesce(pg_catalog.sum(${rowHash}), 0)::text as checksum from ${landing.relation} as landing`,
    );
    return rows[0]?.checksum ?? "0";
}

/** ORDER BY with LIMIT 1, which an index answers at once; not `max`, which not every ordered type has. */
function buildNewestSql(landing: Landing, known: string | null): string {
    const { cursor, relation } = landing;
    return cursor === null
        ? "select null::text as newest"
        : `select ${cursor}::text as newest from ${relation} as landing where ${landing.isAbove(known)} order by landing.${cursor} desc limit 1`;
}

async function loadNewest(connection: Connection, landing: Landing): Promise<string | null> {
    const { rows } = await connection.query<{ newest: string | null }>(buildNewestSql(landing, null));
    return rows[0]?.newest ?? null;
}

async function loadFresh(
    connection: Connection,
    landing: Landing,
    newest: string | null,
): Promise<Pick<SourceState, "rowCount" | "newest">> {
    const { rows } = await connection.query<Pick<SourceState, "rowCount" | "newest">>(
        `select counted."rowCount", latest.newest
        from (select count(*)::float8 as "rowCount" from ${landing.relation} where ${landing.isAbove(newest)}) as counted
        left join (${buildNewestSql(landing, newest)}) as latest on true`,
    );
    return rows[0] ?? { rowCount: 0, newest: null };
}

async function countUpTo(
    connection: Connection,
    { relation }: Landing,
    condition: string,
    most: number,
): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(
        `select count(*)::float8 as count from (select 1 from ${relation} where ${condition} limit ${most}) as arrived`,
    );
    return rows[0]?.count ?? 0;
}

/** An SQL condition for the new rows; null unless there are exactly `expected` of them. */
async function findArrivedRowsOrNull(
    connection: Connection,
    source: Source,
    landing: Landing,
    condition: string,
    expected: number,
): Promise<string | null> {
    const [key = "", ...others] = source.keyColumns.map(quoteIdentifier);
    if (others.length > 0) {
        return (await countUpTo(connection, landing, condition, expected + 1)) === expected ? condition : null;
    }
    const { rows } = await connection.query<{ count: number; keys: string[] | null; hasNullKey: boolean }>(
        `with arrived as materialized (select ${key}::text as key from ${landing.relation} where ${condition} limit ${expected + 1})
        select
            (select count(*) from arrived)::float8 as count,
            (select array_agg(distinct key) from (select key from arrived limit ${maxListedKeys + 1}) as listed where key is not null) as keys,
            exists (select 1 from arrived where key is null) as "hasNullKey"`,
    );
    const { count = 0, keys = null, hasNullKey = false } = rows[0] ?? {};
    if (count !== expected) {
        return null;
    }
    // Every model that reads the source selects these rows: by key with an index, by transaction only with a scan.
    return keys !== null && keys.length <= maxListedKeys && !hasNullKey ? buildIsListedSql(key, keys) : condition;
}

/** A condition on a column: that its value, as PostgreSQL prints it, is one of the keys. */
export function buildIsListedSql(column: string, keys: readonly string[]): string {
    // In an array's literal a backslash takes any character as it is, a line break too: nothing else is written by an escape.
    const items = keys.map((key) => `"${key.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    return `${column} = any(${quoteLiteral(`{${items.join(",")}}`)})`;
}
