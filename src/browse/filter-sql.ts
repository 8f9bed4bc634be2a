import { StardeckError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { checkCondition } from "./check-given-sql.js";
import { inBrackets } from "./from-sql.js";
import { findColumn, type ColumnFilter, type GridView } from "./grid-view.js";
import { buildOperator } from "./operator.js";
import type { Parameters } from "./parameters.js";
import type { BrowseColumn } from "./relation.js";

/**
 * The conditions of a view's filters, with their values bound.
 *
 * @throws StatementError with a position in the condition that a person wrote; StardeckError `usage` for a comparison that the type
 * does not support.
 */
export function buildConditions({ relation, filters, where }: GridView, parameters: Parameters): readonly string[] {
    const conditions = filters.map((filter) =>
        buildFilterSql(filter, findColumn(relation, filter.column), (value, castType) =>
            parameters.bind(value, castType),
        ),
    );
    const hasGivenSql = where !== null || relation.source.from === "query";
    return [
        // A parameter makes pg use the extended protocol, which refuses a text of several statements.
        ...(hasGivenSql ? [parameters.bind("true", "boolean")] : []),
        ...conditions,
        ...(where === null ? [] : [inBrackets(checkCondition(where))]),
    ];
}

/** `where a and b`, or nothing. */
export function buildWhereSql(conditions: readonly string[]): string {
    return conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
}

/** How a filter's SQL is written: qualified to be sent, or for people, with plain signs for PostgreSQL's own operators. */
export interface FilterStyle {
    readonly quote: (name: string) => string;
    readonly operator: (schema: string, sign: string) => string;
}

const sentStyle: FilterStyle = { quote: quoteIdentifier, operator: buildOperator };

/** One filter as a condition; `bind` returns the placeholder for a value of a type. */
export function buildFilterSql(
    filter: ColumnFilter,
    column: BrowseColumn,
    bind: (value: string, castType: string) => string,
    { quote, operator }: FilterStyle = sentStyle,
): string {
    const name = quote(column.name);
    const isComparable = column.unsortableReason === null;
    const left = isComparable ? name : `${name}::text`;
    const schema = isComparable ? column.operatorSchema : "pg_catalog";
    const bindValue = (value: string): string => bind(value, isComparable ? column.castType : "text");
    const isEqual = (value: string): string => `${left} ${operator(schema, "=")} ${bindValue(value)}`;
    switch (filter.operator) {
        case "is null":
        case "is not null":
            return `${name} ${filter.operator}`;
        case "contains":
            return `${buildTextSql(name)} ilike ${bind(buildPattern(filter.value), "text")}`;
        case "in":
            if (filter.values.length === 0) {
                return "false";
            }
            return operator(schema, "=") === "="
                ? `${left} in (${filter.values.map(bindValue).join(", ")})`
                : `(${filter.values.map(isEqual).join(" or ")})`;
        case "=":
            return isEqual(filter.value);
        case "<>":
            return operator(schema, "=") === "="
                ? `${left} is distinct from ${bindValue(filter.value)}`
                : `(${isEqual(filter.value)}) is not true`;
        case "<":
        case "<=":
        case ">":
        case ">=":
            if (column.unsortableReason !== null) {
                throw new StardeckError(column.unsortableReason.replace("sorted", "compared"), {
                    code: "usage",
                    hint: "Filter it by = or contains.",
                });
            }
            return `${name} ${operator(schema, filter.operator)} ${bindValue(filter.value)}`;
    }
}

/** The text of a value for `ilike`, which does not support nondeterministic collations. */
export function buildTextSql(reference: string): string {
    return `${reference}::text collate "default"`;
}

/** The pattern of `ilike` for values that contain a text. */
export function buildPattern(text: string): string {
    return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
