import type { TextRow } from "../text/format-table.js";
import type { BrowseColumn, ReadOptions } from "./relation.js";

/**
 * The position of a row in a view, opaque to users: pages return it, and take it to read neighbouring rows.
 * It stays valid when the view's sorts and filters change, if `RowIdentity.by` is `key` or `place`.
 */
export interface RowKey {
    /** The name of the order that `values` belong to. */
    readonly order: string;
    /** The row's values in the columns of the order. */
    readonly values: TextRow;
    /** False when a value was clipped; it is read again when needed. */
    readonly isComplete: boolean;
    /** The names of the terms that `identity` consists of. */
    readonly identityOf: string;
    /** The values that identify the row. */
    readonly identity: TextRow;
    /** How many rows equal in all columns come before or after it: such rows cannot be told apart otherwise. Null if not counted. */
    readonly twins: { readonly side: "before" | "after"; readonly count: number } | null;
}

export type PagePosition =
    | { readonly at: "start" }
    | { readonly at: "end" }
    | { readonly at: "after"; readonly key: RowKey }
    | { readonly at: "before"; readonly key: RowKey }
    /** The page begins with the row itself, to find it again after sorting or filtering. */
    | { readonly at: "from"; readonly key: RowKey }
    /** From 0 (start) to 1 (end). */
    | { readonly at: "fraction"; readonly fraction: number }
    /** The row's number, from 0. */
    | { readonly at: "row"; readonly index: number };

export interface BrowseRow {
    readonly key: RowKey;
    /** One for each visible column; long values are clipped. */
    readonly cells: TextRow;
    /** By position in `cells`: the size of the whole value in bytes, for those that are clipped. */
    readonly clippedBytes: Readonly<Record<number, number>>;
}

export interface RowPage {
    /** The visible columns, in the order shown. */
    readonly columns: readonly BrowseColumn[];
    /** Always in the view's order, whichever way the page was reached. */
    readonly rows: readonly BrowseRow[];
    readonly hasBefore: boolean;
    readonly hasAfter: boolean;
    /** How many rows come before the first one; null if unknown. */
    readonly firstIndex: number | null;
    /** False when a fraction or row number was reached only approximately. */
    readonly isExactPosition: boolean;
}

export interface PageOptions extends ReadOptions {
    /** The maximum number of rows to read. */
    readonly pageRows: number;
    /** The maximum number of characters of a cell; 300 when not given. */
    readonly clipCharacters?: number;
    /** Whether the statement is judged before it runs; true when not given. */
    readonly isGuarded?: boolean;
}

/** True when both keys were made for the same row of the same view. */
export function isSameRow(left: RowKey, right: RowKey): boolean {
    return JSON.stringify(left) === JSON.stringify(right);
}
