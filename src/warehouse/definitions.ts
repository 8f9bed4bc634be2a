import type { DataTestDefinition } from "../project/definitions.js";

/** A database schema of the warehouse; its name is the layer's. */
export const layers = ["prep", "warehouse", "marts"] as const;
export type Layer = (typeof layers)[number];

export interface ColumnDefinition {
    readonly name: string;
    /** A PostgreSQL type as `format_type` writes it: `integer`, `timestamp without time zone` or `timestamp`, `numeric`. */
    readonly type: string;
    readonly notNull?: boolean;
    readonly description: string;
}

interface ModelBase {
    readonly name: string;
    readonly layer: Layer;
    readonly description: string;
    /** “one row per …” */
    readonly grain: string;
    /** The transformation. `{source_schema}` stands for the quoted schema of the landing tables. */
    readonly select: string;
    /** The contract: same names, order and types as the SELECT. */
    readonly columns: readonly ColumnDefinition[];
    readonly tags?: readonly string[];
    readonly tests?: readonly DataTestDefinition[];
}

export interface ViewModelDefinition extends ModelBase {
    readonly materialisation: "view";
}

export interface TableModelDefinition extends ModelBase {
    readonly materialisation: "table";
    readonly primaryKey: readonly string[];
    /** The rows of one entity depend on nothing but that entity's inputs, so they can be rebuilt on their own. */
    readonly entityKey: string;
    readonly indexes?: readonly (readonly string[])[];
    /**
     * Which entities a change upstream makes stale: for each direct upstream source or table model (views between do not count)
     * a SELECT of one column over `changed`: the new landing rows of a source, the changed rows (old and new images) of a table model.
     * An upstream table model with a column of the entity key's name needs no entry.
     */
    readonly affectedBy?: Readonly<Record<string, string>>;
}

export type ModelDefinition = ViewModelDefinition | TableModelDefinition;

export interface SourceDefinition {
    readonly name: string;
    readonly description: string;
    /** The record's id; a landing table holds one row per version of it. */
    readonly key: string;
    /** Tells versions apart: the greatest is the current state. */
    readonly versionColumn: string;
    /** A column that only ever grows from load to load, where the extract writes one. */
    readonly loadCursor?: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly freshness?: { readonly warnAfterHours: number; readonly errorAfterHours: number };
    /** Refuse the migration where the landing table is missing, unreadable or has other columns: models read it. */
    readonly isRequired?: boolean;
}
