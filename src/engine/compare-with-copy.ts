import type { Connection } from "../database/connection.js";
import { changeSign } from "../derivation/change-sign.js";
import type { Source } from "../warehouse/registry.js";
import type { LandingMark, SourceState } from "../runs/source-state.js";
import { quoteLiteral } from "../sql/identifiers.js";
import type { CopiedColumns } from "./copied-columns.js";
import { countArrivals, isArrival, isComparable, type LandingFacts } from "./landing-mark.js";
import { makeBadKeyError, withGoodKey } from "./bad-source-key.js";

/** The changed rows of a source that is changed in place, for the rest of the transaction: `(change_sign, is_update, image)`. */
const changedImages = "pg_temp.stardeck_source_changed";
const arrivedImages = "pg_temp.stardeck_source_arrived";

/** The changed rows of a source as mappings expect them: old versions with the sign −1, new ones with +1. */
export const changedOfSource = `select (image).*, ${changeSign} from ${changedImages}`;

/** How many rows of a source have changed since its copy was made. */
export interface SourceChanges {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
}

/** A source and its copy, read in one snapshot. */
export interface Comparison {
    readonly copied: CopiedColumns;
    /** The quoted name of the copy, which is also its row type. */
    readonly copy: string;
    readonly source: Source;
}

/** Takes the rows that meet the condition as inserted. The caller knows that nothing else has changed. */
export async function takeInsertedRows(
    connection: Connection,
    { copied, copy }: Comparison,
    condition: string,
): Promise<void> {
    await makeChangedImages(connection, copy);
    await connection.query(
        `insert into ${changedImages} (${changeSign}, is_update, image)
        select 1, false, row(${copied.names.join(", ")})::${copy} from ${copied.relation} where ${condition}`,
    );
}

/** Compares all rows of the source and its copy by key. */
export async function compareAllRows(connection: Connection, { copied, copy }: Comparison): Promise<void> {
    const { names, relation, key } = copied;
    const first = key[0]?.name ?? "";
    await makeChangedImages(connection, copy);
    // record_image_ne compares rows byte by byte: it works for every type (json has no =), and null equals null.
    // A source row with a null key matches no row of the copy, so it counts as new.
    await connection.query(
        `insert into ${changedImages} (${changeSign}, is_update, image)
        select image.sign, is_old and is_new, image.image
        from (
            select
                old.${first} is not null as is_old,
                new.${first} is not null or old.${first} is null as is_new,
                row(${qualify("old", names)})::${copy} as old_row,
                row(${qualify("new", names)})::${copy} as new_row
            from ${copy} as old
            full join (select ${names.join(", ")} from ${relation}) as new on ${meets(copied, "old", "new")}
            where old.${first} is null
                or new.${first} is null
                or pg_catalog.record_image_ne(row(${qualify("old", names)}), row(${qualify("new", names)}))
        ) as compared
        cross join lateral (values ((-1)::smallint, is_old, old_row), (1::smallint, is_new, new_row)) as image (sign, is_there, image)
        where image.is_there`,
    );
}

/**
 * Compares with the copy only the rows that were written since all rows were last counted, and searches for deleted rows only if the
 * counts show that some are gone.
 *
 * @returns false if the rows' transactions do not suffice to find the changes
 */
export async function compareArrivedRows(
    connection: Connection,
    comparison: Comparison,
    known: SourceState,
    facts: LandingFacts,
    snapshot: string,
): Promise<boolean> {
    const { copied } = comparison;
    const mark = comparableMarkOrNull(known, facts, snapshot);
    if (mark === null) {
        return false;
    }
    const relationIds = facts.relationIds.every((id) => mark.relationIds.includes(id)) ? null : mark.relationIds;
    const { rowCount, arrivedCount, doubtful } = await countArrivals(
        connection,
        copied.relation,
        mark.counted,
        relationIds,
        snapshot,
    );
    if (doubtful !== mark.counted.doubtful) {
        return false;
    }
    const { inserted, updated } = await compareRowsWhere(
        connection,
        comparison,
        isArrival(mark.counted.snapshot, relationIds, snapshot),
    );
    const gone = known.rowCount - (rowCount - arrivedCount) - updated;
    if (gone < 0 || arrivedCount !== inserted + updated || (await hasSharedKey(connection, comparison))) {
        return false;
    }
    return gone === 0 || (await takeGoneRows(connection, comparison)) === gone;
}

