import type { ColumnFilter, Sort } from "../../../browse/grid-view.js";
import { makeGridView } from "../../../browse/grid-view.js";
import type { Relation } from "../../../browse/relation.js";
import type { DataTarget } from "../../kit/screen.js";
import { adoptRelation, type Arrangement } from "./arrangement.js";

/** An arrangement without its relation, for the state file. */
export interface SavedArrangement {
    readonly sorts: readonly Sort[];
    readonly filters: readonly ColumnFilter[];
    readonly where: string | null;
    /** The shown columns; null for all of them. */
    readonly columns: readonly string[] | null;
    readonly frozen: number;
    readonly widths: Readonly<Record<string, number>>;
}

/** The state of the Data screen that the next start restores. */
export interface SavedData {
    readonly target: DataTarget | null;
    readonly arrangement: SavedArrangement | null;
}

/** The open statements, the one in view, and the earlier statements. */
export interface SavedSql {
    readonly drafts: readonly string[];
    readonly current: number;
    /** The newest last. */
    readonly history: readonly string[];
}

export function saveArrangement({ view, frozen, widths }: Arrangement): SavedArrangement {
    const all = view.relation.columns.map(({ name }) => name);
    const isAll = JSON.stringify(all) === JSON.stringify(view.columns);
    const { sorts, filters, where } = view;
    return { sorts, filters, where, columns: isAll ? null : view.columns, frozen, widths };
}

/** The arrangement for the relation as it is now, without columns that are gone. */
export function restoreArrangement(saved: SavedArrangement, relation: Relation): Arrangement {
    const { sorts, filters, where, frozen, widths } = saved;
    const known = new Set(relation.columns.map(({ name }) => name));
    const columns = saved.columns?.filter((name) => known.has(name)) ?? makeGridView(relation).columns;
    return adoptRelation({ view: { relation, sorts, filters, where, columns }, frozen, widths }, relation);
}

/** Parses the saved state; leaves out what is not valid. */
export function parseSavedData(saved: unknown): SavedData {
    const given = recordOf(saved);
    return {
        target: parseTarget(given.target),
        arrangement: parseArrangement(given.arrangement),
    };
}

/** Parses the saved state; there is always at least one statement, perhaps an empty one. */
export function parseSavedSql(saved: unknown): SavedSql {
    const given = recordOf(saved);
    const drafts = stringsOf(given.drafts);
    const current = typeof given.current === "number" && given.current in drafts ? given.current : 0;
    return { drafts: drafts.length === 0 ? [""] : drafts, current, history: stringsOf(given.history) };
}

function parseTarget(given: unknown): DataTarget | null {
    const { kind, schema, name, sql, where, title, trace } = recordOf(given);
    const more = { ...(typeof title === "string" ? { title } : {}), ...parseTrace(trace) };
    if (kind === "query" && typeof sql === "string") {
        return { kind, sql, ...more };
    }
    return kind === "relation" && typeof schema === "string" && typeof name === "string"
        ? { kind, schema, name, ...(typeof where === "string" ? { where } : {}), ...more }
        : null;
}

function parseTrace(given: unknown): Pick<DataTarget, "trace"> {
    const { relationName, column } = recordOf(given);
    return typeof relationName === "string"
        ? { trace: { relationName, column: typeof column === "string" ? column : null } }
        : {};
}

function parseArrangement(given: unknown): SavedArrangement | null {
    const { sorts, filters, where, columns, frozen, widths } = recordOf(given);
    if (!Array.isArray(sorts) || !Array.isArray(filters)) {
        return null;
    }
    return {
        sorts: sorts.flatMap((sort) => {
            const { column, descending } = recordOf(sort);
            return typeof column === "string" ? [{ column, descending: descending === true }] : [];
        }),
        filters: filters.flatMap(parseFilter),
        where: typeof where === "string" ? where : null,
        columns: Array.isArray(columns) ? stringsOf(columns) : null,
        frozen: typeof frozen === "number" ? frozen : 0,
        widths: Object.fromEntries(
            Object.entries(recordOf(widths)).flatMap(([name, width]) =>
                typeof width === "number" ? [[name, width] as const] : [],
            ),
        ),
    };
}

function parseFilter(given: unknown): readonly ColumnFilter[] {
    const { column, operator, value, values } = recordOf(given);
    if (typeof column !== "string") {
        return [];
    }
    switch (operator) {
        case "is null":
        case "is not null":
            return [{ column, operator }];
        case "in":
            return [{ column, operator, values: stringsOf(values) }];
        case "=":
        case "<>":
        case "<":
        case "<=":
        case ">":
        case ">=":
        case "contains":
            return typeof value === "string" ? [{ column, operator, value }] : [];
        default:
            return [];
    }
}

function recordOf(given: unknown): Readonly<Record<string, unknown>> {
    return typeof given === "object" && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
}

function stringsOf(given: unknown): readonly string[] {
    return Array.isArray(given) ? given.filter((each) => typeof each === "string") : [];
}
