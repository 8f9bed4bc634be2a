import type {
    ColumnDefinition,
    DataTestDefinition,
    Distribution,
    Materialisation,
    PresentationDefinition,
    SourceDeletes,
    SourceKind,
} from "./definitions.js";

/** A line of a file of the project. */
export interface Place {
    /** From the project's folder, with slashes. */
    readonly path: string;
    /** From 1. */
    readonly line: number;
}

/**
 * Everything that a project's files say: plain data that survives JSON, read without a database. Names are checked and unique, and
 * what a file may leave out is filled in. What only PostgreSQL can tell (whether a SELECT is right, the types of its columns) is open.
 */
export interface Project {
    /** Kept in `ops`: a database of another project is refused. */
    readonly name: string;
    /** Absolute. */
    readonly folder: string;
    /** Absolute: its `stardeck.config.ts`. */
    readonly configPath: string;
    /** In order; the schema of the first also holds the views of table models' SELECTs. */
    readonly layers: readonly Layer[];
    /** The database schema that `{source_schema}` stands for, where no flag and no environment says otherwise. */
    readonly sourceSchema: string;
    /** By name; the tables of CSV seeds are among them. */
    readonly sources: readonly SourceFile[];
    /** By layer, then by name. */
    readonly models: readonly ModelFile[];
    /** The versioned migrations, in their order. */
    readonly migrations: readonly MigrationFile[];
    /** By name. */
    readonly seeds: readonly SeedFile[];
    /** Absolute; the folder need not exist. */
    readonly slidesFolder: string;
    /** Connections at a time; null where the project does not say. */
    readonly threads: number | null;
}

export interface Layer {
    readonly name: string;
    /** The database schema of its models. */
    readonly schema: string;
    /** What its models are unless they say otherwise. */
    readonly materialisation: Materialisation;
}

/** A source's kind, or that it is the table of a CSV file of `seeds-sql`, which is only ever filled anew. */
export type RegisteredSourceKind = SourceKind | "seed";

export interface SourceFile extends Place {
    readonly name: string;
    /** The relation's name in its schema. */
    readonly table: string;
    /** Null: the schema that `{source_schema}` stands for. */
    readonly schema: string | null;
    /** Empty where nothing is said. */
    readonly description: string;
    readonly kind: RegisteredSourceKind;
    /** At least one column. */
    readonly key: readonly string[];
    /** Always there for `versions`. */
    readonly versionColumn: string | null;
    readonly loadCursor: string | null;
    readonly deletes: SourceDeletes;
    /** Its versions are kept, as the source `<name>_history`. */
    readonly keepsHistory: boolean;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly freshness: { readonly warnAfterHours: number; readonly errorAfterHours: number } | null;
    readonly isRequired: boolean;
}

/** A data test and where it is written. */
export type TestFile = Place & { readonly definition: DataTestDefinition };

/** A model: its SELECT in `selectPath`, and what the file beside it adds. */
export interface ModelFile {
    readonly name: string;
    readonly layer: string;
    /** The database schema of its view or table: that of its layer. */
    readonly schema: string;
    readonly materialisation: Materialisation;
    /** Empty where nothing is said. */
    readonly description: string;
    /** "one row per …", without a full stop. */
    readonly grain: string;
    /** Empty for views. */
    readonly primaryKey: readonly string[];
    /** Of tables: the columns whose values name an entity; null where the file says nothing, and for views. */
    readonly entityKey: readonly string[] | null;
    /** The file's text without the comments that introduce it and without a semicolon at its end; `{source_schema}` is still in it. */
    readonly select: string;
    /** From the project's folder, with slashes. */
    readonly selectPath: string;
    /** The line of that file on which `select` begins, from 1. */
    readonly selectLine: number;
    /** The file beside it; null where there is none. */
    readonly definitionPath: string | null;
    /** What is said of columns. The columns themselves and their types come from PostgreSQL. */
    readonly columns: Readonly<Record<string, ColumnDefinition>>;
    /** Those of the file beside it, then those of `migrations/tests`, by file. */
    readonly tests: readonly TestFile[];
    readonly indexes: readonly (readonly string[])[];
    readonly tags: readonly string[];
    /** Upstream name → SELECT of affected entities over `changed`. */
    readonly affectedBy: Readonly<Record<string, string>>;
    readonly renamedFrom: string | null;
    readonly rebuild: "always" | null;
    /** Of a table on a cluster; missing where nothing is said, so that the checksum is what it was before there was one. */
    readonly distribution?: Distribution;
    readonly presentation: PresentationDefinition;
    /** Differs when anything above differs that decides the rows or the record: all but the places in files. */
    readonly checksum: string;
}

/** A versioned migration, as everybody knows them from Knex: run once. */
export interface MigrationFile {
    /** Without extension: what Knex records. */
    readonly name: string;
    /** From the project's folder, with slashes. */
    readonly path: string;
    /** Of the file's text. */
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
    /** Of the file's bytes and the columns' types. */
    readonly checksum: string;
}
