import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";

interface Table {
    readonly schema: string;
    readonly name: string;
}

/**
 * The columns of a table from the first that is not at its planned place; none if all are. A column that was dropped and added again
 * is the last one.
 */
export async function loadMisplacedColumns(
    database: Queryable,
    table: Table,
    planned: readonly PlannedColumn[],
): Promise<readonly PlannedColumn[]> {
    const { rows } = await database.query<{ name: string }>(
        `select attname::text as name from pg_attribute
        where attrelid = ${quoteLiteral(quoteQualified(table.schema, table.name))}::regclass and attnum > 0 and not attisdropped
        order by attnum`,
    );
    const first = planned.findIndex(({ name }, index) => rows[index]?.name !== name);
    const isComplete =
        rows.length === planned.length && planned.every(({ name }) => rows.some((row) => row.name === name));
    return first === -1 || !isComplete ? [] : planned.slice(first);
}

/**
 * Moves columns to the end of their table, in the given order, with their values. In PostgreSQL that means new columns, so the keys
 * and indexes on them are dropped; the caller must make them again.
 *
 * @param ownIndexes the names of the model's indexes, including that of its key
 * @returns false, with nothing changed, if other objects depend on one of the columns
 */
export async function moveToEnd(
    database: Queryable,
    table: Table,
    columns: readonly PlannedColumn[],
    ownIndexes: readonly string[],
): Promise<boolean> {
    const relation = quoteQualified(table.schema, table.name);
    const { rows } = await database.query<{ isFree: boolean }>(
        `select not exists (
                select from pg_depend
                join pg_attribute on attrelid = refobjid and attnum = refobjsubid
                where refclassid = 'pg_class'::regclass and refobjid = ${quoteLiteral(relation)}::regclass
                    and attname in (${columns.map(({ name }) => quoteLiteral(name)).join(", ")})
                    and not (classid = 'pg_class'::regclass and objid in (
                        select indexrelid from pg_index
                        join pg_class on pg_class.oid = indexrelid
                        where indrelid = refobjid and relname in (${ownIndexes.map(quoteLiteral).join(", ")})
                    ))
                    and not (
                        classid = 'pg_constraint'::regclass
                        and objid in (select oid from pg_constraint where conrelid = refobjid and contype in ('p', 'n'))
                    )
            )
            and not exists (select from pg_constraint where confrelid = ${quoteLiteral(relation)}::regclass)
            and not exists (select from pg_trigger where tgrelid = ${quoteLiteral(relation)}::regclass and not tgisinternal)
            and not exists (select from pg_attribute where attrelid = ${quoteLiteral(relation)}::regclass and attacl is not null)
            as "isFree"`,
    );
    if (rows[0]?.isFree !== true) {
        return false;
    }
    const moved = columns.map(({ name, type }, index) => ({
        from: quoteIdentifier(name),
        to: quoteIdentifier(`stardeck_moved_${index}`),
        type,
    }));
    await database.query(
        [
            `alter table ${relation} ${moved.map(({ to, type }) => `add column ${to} ${type}`).join(", ")}`,
            `update ${relation} set ${moved.map(({ from, to }) => `${to} = ${from}`).join(", ")}`,
            `alter table ${relation} ${moved.map(({ from }) => `drop column ${from}`).join(", ")}`,
            ...moved.map(({ from, to }) => `alter table ${relation} rename column ${to} to ${from}`),
        ].join(";\n"),
    );
    return true;
}
