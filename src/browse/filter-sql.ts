import { StardeckError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { checkCondition } from "./check-given-sql.js";
import { inBrackets } from "./from-sql.js";
import { findColumn, type ColumnFilter, type GridView } from "./grid-view.js";
import type { Parameters } from "./parameters.js";
import type { BrowseColumn } from "./relation.js";

/**
 * The conditions of a view's filters, with their values bound.
 *
 * @throws StatementError placed in the condition that a person wrote; StardeckError `usage` for what a type cannot do.
 */
export function buildConditions({ relation, filters, where }: GridView, parameters: Parameters): readonly string[] {
    const conditions = filters.map((filter) =>
        buildFilterSql(filter, findColumn(relation, filter.column), (value, castType) =>
            parameters.bind(value, castType),
        ),
    );
    const hasGivenSql = where !== null || relation.source.from === "query";
    return [
        // A parameter makes pg use the extended protocol, in which several statements are refused as a whole.
        ...(hasGivenSql ? [parameters.bind("true", "boolean")] : []),
        ...conditions,
        ...(where === null ? [] : [inBrackets(checkCondition(where))]),
    ];
}

/** `where a and b`, or nothing. */
export function buildWhereSql(conditions: readonly string[]): string {
    return conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
}

/** One filter as a condition; `bind` gives what stands for a value of a type, `quote` what stands for a name. */
export function buildFilterSql(
    filter: ColumnFilter,
    column: BrowseColumn,
    bind: (value: string, castType: string) => string,
    quote = quoteIdentifier,
): string {
    const name = quote(column.name);
    const isComparable = column.unsortableReason === null;
    const left = isComparable ? name : `${name}::text`;
    const bindValue = (value: string): string => bind(value, isComparable ? column.castType : "text");
    switch (filter.operator) {
        case "is null":
        case "is not null":
            return `${name} ${filter.operator}`;
        case "contains":
            return `${buildTextSql(name)} ilike ${bind(buildPattern(filter.value), "text")}`;
        case "in":
            return filter.values.length === 0 ? "false" : `${left} in (${filter.values.map(bindValue).join(", ")})`;
        case "=":
            return `${left} = ${bindValue(filter.value)}`;
        case "<>":
            return `${left} is distinct from ${bindValue(filter.value)}`;
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
            return `${name} ${filter.operator} ${bindValue(filter.value)}`;
    }
}

/** The text of a value for `ilike`, which a collation that is not deterministic would refuse. */
export function buildTextSql(reference: string): string {
    return `${reference}::text collate "default"`;
}

/** The pattern for `ilike` that finds a text anywhere. */
export function buildPattern(text: string): string {
    return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
