/** What a project's files say, in the words of those who write them: the types behind `defineConfig` and its like. */

/** A view is computed at each reading; a table is built, tested and then published. */
export type Materialisation = "view" | "table";

/** `error` blocks publishing; `warn` is shown and counted, and never blocks. */
export type Severity = "error" | "warn";

/** What `stardeck.config.ts` says. */
export interface ProjectDefinition {
    /** Letters, digits, `-` and `_`. A database keeps the name, and another project's is refused there. */
    readonly name: string;
    /**
     * From the first to read the sources to the last. Each is a folder in `migrations/models`.
     * Without it: `prep` (views), `warehouse` (tables) and `marts` (tables), each in the database schema of its name.
     */
    readonly layers?: readonly LayerDefinition[];
    /** The database schema of sources that name none, and what `{source_schema}` stands for; `staging` when not given. `--source-schema` goes before. */
    readonly sourceSchema?: string;
    /** The folder of the slides, from the project's; `slides` when not given. */
    readonly slides?: string;
    readonly seeds?: SeedSettings;
    /** Connections at a time, where `--threads` says nothing. */
    readonly threads?: number;
}

/** A layer: a folder of models, and the database schema that they are made in. */
export interface LayerDefinition {
    /** The folder in `migrations/models`. */
    readonly name: string;
    /** The database schema; the layer's name when not given. */
    readonly schema?: string;
    /** What its models are unless they say otherwise; `view` when not given. */
    readonly materialisation?: Materialisation;
}

/** How the CSV files of `seeds-sql` become tables. */
export interface SeedSettings {
    /** The database schema of their tables; `seeds` when not given. */
    readonly schema?: string;
    /** What the files do not say by themselves, by table: `{ country: { columns: { code: "char(2)" } } }`. */
    readonly tables?: Readonly<Record<string, SeedDefinition>>;
}

/** What a CSV file does not say by itself. */
export interface SeedDefinition {
    readonly description?: string;
    /** PostgreSQL's types by column; the other columns' types are told from their values. */
    readonly columns?: Readonly<Record<string, string>>;
}

export interface DataTestOptions {
    readonly severity?: Severity;
    /** The test passes up to and including this many failing rows. */
    readonly maxFailures?: number;
    /** When it warns, by the number of failing rows: `">10"`, `"between 1 and 5"`. More than `maxFailures` when not given. */
    readonly warnIf?: string;
    /** When it fails, with the severity `error`: `">10"`. More than `maxFailures` when not given; then `warnIf` still warns. */
    readonly errorIf?: string;
    /** Why its warning is expected, where it is: a fault of the source that people know of. It is counted apart and listed last. */
    readonly known?: string;
    /** A condition, in SQL over the model's columns, for the rows that are tested. */
    readonly where?: string;
    /** What it is called, where two tests of a model would have one name. */
    readonly name?: string;
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
              /** The model or source referred to. */
              readonly to: string;
              readonly toColumn: string;
          }
        /** True, or null, for good rows. */
        | { readonly kind: "expression"; readonly name: string; readonly expression: string }
        /** Versions without gap or overlap and exactly one current row per natural key, in `valid_from`, `valid_to`, `is_current`. */
        | { readonly kind: "scd2"; readonly naturalKey: string }
        /** A SELECT of the failing rows; `{model}` stands for the model that is tested. */
        | {
              readonly kind: "singular";
              readonly name: string;
              readonly select: string;
              /** The failing rows carry the model's entity key and depend on nothing but that entity: incremental builds may ask for the affected ones alone. */
              readonly perEntity?: boolean;
          }
    );

/** What is said of a column of a model; its type is read from the SELECT. */
export interface ColumnDefinition {
    readonly description?: string;
    /** A contract: a SELECT that gives another type is refused. As PostgreSQL writes types: `integer`, `numeric(12,2)`. */
    readonly type?: string;
    /** Tables only. */
    readonly notNull?: boolean;
    /** The name it had: the column is renamed and keeps its data. */
    readonly renamedFrom?: string;
}

/** How a model is presented, on screens, slides and in print. What is left out follows from the names and types of its columns. */
export interface PresentationDefinition {
    /** The question that it answers; its description when not given. */
    readonly title?: string;
    /** Its answer in a sentence, with SQL over its rows in braces: `{count(*)} orders, the median was {percentile_disc(0.5) within group (order by total)}.` */
    readonly headline?: string;
    /** The column that stands for the model in one number. */
    readonly measure?: string;
    /** Columns that its rows are ordered by; `-week_start` has the greatest first. */
    readonly sort?: readonly string[];
    /** The columns that come first, in this order; the others follow. */
    readonly columns?: readonly string[];
    /** So many columns stay in view when the others scroll. */
    readonly freeze?: number;
    /** Decimals by column. */
    readonly round?: Readonly<Record<string, number>>;
    /** By column what its numbers count: `h`, `EUR`. */
    readonly unit?: Readonly<Record<string, string>>;
    /** The chart that is drawn of it. */
    readonly chart?: "bars" | "line" | "horizontal bars" | "histogram" | "none";
}

