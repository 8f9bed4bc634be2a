import { createHash } from "node:crypto";
import type { Connection } from "../database/connection.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { spreadSql, stagingComment, type SpreadTable } from "../warehouse/citus.js";
import { fitName } from "../warehouse/names.js";
import type { TableModel } from "../warehouse/registry.js";

/**
 * The tables that hold what a merge computes: the new rows and the changes. They are temporary; but for a table that is distributed
 * over a cluster, where temporary tables are impossible, they are permanent and distributed in the same way.
 */
export interface Staging {
    readonly newRows: string;
    /** `(operation, old_row, new_row)`, for the rest of the transaction. */
    readonly changedRows: string;
    readonly permanent: PermanentStaging | null;
}

export interface PermanentStaging {
    /** How the model's table is distributed; null on a server without Citus. */
    readonly spread: SpreadTable | null;
    /** The quoted distribution column; null if there is none. */
    readonly column: string | null;
}

export const temporaryStaging: Staging = {
    newRows: "pg_temp.stardeck_new",
    changedRows: "pg_temp.stardeck_changed",
    permanent: null,
};

/** A model's own staging tables, which its builds make in the schema of the SELECTs. */
export function permanentStaging({ name, selectSchema }: TableModel, spread: SpreadTable | null): Staging {
    const column = spread?.column ?? null;
    return {
        newRows: quoteQualified(selectSchema, fitName(`new_${name}`, "")),
        changedRows: quoteQualified(selectSchema, fitName(`changed_${name}`, "")),
        permanent: { spread, column: column === null ? null : quoteIdentifier(column) },
    };
}

/** The distribution column of the permanent table of changes, because Citus cannot look into composite values. */
export const spreadValue = "spread_value";

interface Staged {
    readonly model: TableModel;
    readonly relation: string;
    readonly select: string;
    readonly columns: readonly string[];
    readonly staging: Staging;
}

/** Removes what an earlier merge left, in the same transaction (`--atomic`, verify) or, in permanent tables, in another one. */
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

/** Makes the permanent table of new rows, with the columns of the model's SELECT, unless it exists. */
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

/** Makes the permanent table of changes unless it exists. */
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

/** Drops the table of changes: it uses the row type of the model's table, which blocks changes of that. */
export async function dropChangedRows(connection: Connection, { staging }: Staged): Promise<void> {
    if (staging.permanent !== null) {
        await connection.query(`drop table if exists ${staging.changedRows}`);
    }
}

/** @param definition identifies the table's content: if it changes, the table is made again */
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

/** Null if there is no such table; empty if it has no comment. */
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
