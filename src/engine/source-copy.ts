import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import { saveSourceCopy, type CopyDefinition, type SourceCopy } from "../runs/source-copies.js";
import { copyRelation } from "../warehouse/copy-relation.js";
import type { Source } from "../warehouse/registry.js";
import { appendVersions } from "./append-versions.js";
import { makeBadKeyError, withGoodKey } from "./bad-source-key.js";
import {
    applyToCopy,
    compareAllRows,
    compareArrivedRows,
    compareNewestRows,
    countChanges,
    isKnownToHaveChanged,
    takeInsertedRows,
    type Comparison,
    type SourceChanges,
} from "./compare-with-copy.js";
import { loadCopiedColumns, type CopiedColumns } from "./copied-columns.js";
import type { LandingFacts } from "./landing-mark.js";
import { advanceStateOrNull, describeDeletes, findSourceDelta, formatRows, lossHint, mayLose } from "./source-delta.js";

/** How a source has changed since its copy was made. */
export type CopyChange =
    | { readonly kind: "none" }
    /** The copy was made again, so that single changed rows are not known. */
    | { readonly kind: "filled"; readonly reason: string }
    /** `changedOfSource` has the changed rows for the rest of the transaction. */
    | { readonly kind: "rows"; readonly reason: string };

export interface CopyWish {
    readonly source: Source;
    readonly facts: LandingFacts;
    /** Null if there is no copy yet. */
    readonly copy: SourceCopy | null;
    /** Copy all columns, because a declared mapping may read any. */
    readonly needsAllColumns: boolean;
    /** Ignore the mark and compare all rows. */
    readonly comparesAll: boolean;
    /** Accept deleted rows, whatever the source's `deletes` says. */
    readonly acceptsLoss: boolean;
}

/**
 * Refreshes the copy of a source in the open repeatable read transaction, and returns what has changed.
 *
 * @throws StardeckError `failed` if the key does not identify the rows, or if more rows are gone than the source allows
 */
export async function refreshCopy(connection: Connection, wish: CopyWish): Promise<CopyChange> {
    const { source, copy } = wish;
    const copied = await loadCopiedColumns(connection, source, wish.needsAllColumns);
    const definition: CopyDefinition = {
        schema: source.schema,
        table: source.table,
        keyColumns: source.keyColumns,
        columns: copied.columns,
    };
    if (copy === null || !isSame(copy.definition, definition)) {
        await fillCopy(connection, wish, copied, definition);
        if (source.keepsHistory) {
            await appendVersions(connection, source, copied, true);
        }
        return { kind: "filled", reason: copy === null ? "never read before" : "other columns of it are read" };
    }
    const comparison: Comparison = { copied, copy: copyRelation(source.name), source };
    const state = await findChanges(connection, wish, comparison, copy);
    if (state === null) {
        return { kind: "none" };
    }
    const changes = await countChanges(connection);
    if (!wish.acceptsLoss && changes.deleted > 0 && !mayLose(source, changes.deleted, copy.state.rowCount)) {
        throw new StardeckError(
            `In the source ${source.schema}.${source.table} ${formatRows(changes.deleted)} of ${formatRows(copy.state.rowCount)} are gone: ${describeDeletes(source)}.`,
            { code: "failed", hint: lossHint },
        );
    }
    const { inserted, updated, deleted } = changes;
    if (inserted + updated + deleted > 0) {
        await applyToCopy(connection, comparison);
        if (source.keepsHistory) {
            await appendVersions(connection, source, copied, false);
        }
    }
    await saveSourceCopy(connection, source.name, {
        definition,
        state: { ...state, rowCount: copy.state.rowCount + inserted - deleted },
    });
    return inserted + updated + deleted === 0 ? { kind: "none" } : { kind: "rows", reason: describeChanges(changes) };
}

/** Whether a source differs from its copy, in the open transaction; then `changedOfSource` has the rows. The copy does not change. */
export async function hasMoved(connection: Connection, wish: CopyWish): Promise<boolean> {
    const { source, copy } = wish;
    if (copy === null) {
        return false;
    }
    const copied = await loadCopiedColumns(connection, source, wish.needsAllColumns);
    const comparison: Comparison = { copied, copy: copyRelation(source.name), source };
    if ((await findChanges(connection, wish, comparison, copy)) === null) {
        return false;
    }
    const { inserted, updated, deleted } = await countChanges(connection);
    return inserted + updated + deleted > 0;
}

/** Finds the changed rows; returns the source's new state, or null if nothing has changed. */
async function findChanges(
    connection: Connection,
    { source, facts, comparesAll }: CopyWish,
    comparison: Comparison,
    { state: known }: SourceCopy,
): Promise<SourceCopy["state"] | null> {
    const advanced = comparesAll ? null : await advanceStateOrNull(connection, source, known, facts);
    if (
        advanced !== null &&
        (await compareNewestRows(connection, comparison, known, facts, {
            snapshot: advanced.state.snapshot,
            cursor: advanced.cursor,
        }))
    ) {
        return advanced.state;
    }
    if (
        advanced !== null &&
        isKnownToHaveChanged(known, facts) &&
        (await compareArrivedRows(connection, comparison, known, facts, advanced.state.snapshot))
    ) {
        return (await findSourceDelta(connection, source, null, facts)).state;
    }
    const delta = await findSourceDelta(connection, source, known, facts);
    if (comparesAll) {
        await compareAllRows(connection, comparison);
        return delta.state;
    }
    if (delta.condition === null) {
        return null;
    }
    const { snapshot } = delta.state;
    if (delta.condition !== "true") {
        await takeInsertedRows(connection, comparison, delta.condition);
    } else if (!(await compareArrivedRows(connection, comparison, known, facts, snapshot))) {
        await compareAllRows(connection, comparison);
    }
    return delta.state;
}

async function fillCopy(
    connection: Connection,
    { source, facts }: CopyWish,
    copied: CopiedColumns,
    definition: CopyDefinition,
): Promise<void> {
    const copy = copyRelation(source.name);
    const { relation, names, key } = copied;
    const keyNames = key.map(({ name }) => name).join(", ");
    await connection.query(`drop table if exists ${copy}`);
    await connection.query(`create table ${copy} as select ${names.join(", ")} from ${relation}`);
    const { rows } = await connection.query<{ hasNoKey: boolean }>(
        `select exists (select from ${copy} where ${key.map(({ name }) => `${name} is null`).join(" or ")}) as "hasNoKey"`,
    );
    if (rows[0]?.hasNoKey === true) {
        throw await makeBadKeyError(connection, source, copied);
    }
    await withGoodKey(connection, source, copied, () =>
        connection.query(`alter table ${copy} add primary key (${keyNames})`),
    );
    await connection.query(`analyze ${copy}`);
    const { state } = await findSourceDelta(connection, source, null, facts);
    await saveSourceCopy(connection, source.name, { definition, state });
}

function isSame(one: CopyDefinition, other: CopyDefinition): boolean {
    const comparable = ({ schema, table, keyColumns, columns }: CopyDefinition): string =>
        JSON.stringify([schema, table, keyColumns, columns.map(({ name, type }) => [name, type])]);
    return comparable(one) === comparable(other);
}

function describeChanges({ inserted, updated, deleted }: SourceChanges): string {
    const parts = [
        ...(inserted === 0 ? [] : [formatRows(inserted, "new ")]),
        ...(updated === 0 ? [] : [`${formatRows(updated)} changed`]),
        ...(deleted === 0 ? [] : [`${formatRows(deleted)} gone`]),
    ];
    return parts.join(", ");
}
