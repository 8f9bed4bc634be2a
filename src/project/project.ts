import type {
    ColumnDefinition,
    DataTestDefinition,
    Distribution,
    Materialisation,
    PresentationDefinition,
    SourceDeletes,
    SourceKind,
} from "./definitions.js";

/** A line in a file of the project. */
export interface Place {
    /** From the project's folder, with slashes. */
    readonly path: string;
    /** From 1. */
    readonly line: number;
}

/**
 * The contents of a project's files: plain data that JSON can represent, read without a database. Names are checked and unique, and
 * defaults are filled in. What only PostgreSQL can check (whether a SELECT is valid, the types of its columns) is not checked.
 */
export interface Project {
    /** Kept in `ops`: a database of another project is refused. */
    readonly name: string;
    /** An absolute path. */
    readonly folder: string;
    /** The absolute path of its `stardeck.config.ts`. */
    readonly configPath: string;
    /** In order; the schema of the first also holds the views of table models' SELECTs. */
    readonly layers: readonly Layer[];
    /** The database schema that `{source_schema}` stands for, unless a flag or the environment names another. */
    readonly sourceSchema: string;
    /** Ordered by name; the tables of CSV seeds are among them. */
    readonly sources: readonly SourceFile[];
    /** Ordered by layer, then by name. */
    readonly models: readonly ModelFile[];
    /** The versioned migrations, in order. */
    readonly migrations: readonly MigrationFile[];
    readonly seeds: readonly SeedFile[];
    /** An absolute path; the folder need not exist. */
    readonly slidesFolder: string;
    /** The maximum number of connections; null if the project does not define it. */
    readonly threads: number | null;
}

export interface Layer {
    readonly name: string;
    /** The database schema of its models. */
    readonly schema: string;
    /** The default of its models. */
    readonly materialisation: Materialisation;
}

/** A source's kind; `seed` is the table of a CSV file of `seeds-sql`, which is always filled completely. */
export type RegisteredSourceKind = SourceKind | "seed";

export interface SourceFile extends Place {
    readonly name: string;
    /** The relation's name in its schema. */
    readonly table: string;
    /** Null for the schema that `{source_schema}` stands for. */
    readonly schema: string | null;
    /** Empty if not given. */
    readonly description: string;
    readonly kind: RegisteredSourceKind;
    /** At least one column. */
    readonly key: readonly string[];
    /** Never null for `versions`. */
    readonly versionColumn: string | null;
    readonly loadCursor: string | null;
    readonly deletes: SourceDeletes;
    /** True when its versions are kept, as the source `<name>_history`. */
    readonly keepsHistory: boolean;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly freshness: { readonly warnAfterHours: number; readonly errorAfterHours: number } | null;
    readonly isRequired: boolean;
}

/** A data test and its place. */
export type TestFile = Place & { readonly definition: DataTestDefinition };

/** A model: its SELECT in `selectPath`, and what the file beside it adds. */
export interface ModelFile {
    readonly name: string;
    readonly layer: string;
    /** The database schema of its view or table: that of its layer. */
    readonly schema: string;
    readonly materialisation: Materialisation;
    /** Empty if not given. */
    readonly description: string;
    /** "one row per …", without a full stop. */
    readonly grain: string;
    /** Empty for views. */
    readonly primaryKey: readonly string[];
    /** The columns whose values identify an entity; null if the file does not define them, and for views. */
    readonly entityKey: readonly string[] | null;
    /** The file's text without its header and final semicolon; `{source_schema}` is not replaced yet. */
    readonly select: string;
    /** From the project's folder, with slashes. */
    readonly selectPath: string;
    /** The line of that file on which `select` begins, from 1. */
    readonly selectLine: number;
    /** The file beside the SELECT; null if there is none. */
    readonly definitionPath: string | null;
    /** Additions to columns. The columns themselves and their types come from PostgreSQL. */
    readonly columns: Readonly<Record<string, ColumnDefinition>>;
    /** First the tests of the file beside the SELECT, then those of `migrations/tests`, by file. */
    readonly tests: readonly TestFile[];
    readonly indexes: readonly (readonly string[])[];
    readonly tags: readonly string[];
    /** Upstream name → SELECT of affected entities over `changed`. */
    readonly affectedBy: Readonly<Record<string, string>>;
    readonly renamedFrom: string | null;
    readonly rebuild: "always" | null;
    /** For tables on a cluster. Left out if not given, so that checksums stay those of versions without this property. */
    readonly distribution?: Distribution;
    readonly presentation: PresentationDefinition;
    /** Differs when anything above differs except places in files. */
    readonly checksum: string;
}

/** A versioned migration as in Knex, which runs once. */
export interface MigrationFile {
    /** The file's name without extension, as Knex records it. */
    readonly name: string;
    /** From the project's folder, with slashes. */
    readonly path: string;
    /** SHA-256 of the file's text, shortened. */
    readonly checksum: string;
}

/** A CSV file that becomes a table. */
export interface SeedFile {
    readonly name: string;
    /** The database schema of its table. */
    readonly schema: string;
    /** From the project's folder, with slashes. */
    readonly path: string;
    readonly description: string;
    /** In the file's order. */
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rowCount: number;
    /** SHA-256 of the file's bytes and the columns' types, shortened. */
    readonly checksum: string;
}
