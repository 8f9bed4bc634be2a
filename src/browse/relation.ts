import type { TableColumn } from "../text/format-table.js";

/** What a grid can stand on: something stored in the database, or the result of a SELECT. */
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
    /** Object id in `pg_type`; of a domain, that of the type it restricts. */
    readonly typeId: number;
    /** As a person writes it, with length or precision: `numeric(12,2)`. */
    readonly typeName: string;
    /** The type to read a value of this column with, in SQL and without length or precision: `numeric`. */
    readonly castType: string;
    readonly comment: string | null;
    /** Part of the columns that identify a row. */
    readonly isKey: boolean;
    readonly isNullable: boolean;
    /** A sort by this column alone reads an index. */
    readonly isIndexed: boolean;
    /** Why it cannot be sorted, as a sentence; null if it can. */
    readonly unsortableReason: string | null;
    /** The schema, quoted, of the operators that its values are compared by: `order by` finds them by the type, an expression by name. */
    readonly operatorSchema: string;
}

/** An index that can give rows in order: a valid B-tree over columns, without a condition. */
export interface RelationIndex {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
}

/**
 * What tells one row from all others.
 * - `key`: the primary key, or else a unique index over columns that are never null.
 * - `place`: where the row is stored (`ctid`); it changes when the row is updated.
 * - `position`: the number of the row in the order the view or query gives; it changes with the data.
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
    /** About how many rows it has, by what the server knows of its files; null for a view, a query and the like. */
    readonly estimatedRows: number | null;
    /** How long its file was when it was opened; 0 for what has none of its own. */
    readonly blocks: number;
}

/** How a read is bounded. */
export interface ReadOptions {
    /** Cancels the statement at the server. */
    readonly signal: AbortSignal;
    /** The longest time that all of it may take, waiting for a connection included; 0 for none. */
    readonly timeoutMs: number;
}

/** `marts.mart_weekly_discounts`, or `query` for the result of a SELECT. */
export function nameRelation({ source }: Relation): string {
    return source.from === "query" ? "query" : `${source.schema}.${source.name}`;
}
