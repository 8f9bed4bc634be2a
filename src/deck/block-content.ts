import type { PresentationDefinition } from "../project/definitions.js";
import type { TableColumn, TextRow } from "../text/format-table.js";
import type { WatchedRun } from "../runs/watch-run.js";

/** The rows that a block shows, and facts about them. */
export interface BlockRows {
    readonly columns: readonly TableColumn[];
    /** The first rows. */
    readonly rows: readonly TextRow[];
    /** The number of all rows, of which `rows` may be a part; a lower bound when `isCountExact` is false. */
    readonly rowCount: number;
    readonly isCountExact: boolean;
    /** How the model's file says they are shown; null without a model. */
    readonly presentation: PresentationDefinition | null;
    /** What the rows are about, in words; empty for a statement. */
    readonly about: string;
    /** The SQL behind them: a model's SELECT, or the statement of the block. */
    readonly sql: string;
    /** Warnings about the rows, in sentences: never built, last build failed. */
    readonly notes: readonly string[];
    /** The relation to open for more; null for a statement. */
    readonly relation: { readonly schema: string; readonly name: string } | null;
}

/** Whether a part of a report is good or bad news. */
export type ReportTone = "plain" | "dim" | "ok" | "warned" | "failed";

export interface ReportCell {
    readonly text: string;
    readonly tone: ReportTone;
}

/** Findings about the warehouse, as a table below a sentence. */
export interface Report {
    readonly headline: ReportCell;
    /** The column with `isFill` takes the width that the others leave. */
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
    /** Edges from a model or source to a model that reads it, by name. */
    readonly edges: readonly { readonly from: string; readonly to: string }[];
    /** The model, source or column in the middle, with its upstream and downstream trees as lines; null for the whole warehouse. */
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
        /** The SQL expressions of the columns that are not passed on unchanged. */
        readonly made: readonly { readonly name: string; readonly expression: string }[];
        /** The columns that decide which rows its model has. */
        readonly rowsDecidedBy: readonly string[];
    };
}

/** A fact and the dimensions around it. */
export interface StarContent {
    readonly fact: string;
    readonly grain: string;
    /** Its numeric columns that are not keys. */
    readonly measures: readonly string[];
    readonly dimensions: readonly {
        readonly name: string;
        /** The foreign key columns of the fact. */
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
