import type { TableColumn } from "../text/format-table.js";

/** What a grid can show: a relation of the database, or the result of a SELECT. */
export type RelationKind = "table" | "partitioned table" | "view" | "materialised view" | "foreign table" | "query";

/** The kinds by their codes in `pg_class.relkind`. */
export const kindsByCode: Readonly<Record<string, RelationKind>> = {
    r: "table",
    p: "partitioned table",
    v: "view",
    m: "materialised view",
    f: "foreign table",
};

export interface BrowseColumn extends TableColumn {
    /** Unique in its relation: the second `total` of a query is `total_2`. */
    readonly name: string;
    /** Object id in `pg_type`; for a domain, that of its base type. */
    readonly typeId: number;
    /** As a person writes it, with length or precision: `numeric(12,2)`. */
    readonly typeName: string;
    /** The type to cast values of this column to, without length or precision: `numeric`. */
    readonly castType: string;
    readonly comment: string | null;
    /** True for the columns that identify a row. */
    readonly isKey: boolean;
    readonly isNullable: boolean;
    /** True when a sort by this column alone can read an index. */
    readonly isIndexed: boolean;
    /** Why the column cannot be sorted, as a sentence; null if it can. */
    readonly unsortableReason: string | null;
    /** The quoted schema of the operators that compare its values: expressions find them by name, unlike `order by`. */
    readonly operatorSchema: string;
}

/** An index that can give rows in order: a valid B-tree over columns, not over expressions, and not partial. */
export interface RelationIndex {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
}

/**
 * What identifies a row.
 * - `key`: the primary key, or else a unique index over columns that are never null.
 * - `place`: where the row is stored (`ctid`); it changes when the row is updated.
 * - `position`: the number of the row in the order of the view or query; it changes with the data.
 */
export type RowIdentity =
    | { readonly by: "key"; readonly columns: readonly string[] }
    | { readonly by: "place"; readonly isPartitioned: boolean }
    | { readonly by: "position" };

/** A relation with what is needed to page through it. */
export interface Relation {
    readonly kind: RelationKind;
    readonly source:
        | { readonly from: "database"; readonly schema: string; readonly name: string }
        | { readonly from: "query"; readonly sql: string };
    readonly comment: string | null;
    readonly columns: readonly BrowseColumn[];
    /** Null when it has none. */
    readonly primaryKey: readonly string[] | null;
    readonly identity: RowIdentity;
    readonly indexes: readonly RelationIndex[];
    /** An estimate of its rows from statistics and file sizes; null for relations without files, such as views and queries. */
    readonly estimatedRows: number | null;
    /** The length of its file in blocks when it was opened; 0 when it has no file. */
    readonly blocks: number;
}

/** The limits of a read. */
export interface ReadOptions {
    /** Cancels the statement at the server. */
    readonly signal: AbortSignal;
    /** The time limit for everything together, including the wait for a connection; 0 for none. */
    readonly timeoutMs: number;
}

/** `marts.mart_weekly_discounts`, or `query` for the result of a SELECT. */
export function nameRelation({ source }: Relation): string {
    return source.from === "query" ? "query" : `${source.schema}.${source.name}`;
}
