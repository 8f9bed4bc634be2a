/** The origin of a block's rows. */
export type RowsFrom =
    /** A model or source, by its name. */
    | { readonly kind: "model"; readonly name: string }
    | {
          readonly kind: "sql";
          readonly sql: string;
          /** Comes with stardeck, and means the same whatever others have put into the database. */
          readonly isOurs?: boolean;
      };

export const chartKinds = ["bars", "line", "horizontal bars", "histogram"] as const;

export type ChartKind = (typeof chartKinds)[number];

export const testFilters = ["all", "problems"] as const;

/** A part of a slide that is read from the warehouse when it is shown. */
export type LiveBlock =
    | {
          readonly kind: "chart";
          readonly from: RowsFrom;
          /** Column names; null for those that suit best. */
          readonly label: string | null;
          readonly value: string | null;
          readonly type: ChartKind | null;
      }
    | {
          readonly kind: "table";
          readonly from: RowsFrom;
          /** The columns to show; empty for all. */
          readonly columns: readonly string[];
          /** The most rows to show; null for as many as fit. */
          readonly rows: number | null;
      }
    /** A statement and its rows. */
    | { readonly kind: "query"; readonly from: RowsFrom & { readonly kind: "sql" }; readonly rows: number | null }
    /** The columns of the first row as large figures. */
    | { readonly kind: "figures"; readonly from: RowsFrom & { readonly kind: "sql" } }
    /** The SELECT of a model. */
    | { readonly kind: "sql"; readonly model: string }
    /** The lineage of a model, a source or a column of one; null for the whole warehouse. */
    | { readonly kind: "lineage"; readonly of: string | null }
    /** A fact with its dimensions; null for all facts. */
    | { readonly kind: "star"; readonly fact: string | null }
    | { readonly kind: "sources" }
    | { readonly kind: "tests"; readonly of: string | null; readonly only: (typeof testFilters)[number] }
    | {
          readonly kind: "replay";
          /** A number, `last`, or `incremental`: the newest run that recomputed only what was affected. */
          readonly run: string;
          /** 1 is the speed of the run itself. */
          readonly speed: number;
      };

export type BlockKind = LiveBlock["kind"];
