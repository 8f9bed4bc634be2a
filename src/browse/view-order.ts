import { StardeckError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { typeIds } from "../text/column-types.js";
import { isShortType } from "../text/column-kinds.js";
import { findColumn, type GridView, type Sort } from "./grid-view.js";
import type { BrowseColumn, Relation, RelationIndex } from "./relation.js";

/** One expression that rows are ordered by. */
export interface OrderTerm {
    /** An expression over the relation's columns. */
    readonly sql: string;
    /** False for a term that is not a column: the place of a row, the digest of all columns. */
    readonly isColumn: boolean;
    readonly typeId: number;
    readonly castType: string;
    readonly descending: boolean;
    readonly isNullable: boolean;
    readonly operatorSchema: string;
}

/**
 * A total order: no two rows are equal in all terms, except rows that are equal in all columns (`mayHaveTwins`).
 * No terms mean the order in which a view or query returns its rows by itself.
 */
export interface ViewOrder {
    /** `values`: by comparing values. `place`: only by where rows are stored. `position`: as the view or query returns them. */
    readonly by: "values" | "place" | "position";
    readonly terms: readonly OrderTerm[];
    /** Identifies the order: keys of one order cannot be used in another. */
    readonly name: string;
    readonly mayHaveTwins: boolean;
    /** Identifies the terms that identify a row, independent of the sorts. */
    readonly identityOf: string;
    /** The indexes of the terms that identify a row. */
    readonly identityTerms: readonly number[];
}

const placeSql = "ctid";

/** How many further columns order rows that are equal in the sorts, before the digest of all columns. */
const tieColumns = 3;

/**
 * The sorts, followed by terms that make the order total: the key, the place, or a digest of all columns. Without sorts, rows
 * identified by position keep the order they come in, which a query may have asked for. So do those of a partitioned table,
 * because their places cannot be read in order without sorting all rows.
 *
 * @throws StardeckError `usage` with the reason when a column cannot be sorted.
 */
export function makeViewOrder({ relation, sorts }: Pick<GridView, "relation" | "sorts">): ViewOrder {
    const { identity } = relation;
    const hasOwnOrder = identity.by === "position" || (identity.by === "place" && identity.isPartitioned);
    if (hasOwnOrder && sorts.length === 0) {
        return {
            by: "position",
            terms: [],
            name: "position",
            mayHaveTwins: false,
            identityOf: "position",
            identityTerms: [],
        };
    }
    const sorted = new Map<string, OrderTerm>();
    for (const sort of sorts) {
        if (!sorted.has(sort.column)) {
            sorted.set(sort.column, makeSortTerm(findColumn(relation, sort.column), sort));
        }
    }
    // In the direction of the last sort, so that one index can give the sorts and the ties.
    const descending = sorts.at(-1)?.descending ?? false;
    const ties = makeTieTerms(relation, descending, new Set(sorted.keys()));
    const sortTerms = [...sorted.values()];
    const indexed = countIndexedTerms(relation, [...sortTerms, ...ties.terms]);
    const terms = [
        ...sortTerms.flatMap((term, index) => (index < indexed ? [term] : putNullsLast(term))),
        ...ties.terms,
    ];
    return {
        by: terms.length === 1 && terms[0]?.sql === placeSql ? "place" : "values",
        terms,
        name: JSON.stringify(terms.map((term) => [term.sql, term.descending])),
        mayHaveTwins: relation.identity.by === "position",
        identityOf: ties.identity.join(),
        identityTerms: ties.identity.map((sql) => terms.findIndex((term) => term.sql === sql)),
    };
}

function makeSortTerm(column: BrowseColumn, { descending }: Sort): OrderTerm {
    if (column.unsortableReason !== null) {
        throw new StardeckError(column.unsortableReason, { code: "usage", hint: "Sort by another column." });
    }
    return makeColumnTerm(column, descending);
}

/** In a descending sort, nulls should not hide the greatest values. An order that an index gives is kept: it has nulls first. */
function putNullsLast(term: OrderTerm): readonly OrderTerm[] {
    return term.descending && term.isNullable
        ? [makeSystemTerm(nullsLastSql(term.sql), typeIds.boolean, "boolean", false), term]
        : [term];
}

/** A term that puts the nulls of a column last, if it precedes the column in `order by`. */
export function nullsLastSql(sql: string): string {
    return `(${isNothingSql(sql)})`;
}

/** Tests whether a value itself is null; unlike `is null`, it does not look into a composite value. */
export function isNothingSql(sql: string): string {
    return `${sql} is not distinct from null`;
}

/** How many of the first terms the best index gives in order, read forwards or backwards. */
export function countIndexedTerms({ indexes }: Pick<Relation, "indexes">, terms: readonly OrderTerm[]): number {
    return Math.max(
        0,
        ...indexes.map(({ columns }) => Math.max(countGiven(terms, columns, false), countGiven(terms, columns, true))),
    );
}

function countGiven(terms: readonly OrderTerm[], columns: RelationIndex["columns"], isBackward: boolean): number {
    const unlike = terms.findIndex(({ sql, descending }, at) => {
        const column = columns[at];
        return (
            column === undefined ||
            quoteIdentifier(column.name) !== sql ||
            descending !== (column.descending !== isBackward)
        );
    });
    return unlike < 0 ? terms.length : unlike;
}

function makeColumnTerm(
    { name, typeId, castType, isNullable, operatorSchema }: BrowseColumn,
    descending: boolean,
): OrderTerm {
    return { sql: quoteIdentifier(name), isColumn: true, typeId, castType, descending, isNullable, operatorSchema };
}

interface TieTerms {
    readonly terms: readonly OrderTerm[];
    /** The SQL of the terms that identify a row; these may be among the sorts. */
    readonly identity: readonly string[];
}

function makeTieTerms(relation: Relation, descending: boolean, sorted: ReadonlySet<string>): TieTerms {
    const { identity } = relation;
    switch (identity.by) {
        case "key": {
            const columns = identity.columns.map((name) => findColumn(relation, name));
            return {
                terms: columns
                    .filter(({ name }) => !sorted.has(name))
                    .map((column) => makeColumnTerm(column, descending)),
                identity: columns.map(({ name }) => quoteIdentifier(name)),
            };
        }
        case "place": {
            const terms = [
                ...(identity.isPartitioned ? [makeSystemTerm("tableoid", typeIds.oid, "oid", descending)] : []),
                makeSystemTerm(placeSql, 27, "tid", descending),
            ];
            return { terms, identity: terms.map(({ sql }) => sql) };
        }
        case "position": {
            const columns = relation.columns
                .filter((column) => column.unsortableReason === null && isShortType(column.typeId))
                .filter(({ name }) => !sorted.has(name))
                .slice(0, tieColumns);
            const digest = makeSystemTerm(buildDigestSql(relation.columns), 2950, "uuid", descending);
            return {
                terms: [...columns.map((column) => makeColumnTerm(column, descending)), digest],
                identity: [digest.sql],
            };
        }
    }
}

function makeSystemTerm(sql: string, typeId: number, castType: string, descending: boolean): OrderTerm {
    return { sql, isColumn: false, typeId, castType, descending, isNullable: false, operatorSchema: "pg_catalog" };
}

/** Rows with the same digest have the same text in all columns. */
function buildDigestSql(columns: readonly BrowseColumn[]): string {
    return `md5(row(${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})::text)::uuid`;
}
