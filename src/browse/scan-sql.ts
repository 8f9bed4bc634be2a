import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql } from "./from-sql.js";
import type { GridView } from "./grid-view.js";
import { buildOrderBy, buildSegments, type ScanDirection, type ScanStart } from "./key-segments.js";
import type { Parameters } from "./parameters.js";
import { buildPlaceStretches } from "./place-stretches.js";
import { nameTerm } from "./row-shape.js";
import { countIndexedTerms, type ViewOrder } from "./view-order.js";

/** Reads rows of a view, in its order or backwards. */
export interface Scan {
    readonly direction: ScanDirection;
    /** Null begins at the first row, or at the last one when going backward. */
    readonly start: ScanStart | null;
    /** How many rows to skip at the start; a small number. */
    readonly skip: number;
    readonly limit: number;
    /** A condition in addition to those of the view. */
    readonly condition?: string;
}

/**
 * SQL for the rows of a scan, nearest first: ordered stretches, one after the other. PostgreSQL does not begin later
 * stretches when the first ones are enough.
 *
 * @param select what to select of each row; evaluated only for rows that are returned
 */
export function buildScanSql(
    view: GridView,
    order: ViewOrder,
    { direction, start, skip, limit, condition }: Scan,
    select: string,
    parameters: Parameters,
): string {
    const { relation } = view;
    const conditions = [...buildConditions(view, parameters), ...(condition === undefined ? [] : [condition])];
    const beside = order.terms.flatMap((term, index) =>
        term.isColumn ? [] : [`, ${term.sql} as ${nameTerm(relation, order, index)}`],
    );
    const orderBy = ` order by ${buildOrderBy(order.terms, direction)}`;
    const buildRows = (segment: readonly string[]): string =>
        `select *${beside.join("")} from ${buildFromSql(relation)}${buildWhereSql([...conditions, ...segment])}${orderBy}` +
        ` limit ${skip + limit}`;
    const stretches =
        order.by === "place"
            ? buildPlaceStretches(start, direction, relation.blocks)
            : start === null
              ? ["true"]
              : bindSegments(view, order, start, direction, parameters);
    const parts = (stretches.length === 0 ? ["false"] : stretches).map((stretch) => buildRows([stretch]));
    const rows = parts.length === 1 ? parts.join("") : parts.map((part) => `(${part})`).join(" union all ");
    return `select ${select} from (${rows}) as page limit ${limit}${skip === 0 ? "" : ` offset ${skip}`}`;
}

/** SQL for any one row before the given one, to test whether there is one; unordered, so nothing is sorted. */
export function buildBeforeSql(view: GridView, order: ViewOrder, start: ScanStart, parameters: Parameters): string {
    const conditions = buildConditions(view, parameters);
    const stretches = bindSegments(view, order, start, "backward", parameters);
    const rows = stretches.map(
        (stretch) => `select 1 from ${buildFromSql(view.relation)}${buildWhereSql([...conditions, stretch])}`,
    );
    return `${rows.join(" union all ")} limit 1`;
}

/** Each value is bound once, however often it is compared. */
function bindSegments(
    { relation }: GridView,
    { terms }: ViewOrder,
    start: ScanStart,
    direction: ScanDirection,
    parameters: Parameters,
): readonly string[] {
    const bound = new Map<number, string>();
    return buildSegments(terms, start, direction, countIndexedTerms(relation, terms), (index) => {
        const known =
            bound.get(index) ?? parameters.bind(start.values[index] ?? null, terms[index]?.castType ?? "text");
        bound.set(index, known);
        return known;
    });
}
