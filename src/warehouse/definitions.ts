/** A database schema of the warehouse; its name is the layer's. */
export const layers = ["prep", "warehouse", "marts"] as const;
export type Layer = (typeof layers)[number];

export type Materialisation = "view" | "table";

/** `error` blocks publishing; `warn` is shown and counted, and never blocks. */
export type Severity = "error" | "warn";

interface DataTestOptions {
    readonly severity?: Severity;
    /** The test passes up to and including this many failing rows. */
    readonly maxFailures?: number;
    readonly description?: string;
}

/** A data test: a question to the data whose answer is its failing rows. */
export type DataTestDefinition = DataTestOptions &
    (
        | { readonly kind: "unique"; readonly columns: readonly string[] }
        | { readonly kind: "not_null"; readonly column: string }
        | { readonly kind: "accepted_values"; readonly column: string; readonly values: readonly string[] }
        | {
              readonly kind: "relationships";
              readonly column: string;
              /** The model referred to; it must exist already. */
              readonly to: string;
              readonly toColumn: string;
          }
        /** True, or null, for good rows. */
        | { readonly kind: "expression"; readonly name: string; readonly expression: string }
        /** Versions without gap or overlap and exactly one current row per natural key, in `valid_from`, `valid_to`, `is_current`. */
        | { readonly kind: "scd2"; readonly naturalKey: string }
        /** A SELECT of the failing rows. */
        | {
              readonly kind: "singular";
              readonly name: string;
              readonly select: string;
              /** The failing rows carry the model's entity key and depend on nothing but that entity: incremental builds may ask for the affected ones alone. */
              readonly perEntity?: boolean;
          }
    );

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
