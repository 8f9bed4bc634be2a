import type { TextRow } from "../text/format-table.js";
import { buildOperator } from "./operator.js";
import { isNothingSql, type OrderTerm } from "./view-order.js";

export type ScanDirection = "forward" | "backward";

/** Where a scan begins: at the row with these values, or right after it. */
export interface ScanStart {
    readonly values: TextRow;
    readonly includesRow: boolean;
}

/**
 * Conditions on disjoint stretches that together are the rows from a given one on, in scan order.
 *
 * PostgreSQL could not use an index for one condition with `or`, but it can for each of these. For `(a, b)` after `(1, 2)`
 * with `a` ascending and `b` descending they are `a = 1 and b < 2`, `a > 1`, and `a is not distinct from null` if `a` is
 * nullable. Terms of one direction that are never null need a single row comparison, `(a, b) > (1, 2)`.
 * Terms that no index orders are not split, because each stretch might read all rows: `a >= 1 and (a > 1 or a = 1 and b < 2)`.
 *
 * @param indexedTerms how many terms an index gives in order
 * @param bind returns the placeholder for the value of a term
 */
export function buildSegments(
    terms: readonly OrderTerm[],
    { values, includesRow }: ScanStart,
    direction: ScanDirection,
    indexedTerms: number,
    bind: (index: number) => string,
): readonly string[] {
    return buildFrom(0, [], indexedTerms);

    /** The stretches among the rows that are equal in the terms before this one; only terms before `end` are split. */
    function buildFrom(index: number, equal: readonly string[], end: number): readonly string[] {
        const term = terms[index];
        if (term === undefined) {
            return includesRow ? [join(equal)] : [];
        }
        const isAscending = isAscendingIn(term, direction);
        const { sql, isNullable, operatorSchema } = term;
        const compare = (sign: string): string => buildOperator(operatorSchema, sign);
        const isNull = (values[index] ?? null) === null;
        const nulls = isNullable && isAscending && !isNull ? [join([...equal, isNothingSql(sql)])] : [];
        if (isRowComparable(index)) {
            return [join([...equal, compareRest(index)]), ...nulls];
        }
        if (index >= end) {
            const stretches = buildFrom(index, [], terms.length);
            const own = stretches.slice(0, stretches.length - nulls.length);
            const isBounded = !isNull && index === 0;
            const bound = isBounded ? [`${sql} ${compare(isAscending ? ">=" : "<=")} ${bind(index)}`] : [];
            return isBounded
                ? [join([...bound, either(own)]), ...nulls]
                : [join([...equal, either(stretches)])].filter(() => stretches.length > 0);
        }
        if (isNull) {
            // Nulls come first in a descending scan: all other rows follow.
            const later = isAscending ? [] : [join([...equal, `${sql} is distinct from null`])];
            return [...buildFrom(index + 1, [...equal, isNothingSql(sql)], end), ...later];
        }
        return [
            ...buildFrom(index + 1, [...equal, `${sql} ${compare("=")} ${bind(index)}`], end),
            join([...equal, `${sql} ${compare(isAscending ? ">" : "<")} ${bind(index)}`]),
            ...nulls,
        ];
    }

    /** A row comparison skips rows with a null after the first term, and supports one direction and one schema of operators only. */
    function isRowComparable(index: number): boolean {
        return terms
            .slice(index)
            .every(
                (term, offset) =>
                    (values[index + offset] ?? null) !== null &&
                    (offset === 0 || !term.isNullable) &&
                    term.descending === terms[index]?.descending &&
                    term.operatorSchema === terms[index].operatorSchema,
            );
    }

    function compareRest(index: number): string {
        const rest = terms.slice(index);
        const left = rest.map(({ sql }) => sql);
        const right = rest.map((_term, offset) => bind(index + offset));
        const first = rest[0];
        const sign = `${first !== undefined && isAscendingIn(first, direction) ? ">" : "<"}${includesRow ? "=" : ""}`;
        const operator = buildOperator(first?.operatorSchema ?? "pg_catalog", sign);
        return rest.length === 1
            ? `${left.join()} ${operator} ${right.join()}`
            : `(${left.join(", ")}) ${operator} (${right.join(", ")})`;
    }
}

/** The condition for rows with these values in the given terms. */
export function buildEquality(
    terms: readonly OrderTerm[],
    values: TextRow,
    bind: (value: string, castType: string) => string,
): string {
    return join(
        terms.map(({ sql, castType, operatorSchema }, index) => {
            const value = values[index] ?? null;
            return value === null
                ? isNothingSql(sql)
                : `${sql} ${buildOperator(operatorSchema, "=")} ${bind(value, castType)}`;
        }),
    );
}

export function buildOrderBy(terms: readonly OrderTerm[], direction: ScanDirection): string {
    return terms.map((term) => `${term.sql}${isAscendingIn(term, direction) ? "" : " desc"}`).join(", ");
}

function isAscendingIn({ descending }: OrderTerm, direction: ScanDirection): boolean {
    return descending === (direction === "backward");
}

function either(conditions: readonly string[]): string {
    return conditions.length === 1 ? conditions.join("") : `(${conditions.join(" or ")})`;
}

function join(conditions: readonly string[]): string {
    return conditions.join(" and ");
}
