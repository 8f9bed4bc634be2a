import type { Connection } from "../database/connection.js";
import { quoteQualified } from "../sql/identifiers.js";
import type { TableModel } from "./registry.js";

/** A column as a model's SELECT and files define it. */
interface WantedColumn {
    readonly name: string;
    /** As PostgreSQL writes it: `numeric(12,2)`. */
    readonly type: string;
    readonly notNull: boolean;
}

/** How a table differs from its model's definition. */
export interface ShapeChange {
    /** All wanted columns, in the order of the SELECT. */
    readonly columns: readonly WantedColumn[];
    readonly added: readonly WantedColumn[];
    readonly dropped: readonly string[];
    readonly retyped: readonly WantedColumn[];
    /** Columns to become nullable, and columns to become NOT NULL. */
    readonly nullable: readonly string[];
    readonly notNull: readonly string[];
    /** Null if the primary key does not change. */
    readonly primaryKey: {
        /** The current constraint; null if there is none. */
        readonly oldName: string | null;
        readonly columns: readonly string[];
    } | null;
}

interface ComparedColumn {
    readonly name: string;
    readonly wantedType: string | null;
    readonly wantedNotNull: boolean;
    readonly type: string | null;
    readonly notNull: boolean;
}

/**
 * Compares a model's table with its definition: the columns and types of its SELECT, which of them may be null, and the primary key.
 * Null if they agree; the order of columns does not matter.
 */
export async function loadShapeChangeOrNull(connection: Connection, model: TableModel): Promise<ShapeChange | null> {
    const relation = quoteQualified(model.schema, model.name);
    const { rows } = await connection.query<ComparedColumn>(
        `select
            coalesce(wanted.attname, actual.attname)::text as name,
            format_type(wanted.atttypid, wanted.atttypmod) as "wantedType",
            coalesce(wanted.attname = any ($3::text[]), false) as "wantedNotNull",
            format_type(actual.atttypid, actual.atttypmod) as type,
            coalesce(actual.attnotnull, false) as "notNull"
        from (
            select * from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
        ) as wanted
        full join (
            select * from pg_attribute where attrelid = to_regclass($2) and attnum > 0 and not attisdropped
        ) as actual on actual.attname = wanted.attname
        order by wanted.attnum, actual.attnum`,
        [
            quoteQualified(model.selectSchema, model.selectView),
            relation,
            [...model.primaryKey, ...model.columns.flatMap(({ name, notNull }) => (notNull ? [name] : []))],
        ],
    );
    const { rows: keys } = await connection.query<{ name: string; columns: readonly string[] }>(
        `select
            conname::text as name,
            array(
                select attname::text
                from unnest(conkey) with ordinality as part (attnum, position)
                join pg_attribute using (attnum)
                where attrelid = conrelid
                order by position
            ) as columns
        from pg_constraint
        where conrelid = to_regclass($1) and contype = 'p'`,
        [relation],
    );
    const wanted = rows.flatMap(({ name, wantedType, wantedNotNull }) =>
        wantedType === null ? [] : [{ name, type: wantedType, notNull: wantedNotNull }],
    );
    const actual = new Map(rows.filter(({ type }) => type !== null).map((row) => [row.name, row]));
    const [key] = keys;
    const change: ShapeChange = {
        columns: wanted,
        added: wanted.filter(({ name }) => !actual.has(name)),
        dropped: rows.filter(({ wantedType }) => wantedType === null).map(({ name }) => name),
        retyped: wanted.filter(({ name, type }) => (actual.get(name)?.type ?? type) !== type),
        nullable: wanted.filter(({ name, notNull }) => !notNull && actual.get(name)?.notNull === true).map(nameOf),
        notNull: wanted.filter(({ name, notNull }) => notNull && actual.get(name)?.notNull !== true).map(nameOf),
        primaryKey:
            key?.columns.join("\0") === model.primaryKey.join("\0")
                ? null
                : { oldName: key?.name ?? null, columns: model.primaryKey },
    };
    const { added, dropped, retyped, nullable, notNull, primaryKey } = change;
    const isSame = [added, dropped, retyped, nullable, notNull].every((list) => list.length === 0);
    return isSame && primaryKey === null ? null : change;
}

const nameOf = ({ name }: WantedColumn): string => name;
