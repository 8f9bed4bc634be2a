import { StardeckError } from "../database/errors.js";
import { statementSettings, type RoleSetting } from "../database/session-settings.js";
import type { BrowseColumn, Relation } from "./relation.js";

export interface Sort {
    readonly column: string;
    /** Nulls come last in both directions, except in a descending order that an index gives: there they come first, as in the index. */
    readonly descending: boolean;
}

/**
 * A condition on one column. Values are PostgreSQL's text for the column's type.
 * `<>` keeps nulls (`is distinct from`), so that `=` and `<>` never both hide a row.
 */
export type ColumnFilter =
    | { readonly column: string; readonly operator: "=" | "<>" | "<" | "<=" | ">" | ">="; readonly value: string }
    | { readonly column: string; readonly operator: "contains"; readonly value: string }
    | { readonly column: string; readonly operator: "in"; readonly values: readonly string[] }
    | { readonly column: string; readonly operator: "is null" | "is not null" };

export type FilterOperator = ColumnFilter["operator"];

/** Which rows and columns of a relation are shown, and in which order. Immutable: a change makes a new view. */
export interface GridView {
    readonly relation: Relation;
    readonly sorts: readonly Sort[];
    /** All of them must hold. */
    readonly filters: readonly ColumnFilter[];
    /** A further SQL condition, as a person wrote it. */
    readonly where: string | null;
    /** Names of the visible columns, in the order shown. */
    readonly columns: readonly string[];
}

/** All rows and columns of the relation, in its own order. */
export function makeGridView(relation: Relation): GridView {
    return { relation, sorts: [], filters: [], where: null, columns: relation.columns.map((column) => column.name) };
}

/**
 * The settings for which a view's statements use the role's own values: names in a person's SQL are found through the role's search
 * path, and a statement that a person wrote completely sees the rows that row-level security allows the role.
 */
export function roleSettingsOf({ relation, where }: Pick<GridView, "relation" | "where">): readonly RoleSetting[] {
    return relation.source.from === "query" ? statementSettings : where === null ? [] : ["search_path"];
}

/** @throws StardeckError `usage` when the relation has no such column. */
export function findColumn({ columns }: Relation, name: string): BrowseColumn {
    const found = columns.find((column) => column.name === name);
    if (found === undefined) {
        throw new StardeckError(`There is no column "${name}".`, {
            code: "usage",
            hint: "The column was renamed or dropped: open the relation again.",
        });
    }
    return found;
}

/** The visible columns, in the order shown. */
export function visibleColumns({ relation, columns }: GridView): readonly BrowseColumn[] {
    return columns.map((name) => findColumn(relation, name));
}
