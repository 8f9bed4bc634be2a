import type { PresentationDefinition } from "../project/definitions.js";
import type { TableColumn, TextRow } from "../text/format-table.js";
import type { WatchedRun } from "../runs/watch-run.js";

/** The rows that a block shows, and what is to be known of them. */
export interface BlockRows {
    readonly columns: readonly TableColumn[];
    /** The first ones. */
    readonly rows: readonly TextRow[];
    /** How many there are, of which `rows` may be a part; a lower bound when `isCountExact` is false. */
    readonly rowCount: number;
    readonly isCountExact: boolean;
    /** What their model's file says of how they are shown. */
    readonly presentation: PresentationDefinition | null;
    /** What they are about, in words; empty for a statement. */
    readonly about: string;
    /** The SQL behind them: a model's SELECT, or the statement of the block. */
    readonly sql: string;
    /** What has to be known before one believes them, in sentences: never built, failed last. */
    readonly notes: readonly string[];
    /** The relation to open for more; null for a statement. */
    readonly relation: { readonly schema: string; readonly name: string } | null;
}

/** What a piece of a report says: whether it is well. */
export type ReportTone = "plain" | "dim" | "ok" | "warned" | "failed";

export interface ReportCell {
    readonly text: string;
    readonly tone: ReportTone;
}

/** Findings about the warehouse, as a table with a sentence above. */
export interface Report {
    readonly headline: ReportCell;
    /** The one marked `fill` takes the room that the others leave. */
    readonly columns: readonly { readonly title: string; readonly align?: "right"; readonly isFill?: true }[];
    readonly rows: readonly (readonly ReportCell[])[];
}

/** A layer of the warehouse with what is in it, in build order. */
export interface LineageLayer {
    readonly name: string;
    readonly members: readonly ReportCell[];
}

/** The lineage of a model, of a column, or of the whole warehouse. */
export interface LineageContent {
    readonly layers: readonly LineageLayer[];
    /** From a model or source to a model that reads it, by name. */
    readonly edges: readonly { readonly from: string; readonly to: string }[];
    /** The model, source or column in the middle with both its trees, drawn; null for the whole warehouse. */
    readonly focus: {
        readonly name: string;
        readonly upstream: readonly string[];
        readonly downstream: readonly string[];
    } | null;
    /** Only for the lineage of a column, whose members are columns: `fct_orders.placed_at`. */
    readonly column?: {
        /** The model or source that it belongs to. */
        readonly of: string;
        /** Its name and what makes it: `fct_order_items.net_amount = gross_amount - discount_amount`. */
        readonly title: string;
        /** What makes the columns that are not passed on as they are, as SQL. */
        readonly made: readonly { readonly name: string; readonly expression: string }[];
        /** The columns that decide which rows its model has. */
        readonly rowsDecidedBy: readonly string[];
    };
}

/** A fact and the dimensions around it. */
export interface StarContent {
    readonly fact: string;
    readonly grain: string;
    /** What it measures: its columns of numbers that are no keys. */
    readonly measures: readonly string[];
    readonly dimensions: readonly {
        readonly name: string;
        /** The columns of the fact that name its members. */
        readonly keys: readonly string[];
        readonly grain: string;
    }[];
}

/** A run and when each of its models began and ended, in milliseconds since its start. */
export interface RecordedRun {
    readonly run: WatchedRun;
    readonly spans: ReadonlyMap<string, { readonly fromMs: number; readonly toMs: number }>;
}

/** What was read for a block. */
export type BlockContent =
    | { readonly kind: "rows"; readonly rows: BlockRows }
    | { readonly kind: "sql"; readonly name: string; readonly sql: string }
    | { readonly kind: "report"; readonly report: Report }
    | { readonly kind: "lineage"; readonly lineage: LineageContent }
    | { readonly kind: "star"; readonly star: StarContent }
    | { readonly kind: "run"; readonly recorded: RecordedRun };
