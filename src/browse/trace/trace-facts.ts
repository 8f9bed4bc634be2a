import type { ReadColumn } from "../../warehouse/column-lineage.js";
import type { ColumnOrigin } from "./column-origins.js";

/** A model or source, as tracing sees it. */
export interface TraceRelation {
    readonly schema: string;
    readonly name: string;
    readonly isSource: boolean;
    readonly columns: readonly TraceColumn[];
    /** Empty when it is not known to have one. */
    readonly primaryKey: readonly string[];
    /** The column of the entity that a row belongs to; several rows may have the same. Null if unknown. */
    readonly entityKey: string | null;
}

export interface TraceColumn {
    readonly name: string;
    /** As `format_type` writes it, without length or precision. */
    readonly type: string;
}

/** A data test requires that each value of a column of one relation is in a column of another. */
export interface Reference {
    readonly relationName: string;
    readonly columnName: string;
    readonly toName: string;
    readonly toColumn: string;
}

/** Everything known about how a model's rows are related to those upstream. */
export interface TraceFacts {
    readonly model: TraceRelation;
    /** The relations that the model reads directly. */
    readonly upstream: readonly TraceRelation[];
    /** Columns that the model passes on unchanged. */
    readonly origins: readonly ColumnOrigin[];
    /** Columns that the model's SELECT names anywhere. */
    readonly reads: readonly ReadColumn[];
    readonly references: readonly Reference[];
    /** By upstream name: the column there whose values are the model's entities. */
    readonly entityColumns: ReadonlyMap<string, string>;
    /** Names of columns that are a key, or refer to one, anywhere in the warehouse. */
    readonly keyNames: ReadonlySet<string>;
}

/** Values of a row by column, as PostgreSQL writes them. */
export type TraceRow = ReadonlyMap<string, string | null>;