function comparableMarkOrNull(
    { mark }: SourceState,
    facts: LandingFacts,
    snapshot: string,
): Extract<LandingMark, { kind: "transactions" }> | null {
    return facts.namesTransactions &&
        mark?.kind === "transactions" &&
        mark.database === facts.database &&
        mark.relationIds[0] === facts.relationIds[0] &&
        isComparable(mark.counted.snapshot, snapshot)
        ? mark
        : null;
}

/**
 * Compares with the copy only the rows above the newest known one, which an index on the version column finds.
 *
 * @returns false if PostgreSQL's counters do not prove that these rows are all that was inserted or updated since, and that nothing
 * was deleted
 */
export async function compareNewestRows(
    connection: Connection,
    comparison: Comparison,
    known: SourceState,
    facts: LandingFacts,
    { snapshot, cursor }: { readonly snapshot: string; readonly cursor: string },
): Promise<boolean> {
    const mark = comparableMarkOrNull(known, facts, snapshot);
    const { counters } = facts;
    const before = mark?.counters ?? null;
    if (mark === null || counters === null || before === null || known.newest === null) {
        return false;
    }
    // If rows may share a key, counts by key prove nothing.
    const isCounted =
        comparison.copied.isKeyHeld &&
        before.epoch === counters.epoch &&
        before.file === counters.file &&
        before.changed !== counters.changed &&
        before.deleted === counters.deleted;
    if (!isCounted) {
        return false;
    }
    const { inserted, updated } = await compareRowsWhere(
        connection,
        comparison,
        `${cursor} >= ${quoteLiteral(known.newest)} and ${isArrival(known.snapshot, null, snapshot)}`,
    );
    return inserted === counters.inserted - before.inserted && updated === counters.changed - before.changed;
}

/** Whether PostgreSQL's counters show updates or deletions in a large table: then checking for mere insertions is useless. */
export function isKnownToHaveChanged({ mark }: SourceState, { counters }: LandingFacts): boolean {
    return (
        counters !== null &&
        mark?.kind === "transactions" &&
        mark.counters?.epoch === counters.epoch &&
        mark.counters.changed !== counters.changed
    );
}

/** Compares some rows of the source with those of the copy by key; counts all of them, also unchanged ones. */
async function compareRowsWhere(
    connection: Connection,
    { copied, copy }: Comparison,
    condition: string,
): Promise<{ readonly inserted: number; readonly updated: number }> {
    const { names, relation, key } = copied;
    const first = key[0]?.name ?? "";
    await makeChangedImages(connection, copy);
    await connection.query(`drop table if exists ${arrivedImages}`);
    await connection.query(
        `create temporary table stardeck_source_arrived on commit drop as
        select ${names.join(", ")} from ${relation} where ${condition}`,
    );
    await connection.query(`analyze ${arrivedImages}`);
    await connection.query(
        `insert into ${changedImages} (${changeSign}, is_update, image)
        select image.sign, is_old, image.image
        from (
            select
                old.${first} is not null as is_old,
                row(${qualify("old", names)})::${copy} as old_row,
                row(${qualify("new", names)})::${copy} as new_row
            from ${arrivedImages} as new
            left join ${copy} as old on ${meets(copied, "old", "new")}
            where old.${first} is null or pg_catalog.record_image_ne(row(${qualify("old", names)}), row(${qualify("new", names)}))
        ) as compared
        cross join lateral (values ((-1)::smallint, is_old, old_row), (1::smallint, true, new_row)) as image (sign, is_there, image)
        where image.is_there`,
    );
    const { rows } = await connection.query<{ inserted: number; updated: number }>(
        `select
            count(*) filter (where old.${first} is null)::float8 as inserted,
            count(*) filter (where old.${first} is not null)::float8 as updated
        from ${arrivedImages} as new
        left join ${copy} as old on ${meets(copied, "old", "new")}`,
    );
    return rows[0] ?? { inserted: 0, updated: 0 };
}

