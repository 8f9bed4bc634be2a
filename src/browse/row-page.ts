import type { TextRow } from "../text/format-table.js";
import type { BrowseColumn, ReadOptions } from "./relation.js";

/**
 * The position of a row in a view. A page makes it, and takes it back to read the neighbouring rows; treat it as opaque.
 * It outlives a change of the view's sorts and filters when `RowIdentity.by` is `key` or `place`.
 */
export interface RowKey {
    /** Names the order that `values` belong to. */
    readonly order: string;
    /** The row's values in the columns of the order. */
    readonly values: TextRow;
    /** False when a value was too long to be kept; it is read again when needed. */
    readonly isComplete: boolean;
    /** Names what `identity` consists of. */
    readonly identityOf: string;
    /** What tells the row from all others. */
    readonly identity: TextRow;
    /** Rows equal in all columns can only be counted: how many of them stand before it, or after it. */
    readonly twins: { readonly side: "before" | "after"; readonly count: number } | null;
}

export type PagePosition =
    | { readonly at: "start" }
    | { readonly at: "end" }
    | { readonly at: "after"; readonly key: RowKey }
    | { readonly at: "before"; readonly key: RowKey }
    /** The row itself comes first; for finding it again after sorting or filtering. */
    | { readonly at: "from"; readonly key: RowKey }
    /** From 0 (start) to 1 (end). */
    | { readonly at: "fraction"; readonly fraction: number }
    /** Counted from 0. */
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
    /** How many rows come before the first one; null when that is not known. */
    readonly firstIndex: number | null;
    /** False when a fraction or row number was met only about. */
    readonly isExactPosition: boolean;
}

export interface PageOptions extends ReadOptions {
    /** The most rows to read. */
    readonly pageRows: number;
    /** The most characters of a cell; 300 when not given. */
    readonly clipCharacters?: number;
    /** Judges the statement before it runs: true when not given. */
    readonly isGuarded?: boolean;
}

/** True when both keys were made for the same row of the same view. */
export function isSameRow(left: RowKey, right: RowKey): boolean {
    return JSON.stringify(left) === JSON.stringify(right);
}