/** Rows by the value of a column of the key, each on one server of a cluster; or `reference`, a copy of the table on all of them. */
export type Distribution = "reference" | { readonly column: string };

/** What the file beside a model's SELECT adds to it. Everything may be left out. */
export interface ModelDefinition {
    /** Where it is not the layer's. */
    readonly materialisation?: Materialisation;
    /** By column: what is to be said of it. A text is its description. */
    readonly columns?: Readonly<Record<string, string | ColumnDefinition>>;
    readonly tests?: readonly DataTestDefinition[];
    /** Tables only: the columns of each index. */
    readonly indexes?: readonly (readonly string[])[];
    readonly tags?: readonly string[];
    /**
     * Which entities a change upstream makes stale follows from the SELECT. For a source or table model that it reads, directly or
     * through views, this says it instead: a SELECT of the entity key's columns over `changed`, which holds the changed rows, as they
     * were with `change_sign` −1 and as they are with 1. `stardeck explain` shows what is derived; `stardeck verify` holds both against
     * a full refresh.
     */
    readonly affectedBy?: Readonly<Record<string, string>>;
    /** The name it had: the model is renamed and keeps its data. */
    readonly renamedFrom?: string;
    /** Each build computes all its rows: for a SELECT that reads a clock or draws at random, which is refused otherwise. */
    readonly rebuild?: "always";
    /**
     * Tables only, and only where the server runs Citus: how its rows are spread over the servers of the cluster. A copy on each of them
     * when not given.
     */
    readonly distribution?: Distribution;
    readonly presentation?: PresentationDefinition;
}

/**
 * What a source is: `versions` is a landing table to which rows are only ever appended, `table` one that is changed in place, `view`
 * anything that can be selected: a view, a foreign table. Changes of a `table` or a `view` are found by comparing it with a private copy
 * of the columns that models read.
 */
export type SourceKind = "versions" | "table" | "view";

/**
 * What is done where rows of a source are gone: `follow` takes them out of what is built from it, `refuse` builds nothing from it
 * until a person says so, and a share (`{ upToShare: 0.1 }`) follows up to that part of the rows.
 */
export type SourceDeletes = "follow" | "refuse" | { readonly upToShare: number };

/** A relation that others fill and models read. It is never written to. */
export interface SourceDefinition {
    /** What `affectedBy`, selections and messages call it; usually the relation's own name. Two sources never have one name. */
    readonly name: string;
    /** The relation's name, where it is another one: two schemas may have an `orders` each. */
    readonly table?: string;
    /** Its database schema; the project's `sourceSchema` when not given. */
    readonly schema?: string;
    readonly description?: string;
    /** `versions` when not given. */
    readonly kind?: SourceKind;
    /** What tells records apart: a landing table holds one row per version of each. One column, or several. */
    readonly key: string | readonly string[];
    /** Of `versions`: tells versions apart, the greatest is the current state. Of a `table`: when a row was last changed. */
    readonly versionColumn?: string;
    /** A column that only ever grows from load to load, where the extract writes one. */
    readonly loadCursor?: string;
    /** PostgreSQL's types by column: the ones that models depend on. */
    readonly columns?: Readonly<Record<string, string>>;
    /** What is done where rows are gone: `refuse` for `versions` when not given, `follow` for others. */
    readonly deletes?: SourceDeletes;
    /**
     * Of a `table` or a `view`: builds keep a version of each row that has changed, in `history.<name>`, which models read as a landing
     * table of versions: `history_version` tells them apart, `history_seen_at` when a build saw them, `history_is_deleted` that the row is gone.
     */
    readonly history?: boolean;
    readonly freshness?: { readonly warnAfterHours: number; readonly errorAfterHours: number };
    /** Refuse to migrate where it is missing, unreadable or has other columns. */
    readonly isRequired?: boolean;
}

/** A value of a unit test: a text in PostgreSQL's own form, or what JSON has for it. Lists are arrays, objects are json. */
export type UnitTestValue =
    string | number | boolean | null | readonly UnitTestValue[] | { readonly [name: string]: UnitTestValue };

/** Values by column. */
export type UnitTestRow = Readonly<Record<string, UnitTestValue>>;

/** A test of a model's SELECT over a few rows, for which no table is read. */
export interface UnitTestDefinition {
    readonly description?: string;
    /** Rows by what the SELECT reads: `orders`, or `staging.orders`. What is not given is empty, and columns that are left out are null. */
    readonly given: Readonly<Record<string, readonly UnitTestRow[]>>;
    /** The rows that come out, in any order. Only the columns that these rows name are compared; a row that leaves one of them out expects null. */
    readonly expect: readonly UnitTestRow[];
}