async function takeGoneRows(connection: Connection, { copied, copy }: Comparison): Promise<number> {
    const { rowCount } = await connection.query(
        `insert into ${changedImages} (${changeSign}, is_update, image)
        select -1, false, row(${qualify("old", copied.names)})::${copy}
        from ${copy} as old
        where not exists (select from ${copied.relation} as new where ${meets(copied, "old", "new")})`,
    );
    return rowCount;
}

async function makeChangedImages(connection: Connection, copy: string): Promise<void> {
    await connection.query(`drop table if exists ${changedImages}`);
    await connection.query(
        `create temporary table stardeck_source_changed (${changeSign} smallint, is_update boolean, image ${copy}) on commit drop`,
    );
}

/** How many changed rows the last comparison has found. */
export async function countChanges(connection: Connection): Promise<SourceChanges> {
    const { rows } = await connection.query<SourceChanges>(
        `select
            count(*) filter (where ${changeSign} = 1 and not is_update)::float8 as inserted,
            count(*) filter (where ${changeSign} = 1 and is_update)::float8 as updated,
            count(*) filter (where ${changeSign} = -1 and not is_update)::float8 as deleted
        from ${changedImages}`,
    );
    return rows[0] ?? { inserted: 0, updated: 0, deleted: 0 };
}

/**
 * Applies the changes to the copy, so that it equals the source.
 *
 * @throws StardeckError `failed` if the key does not identify the source's rows
 */
export async function applyToCopy(connection: Connection, comparison: Comparison): Promise<void> {
    const { copied, copy } = comparison;
    const changedKey = copied.key.map(({ name, equality }) => `old.${name} ${equality} (changed.image).${name}`);
    await connection.query(`analyze ${changedImages} (${changeSign})`);
    await connection.query(
        `delete from ${copy} as old using ${changedImages} as changed
        where changed.${changeSign} = -1 and ${changedKey.join(" and ")}`,
    );
    const hasNoKey = copied.key.map(({ name }) => `(image).${name} is null`).join(" or ");
    const { rows } = await connection.query<{ hasNoKey: boolean }>(
        `select exists (select from ${changedImages} where ${hasNoKey}) as "hasNoKey"`,
    );
    if (rows[0]?.hasNoKey === true) {
        throw await makeBadKeyError(connection, comparison.source, copied);
    }
    await withGoodKey(connection, comparison.source, copied, () =>
        connection.query(`insert into ${copy} select (image).* from ${changedImages} where ${changeSign} = 1`),
    );
    if (!copied.isKeyHeld && (await countRows(connection, copy)) !== (await countRows(connection, copied.relation))) {
        throw await makeBadKeyError(connection, comparison.source, copied);
    }
}

async function countRows(connection: Connection, relation: string): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(`select count(*)::float8 as count from ${relation}`);
    return rows[0]?.count ?? 0;
}

/** Whether several rows of the source share the key of an arrived row. */
async function hasSharedKey(connection: Connection, { copied }: Comparison): Promise<boolean> {
    if (copied.isKeyHeld) {
        return false;
    }
    const { rows } = await connection.query<{ isShared: boolean }>(
        `select exists (
            select
            from ${copied.relation} as new
            where exists (select from ${arrivedImages} as arrived where ${meets(copied, "arrived", "new")})
            group by ${copied.key.map(({ name }) => `new.${name}`).join(", ")}
            having count(*) > 1
        ) as "isShared"`,
    );
    return rows[0]?.isShared ?? false;
}

function meets({ key }: CopiedColumns, one: string, other: string): string {
    return key.map(({ name, equality }) => `${one}.${name} ${equality} ${other}.${name}`).join(" and ");
}

function qualify(alias: string, names: readonly string[]): string {
    return names.map((name) => `${alias}.${name}`).join(", ");
}
