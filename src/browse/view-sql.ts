import { formatIdentifier, formatLiteral, formatQualified } from "../sql/identifiers.js";
import { isIntegerType, isNumericType, typeIds } from "../text/column-types.js";
import { isPaddedType, isShortType, isTextType } from "../text/column-kinds.js";
import { listOrder } from "./describe-order.js";
import { buildFilterSql, type FilterStyle } from "./filter-sql.js";
import { buildOperator } from "./operator.js";
import { findColumn, visibleColumns, type GridView } from "./grid-view.js";
import type { BrowseColumn, Relation } from "./relation.js";
import { tokenizeSql } from "../sql/sql-tokens.js";

/**
 * Readable SQL for the view's rows, for people to copy: names and values are quoted only where necessary.
 * Rows of a view or query that are equal in all sorts may come in another order than in the grid.
 */
export function buildViewSql(view: GridView): string {
    const { relation, sorts } = view;
    const conditions = formatConditions(view);
    if (relation.source.from === "query" && conditions.length === 0 && sorts.length === 0 && hasAllColumns(view)) {
        return relation.source.sql;
    }
    const columns = visibleColumns(view).map(({ name }) => formatIdentifier(name));
    const order = listOrder(view).map(
        ({ name, descending, nulls }) => `${name}${descending ? " desc" : ""}${nulls === "last" ? " nulls last" : ""}`,
    );
    return [
        ...formatList("select", columns),
        ...formatFrom(relation),
        ...formatWhere(conditions),
        ...(order.length === 0 ? [] : formatList("order by", order)),
    ].join("\n");
}

function hasAllColumns({ relation, columns }: GridView): boolean {
    return relation.columns.length === columns.length && relation.columns.every(({ name }, at) => name === columns[at]);
}

const readableStyle: FilterStyle = {
    quote: formatIdentifier,
    operator: (schema, sign) => (schema === "pg_catalog" ? sign : buildOperator(schema, sign)),
};

/** All conditions of the view, in readable SQL. */
export function formatConditions({ relation, filters, where }: GridView): readonly string[] {
    const conditions = filters.map((filter) => {
        const column = findColumn(relation, filter.column);
        const format = (value: string, castType: string): string => formatValue(value, castType, column);
        return buildFilterSql(filter, column, format, readableStyle);
    });
    return where === null ? conditions : [...conditions, bracket(where)];
}

/** Puts a person's condition in brackets; a line break ends a comment in it. */
function bracket(where: string): string {
    return /\n|--/.test(where) ? `(\n${where}\n)` : `(${where})`;
}

/** A number or boolean without quotes, any other value as a literal, with its type if PostgreSQL could not infer it. */
function formatValue(value: string, castType: string, { typeId }: BrowseColumn): string {
    const isText = castType === "text";
    if (!isText && typeId === typeIds.boolean && /^[tf]$/.test(value)) {
        return value === "t" ? "true" : "false";
    }
    // Unquoted, a fraction would be numeric, which is compared with a real as double precision: another number.
    const number = isIntegerType(typeId) ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
    if (!isText && isNumericType(typeId) && typeId !== typeIds.real && number.test(value)) {
        return value;
    }
    const isKnown =
        isText || isNumericType(typeId) || isShortType(typeId) || isTextType(typeId) || isPaddedType(typeId);
    return isKnown ? formatLiteral(value) : `${formatLiteral(value)}::${castType}`;
}

function formatFrom({ source, columns }: Relation): readonly string[] {
    if (source.from === "database") {
        return [`from ${formatQualified(source.schema, source.name)}`];
    }
    const names = columns.map(({ name }) => name);
    // `total_2` may be the second `total` of the statement.
    const isRenamed = names.some((name) => names.includes(name.replace(/_\d+$/, "")) && /_\d+$/.test(name));
    const list = isRenamed ? ` (${names.map(formatIdentifier).join(", ")})` : "";
    return ["from (", indent(source.sql), `) as result${list}`];
}

/** Indents each line by four spaces, except within strings and comments of several lines. */
function indent(sql: string): string {
    const lines = tokenizeSql(sql).map(({ kind, text }) =>
        kind === "blank" ? text.replaceAll(/\n(?=[^\n]|$)/g, "\n    ") : text,
    );
    return `    ${lines.join("")}`;
}

function formatWhere(conditions: readonly string[]): readonly string[] {
    const [first, ...others] = conditions;
    if (first === undefined) {
        return [];
    }
    return others.length === 0
        ? [`where ${first}`]
        : ["where", `    ${first}`, ...others.map((condition) => `    and ${condition}`)];
}

/** One item on the keyword's line, several items on a line each. */
function formatList(keyword: string, items: readonly string[]): readonly string[] {
    const isShort = items.length < 2 || (keyword === "order by" && items.join(", ").length <= 80);
    return isShort
        ? [`${keyword} ${items.join(", ")}`.trimEnd()]
        : [keyword, ...items.map((item, at) => `    ${item}${at < items.length - 1 ? "," : ""}`)];
}
