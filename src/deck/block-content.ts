import type { TableColumn, TextRow } from "../explore/format-table.js";

/** The rows that a block shows, and what is to be known of them. */
export interface BlockRows {
    readonly columns: readonly TableColumn[];
    /** The first ones. */
    readonly rows: readonly TextRow[];
    /** How many there are, of which `rows` may be a part; a lower bound when `isCountExact` is false. */
    readonly rowCount: number;
    readonly isCountExact: boolean;
    /** What they are about, in words; empty for a statement. */
    readonly about: string;
    /** The SQL behind them: a model's SELECT, or the statement of the block. */
    readonly sql: string;
    /** What has to be known before one believes them, in sentences: never built, failed last. */
    readonly notes: readonly string[];
    /** The relation to open for more; null for a statement. */
    readonly relation: { readonly schema: string; readonly name: string } | null;
}

/** What was read for a block. */
export type BlockContent =
    | { readonly kind: "rows"; readonly rows: BlockRows }
    | { readonly kind: "sql"; readonly name: string; readonly sql: string };
