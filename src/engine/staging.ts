import { createHash } from "node:crypto";
import type { Connection } from "../database/connection.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { spreadSql, stagingComment, type SpreadTable } from "../warehouse/citus.js";
import { fitName } from "../warehouse/names.js";
import type { TableModel } from "../warehouse/registry.js";

/**
 * The tables that hold what a merge computes: the new rows, and what they change. Temporary ones, or, for a table that is spread over
 * the servers of a cluster, where no temporary table can be, permanent ones that are spread in the same way.
 */
export interface Staging {
    readonly newRows: string;
    /** `(operation, old_row, new_row)`, for the rest of the transaction. */
    readonly changedRows: string;
    readonly permanent: PermanentStaging | null;
}

export interface PermanentStaging {
    /** How the model's table is spread; null on a server that spreads none. */
    readonly spread: SpreadTable | null;
    /** The column by which it is spread, quoted; null for none. */
    readonly column: string | null;
}

export const temporaryStaging: Staging = {
    newRows: "pg_temp.stardeck_new",
    changedRows: "pg_temp.stardeck_changed",
    permanent: null,
};

/** The tables of a model's own, made by its builds in the schema of the SELECTs. */
export function permanentStaging({ name, selectSchema }: TableModel, spread: SpreadTable | null): Staging {
    const column = spread?.column ?? null;
    return {
        newRows: quoteQualified(selectSchema, fitName(`new_${name}`, "")),
        changedRows: quoteQualified(selectSchema, fitName(`changed_${name}`, "")),
        permanent: { spread, column: column === null ? null : quoteIdentifier(column) },
    };
}

/** In the permanent table of changes: the value that its rows are spread by, as Citus looks into no row. */
export const spreadValue = "spread_value";

interface Staged {
    readonly model: TableModel;
    readonly relation: string;
    readonly select: string;
    readonly columns: readonly string[];
    readonly staging: Staging;
}

/** Forgets what an earlier merge left: of the same transaction (`--atomic`, verify), or, where the tables are permanent, of another. */
export async function forgetStaged(connection: Connection, { staging }: Staged): Promise<void> {
    const { newRows, changedRows, permanent } = staging;
    if (permanent === null) {
        await connection.query(`drop table if exists ${newRows}, ${changedRows}`);
        return;
    }
    for (const relation of [newRows, changedRows]) {
        if ((await loadCommentOrNull(connection, relation)) !== null) {
            await connection.query(`delete from ${relation}`);
        }
    }
}

/** Makes the permanent table of new rows, as the model's SELECT gives them, unless it is there. */
export async function ensureNewRows(connection: Connection, staged: Staged): Promise<void> {
    const names = staged.columns.join(", ");
    const { rows } = await connection.query<{ columns: string }>(
        `select pg_catalog.string_agg(pg_catalog.format('%I %s', attname, pg_catalog.format_type(atttypid, atttypmod)), ', ' order by attnum) as columns
        from pg_catalog.pg_attribute
        where attrelid = ${quoteLiteral(staged.select)}::regclass and attnum > 0 and not attisdropped`,
    );
    await ensureTable(
        connection,
        staged,
        staged.staging.newRows,
        `select ${names} from ${staged.select}`,
        `${names} of ${rows[0]?.columns ?? ""}`,
        staged.staging.permanent?.spread?.column ?? null,
    );
}

/** Makes the permanent table of changes unless it is there. */
export async function ensureChangedRows(connection: Connection, staged: Staged): Promise<void> {
    const { relation, staging } = staged;
    const column = staging.permanent?.column ?? null;
    const value = column === null ? "" : `, (null::${relation}).${column} as ${spreadValue}`;
    await ensureTable(
        connection,
        staged,
        staging.changedRows,
        `select ''::text as operation, null::${relation} as old_row, null::${relation} as new_row${value}`,
        column ?? "",
        column === null ? null : spreadValue,
    );
}

/** The changes have the type of the table's rows, which keeps that from being changed. */
export async function dropChangedRows(connection: Connection, { staging }: Staged): Promise<void> {
    if (staging.permanent !== null) {
        await connection.query(`drop table if exists ${staging.changedRows}`);
    }
}

/** @param definition what the table is made for: another one makes it anew */
async function ensureTable(
    connection: Connection,
    { model, relation, staging }: Staged,
    table: string,
    select: string,
    definition: string,
    column: string | null,
): Promise<void> {
    const spread = staging.permanent?.spread ?? null;
    const key = [definition, spread?.kind ?? "", column ?? "", spread?.colocation ?? ""].join("\0");
    const comment = `${stagingComment}${model.name}, ${createHash("md5").update(key).digest("hex").slice(0, 8)}`;
    if ((await loadCommentOrNull(connection, table)) === comment) {
        return;
    }
    await connection.query(`drop table if exists ${table}`);
    await connection.query(`create table ${table} as ${select} with no data`);
    if (spread !== null && spread.kind !== "local") {
        for (const statement of spreadSql(
            table,
            column === null ? "reference" : { column },
            null,
            column === null ? null : relation,
        )) {
            await connection.query(statement);
        }
    }
    await connection.query(`comment on table ${table} is ${quoteLiteral(comment)}`);
}

/** Null where there is no such table; empty where it has none. */
async function loadCommentOrNull(connection: Connection, table: string): Promise<string | null> {
    const { rows } = await connection.query<{ comment: string | null }>(
        `select case
            when pg_catalog.to_regclass($1) is not null
            then coalesce(pg_catalog.obj_description(pg_catalog.to_regclass($1), 'pg_class'), '')
        end as comment`,
        [table],
    );
    return rows[0]?.comment ?? null;
}
