import type { ModelFile } from "../../project/project.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { fitName } from "../names.js";
import type { PlannedColumn } from "../registry.js";

export interface ActualColumn {
    readonly name: string;
    readonly type: string;
    readonly notNull: boolean;
}

/** The view that holds a model's SELECT. */
export function selectRelationOf(
    model: ModelFile,
    selectSchema: string,
): { readonly schema: string; readonly name: string } {
    return model.materialisation === "view"
        ? { schema: model.schema, name: model.name }
        : { schema: selectSchema, name: fitName(model.name, "__select") };
}

/** The columns of an `ActualColumn`, from `pg_attribute`. */
export const columnsOfSql = `attname::text as name, format_type(atttypid, atttypmod) as type, attnotnull as "notNull"`;

export function columnsSql({ schema, name }: { readonly schema: string; readonly name: string }): string {
    return `select ${columnsOfSql}
        from pg_attribute
        where attrelid = ${quoteLiteral(quoteQualified(schema, name))}::regclass and attnum > 0 and not attisdropped
        order by attnum`;
}

/** Views that read columns of a table. */
export function readersSql(
    table: { readonly schema: string; readonly name: string },
    columns: readonly { readonly name: string }[],
): string {
    return `select distinct nspname::text as schema, relname::text as name
        from pg_attribute
        join pg_depend
            on refclassid = 'pg_class'::regclass and refobjid = attrelid and refobjsubid = attnum
            and classid = 'pg_rewrite'::regclass
        join pg_rewrite on pg_rewrite.oid = objid and ev_class <> attrelid
        join pg_class on pg_class.oid = ev_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where attrelid = ${quoteLiteral(quoteQualified(table.schema, table.name))}::regclass
            and attname in (${columns.map(({ name }) => quoteLiteral(name)).join(", ")})
        order by 1, 2`;
}

export function relationOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
    return quoteQualified(schema, name);
}

export function createTableSql(
    model: ModelFile,
    columns: readonly PlannedColumn[],
    view: { readonly schema: string; readonly name: string },
    rows: "with data" | "with no data",
): readonly string[] {
    const table = relationOf(model);
    const key = model.primaryKey.length === 0 ? [] : [primaryKeyOf(model)];
    const notNull = columns
        .filter(({ name, notNull: isNever }) => isNever && !model.primaryKey.includes(name))
        .map(({ name }) => `alter column ${quoteIdentifier(name)} set not null`);
    const constraints = [...notNull, ...(rows === "with data" ? key.map((each) => `add ${each}`) : [])];
    return [
        rows === "with data"
            ? `create table ${table} as table ${relationOf(view)}`
            : // Costs PostgreSQL less than the same in two steps.
              `create table ${table} (${[`like ${relationOf(view)}`, ...key].join(", ")})`,
        ...(constraints.length === 0 ? [] : [`alter table ${table} ${constraints.join(", ")}`]),
        ...model.indexes.map((index) => createIndexSql(model, index)),
    ];
}

export function primaryKeyName(model: ModelFile): string {
    return fitName([model.name, ...model.primaryKey].join("_"), "_pk");
}

/** The constraint, as a table's definition says it. */
export function primaryKeyOf(model: ModelFile): string {
    return `constraint ${quoteIdentifier(primaryKeyName(model))} primary key (${model.primaryKey.map(quoteIdentifier).join(", ")})`;
}

export function indexName({ name }: ModelFile, columns: readonly string[]): string {
    return fitName([name, ...columns].join("_"), "_idx");
}

export function createIndexSql(model: ModelFile, columns: readonly string[]): string {
    return `create index ${quoteIdentifier(indexName(model, columns))} on ${quoteQualified(model.schema, model.name)} (${columns.map(quoteIdentifier).join(", ")})`;
}

/** Statements that set the comments on a model's relations and, for a known model, remove old ones. */
export function commentsOn(
    model: ModelFile,
    planned: readonly PlannedColumn[],
    view: { readonly schema: string; readonly name: string },
    isKnown: boolean,
): readonly string[] {
    const relation = quoteQualified(model.schema, model.name);
    const text = [model.description, model.grain === "" ? "" : `Grain: ${model.grain}.`]
        .filter((part) => part !== "")
        .join(" ");
    return [
        `comment on ${model.materialisation} ${relation} is ${quoteLiteral(text)}`,
        ...(model.materialisation === "table"
            ? [
                  `comment on view ${quoteQualified(view.schema, view.name)} is ${quoteLiteral(`The SELECT of ${model.schema}.${model.name}.`)}`,
              ]
            : []),
        ...planned
            .filter(({ description }) => isKnown || description !== "")
            .map(
                ({ name, description }) =>
                    `comment on column ${relation}.${quoteIdentifier(name)} is ${description === "" ? "null" : quoteLiteral(description)}`,
            ),
    ];
}
