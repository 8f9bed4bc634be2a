import type { Connection } from "../database/connection.js";
import { StardeckError, StatementError } from "../database/errors.js";
import type { Entity } from "../runs/entity-queue.js";
import type { RowCounts } from "../runs/run.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import type { ShapeChange } from "../warehouse/table-shape.js";
import { makeEntityScope } from "./entity-scope.js";
import { fillEmptyTable } from "./fill-empty-table.js";
import { beginReshaping } from "./reshape-table.js";
import { dropChangedRows, ensureChangedRows, ensureNewRows, forgetStaged, spreadValue } from "./staging.js";
import { equalityOf, loadTargets, type Target } from "./target.js";

/** What to recompute: the whole model, or the rows of these entities. */
export type MergeScope = { readonly kind: "all" } | { readonly kind: "entities"; readonly entities: readonly Entity[] };

export interface MergeResult extends RowCounts {
    /** True if the table was filled from empty: single changed rows are not known. */
    readonly isFirstLoad: boolean;
    /** Column types have changed, so that readers may differ even if no row has changed. */
    readonly isRetyped: boolean;
}

const createNewRows = "create temporary table stardeck_new on commit drop as";

/**
 * Recomputes a table model from its SELECT and changes only the rows that differ, by primary key, in the open transaction.
 * The table itself stays, so views, grants and indexes on it survive; readers see the old rows until the commit.
 *
 *     insert into new     select … from <model>__select [where <entity> = any($1)]
 *     insert into changed select … from <model> full join new using (<primary key>) where they differ
 *     delete, update, insert … from changed
 *
 * It uses `= any(array)`, not a join, because PostgreSQL pushes that into the SELECT's windows and aggregates by that key.
 *
 * For a whole model, `create table as` makes `new`, because PostgreSQL can compute that in parallel, but never an INSERT. All parallel
 * processes use the same snapshot, and end with the statement.
 *
 * On a cluster, where the staging tables are permanent, each statement must run on each server's own rows: so there are two left joins
 * in place of the full one, and every join contains the distribution column.
 *
 * @param shape how the table differs from the model's definition: all rows are computed first, then the table is changed
 * @throws StardeckError `failed` if the SELECT breaks the contract: a duplicate key, or null where null is not allowed; or if objects
 * of others prevent the table's new shape.
 */
export async function mergeModel(
    connection: Connection,
    target: Target,
    scope: MergeScope,
    shape: ShapeChange | null = null,
): Promise<MergeResult> {
    try {
        await forgetStaged(connection, target);
        if (shape !== null) {
            return await mergeIntoNewShape(connection, target, shape);
        }
        if (scope.kind === "all" && (await isEmpty(connection, target))) {
            return await computeAndFill(connection, target);
        }
        const written =
            scope.kind === "all"
                ? await computeAllRows(connection, target, listNotNull(target))
                : await computeEntities(connection, target, scope);
        const before = await countRows(connection, target, scope);
        await computeChanges(connection, target, scope);
        const counts = await countOperations(connection, target);
        const unchanged = written - counts.inserted - counts.updated;
        // Every recomputed row is new or matches exactly one old row; one too many means that two share a key.
        if (written - counts.inserted !== before - counts.deleted) {
            throw await duplicateKeyError(connection, target);
        }
        await applyChanges(connection, target, counts);
        return { ...counts, unchanged, isFirstLoad: false, isRetyped: false };
    } catch (error) {
        throw explainContractBreak(error, target);
    }
}

/** Computes the rows first, by the wanted columns, and only then changes the table, because that locks out readers until the commit. */
async function mergeIntoNewShape(connection: Connection, target: Target, shape: ShapeChange): Promise<MergeResult> {
    const columns = shape.columns.map(({ name }) => quoteIdentifier(name));
    const notNull = shape.columns.flatMap((column) => (column.notNull ? [column.name] : []));
    const written = await computeAllRows(connection, { ...target, columns }, notNull);
    const before = await countRows(connection, target, { kind: "all" });
    await dropChangedRows(connection, target);
    const { isEmptied, finish } = await beginReshaping(connection, target, shape);
    const found = (await loadTargets(connection, [target.model])).get(target.model.name);
    if (found === undefined) {
        throw new Error(`not in the catalog: ${target.relation}`);
    }
    const reshaped = { ...found, staging: target.staging };
    await computeChanges(connection, reshaped, { kind: "all" });
    const counts = await countOperations(connection, reshaped);
    const deleted = isEmptied ? before : counts.deleted;
    const unchanged = written - counts.inserted - counts.updated;
    if (!isEmptied && written - counts.inserted !== before - deleted) {
        throw await duplicateKeyError(connection, reshaped);
    }
    await applyChanges(connection, reshaped, counts);
    await finish();
    return { ...counts, deleted, unchanged, isFirstLoad: isEmptied, isRetyped: shape.retyped.length > 0 };
}

async function isEmpty(connection: Connection, target: Target): Promise<boolean> {
    const { rows } = await connection.query(`select 1 as one from ${target.relation} limit 1`);
    return rows.length === 0;
}

function selectAll({ columns, select }: Target): string {
    return `select ${columns.join(", ")} from ${select}`;
}

async function computeAndFill(connection: Connection, target: Target): Promise<MergeResult> {
    const columns = target.columns.join(", ");
    let rowCount: number;
    if (target.staging.permanent === null) {
        ({ rowCount } = await connection.query(`${createNewRows} ${selectAll(target)}`));
        const insertSql = `insert into ${target.relation} (${columns}) select ${columns} from ${target.staging.newRows}`;
        await fillEmptyTable(connection, target.relation, insertSql, rowCount);
    } else {
        // On a cluster, Citus computes and inserts the rows in parallel.
        ({ rowCount } = await connection.query(`insert into ${target.relation} (${columns}) ${selectAll(target)}`));
    }
    return { inserted: rowCount, updated: 0, deleted: 0, unchanged: 0, isFirstLoad: true, isRetyped: false };
}

/** Computes the whole model, and refuses nulls in columns that must not be null. */
async function computeAllRows(connection: Connection, target: Target, notNull: readonly string[]): Promise<number> {
    const { newRows, permanent } = target.staging;
    let rowCount: number;
    if (permanent === null) {
        ({ rowCount } = await connection.query(`${createNewRows} ${selectAll(target)}`));
        await refuseNulls(connection, target, notNull);
    } else {
        rowCount = await fillNewRows(connection, target, notNull, selectAll(target), []);
    }
    await connection.query(`analyze ${newRows}`);
    return rowCount;
}

/** Fills the permanent table of new rows, which itself allows nulls, and refuses nulls afterwards. */
async function fillNewRows(
    connection: Connection,
    target: Target,
    notNull: readonly string[],
    select: string,
    parameters: readonly unknown[],
): Promise<number> {
    await ensureNewRows(connection, target);
    const { rowCount } = await connection.query(
        `insert into ${target.staging.newRows} (${target.columns.join(", ")}) ${select}`,
        parameters,
    );
    await refuseNulls(connection, target, notNull);
    return rowCount;
}

/** @throws StardeckError for the first row with a forbidden null, worded like PostgreSQL's own error */
async function refuseNulls(
    connection: Connection,
    { columns, staging }: Target,
    notNull: readonly string[],
): Promise<void> {
    const isNull = notNull.map((name) => `${quoteIdentifier(name)} is null`);
    const { rows } = await connection.query<{ place: number; row: string }>(
        `select
            case ${isNull.map((condition, place) => `when ${condition} then ${place}`).join(" ")} end as place,
            array_to_string(array[${columns.map((column) => `left(${column}::text, 64)`).join(", ")}], ', ', 'null') as row
        from ${staging.newRows}
        where ${isNull.join(" or ")}
        limit 1`,
    );
    const [found] = rows;
    if (found !== undefined) {
        throw makeNullError(notNull[found.place] ?? "", `Failing row contains (${found.row}).`);
    }
}

function makeNullError(column: string, hint: string, cause?: StatementError): StardeckError {
    return new StardeckError(`The SELECT gives null for "${column}", which must not be null.`, {
        code: "failed",
        hint,
        cause,
    });
}

function listNotNull({ model }: Target): readonly string[] {
    return [
        ...new Set([...model.primaryKey, ...model.columns.flatMap(({ name, notNull }) => (notNull ? [name] : []))]),
    ];
}

async function computeEntities(connection: Connection, target: Target, scope: MergeScope): Promise<number> {
    const { newRows, permanent } = target.staging;
    const select = `${selectAll(target)} ${whereScope(target, scope)}`;
    if (permanent !== null) {
        const written = await fillNewRows(
            connection,
            target,
            listNotNull(target),
            select,
            scopeParameters(target, scope),
        );
        await connection.query(`analyze ${newRows}`);
        return written;
    }
    await connection.query(`create temporary table stardeck_new (like ${target.relation}) on commit drop`);
    const { rowCount } = await connection.query(
        `insert into ${newRows} (${target.columns.join(", ")}) ${select}`,
        scopeParameters(target, scope),
    );
    await connection.query(`analyze ${newRows}`);
    return rowCount;
}

async function countRows(connection: Connection, target: Target, scope: MergeScope): Promise<number> {
    const { rows } = await connection.query<{ count: number }>(
        `select count(*)::float8 as count from ${target.relation} ${whereScope(target, scope)}`,
        scopeParameters(target, scope),
    );
    return rows[0]?.count ?? 0;
}

async function computeChanges(connection: Connection, target: Target, scope: MergeScope): Promise<void> {
    const { relation, columns, primaryKey } = target;
    const matches = primaryKey
        .map((column) => `old.${column} ${equalityOf(target, column)} new.${column}`)
        .join(" and ");
    const [key = ""] = primaryKey;
    const { newRows, changedRows, permanent } = target.staging;
    const scoped = `(select * from ${relation} ${whereScope(target, scope)})`;
    // record_image_ne compares rows byte by byte: it works for every type (json has no =), null equals null, and 1.0 differs from
    // 1.00.
    const differs = `pg_catalog.record_image_ne(row(${qualify("old", columns)}), row(${qualify("new", columns)}))`;
    if (permanent !== null) {
        await ensureChangedRows(connection, target);
        const spread = (alias: string): string => (permanent.column === null ? "" : `, ${alias}.${permanent.column}`);
        const into = `insert into ${changedRows} (operation, old_row, new_row${permanent.column === null ? "" : `, ${spreadValue}`})`;
        await connection.query(
            `${into}
            select
                case when new.${key} is null then 'delete' else 'update' end,
                row(${qualify("old", columns)})::${relation},
                case when new.${key} is not null then row(${qualify("new", columns)})::${relation} end${spread("old")}
            from ${scoped} as old
            left join ${newRows} as new on ${matches}
            where new.${key} is null or ${differs}`,
            scopeParameters(target, scope),
        );
        await connection.query(
            `${into}
            select 'insert', null::${relation}, row(${qualify("new", columns)})::${relation}${spread("new")}
            from ${newRows} as new
            left join ${scoped} as old on ${matches}
            where old.${key} is null`,
            scopeParameters(target, scope),
        );
        return;
    }
    await connection.query(
        `create temporary table stardeck_changed (operation text, old_row ${relation}, new_row ${relation}) on commit drop`,
    );
    await connection.query(
        `insert into ${changedRows} (operation, old_row, new_row)
        select
            case when old.${key} is null then 'insert' when new.${key} is null then 'delete' else 'update' end,
            case when old.${key} is not null then row(${qualify("old", columns)})::${relation} end,
            case when new.${key} is not null then row(${qualify("new", columns)})::${relation} end
        from ${scoped} as old
        full join ${newRows} as new on ${matches}
        where old.${key} is null
            or new.${key} is null
            or ${differs}`,
        scopeParameters(target, scope),
    );
}

interface OperationCounts {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
}

async function countOperations(connection: Connection, { staging }: Target): Promise<OperationCounts> {
    const { rows } = await connection.query<OperationCounts>(
        `select
            (count(*) filter (where operation = 'insert'))::float8 as inserted,
            (count(*) filter (where operation = 'update'))::float8 as updated,
            (count(*) filter (where operation = 'delete'))::float8 as deleted
        from ${staging.changedRows}`,
    );
    return rows[0] ?? { inserted: 0, updated: 0, deleted: 0 };
}

async function applyChanges(connection: Connection, target: Target, counts: OperationCounts): Promise<void> {
    const { relation, columns, primaryKey } = target;
    const { changedRows, permanent } = target.staging;
    const column = permanent?.column ?? null;
    // Citus cannot look into a composite value: the distribution value has a column of its own, and is never updated.
    const valueOf = (row: string, name: string): string => (name === column ? spreadValue : `(${row}).${name}`);
    const meets = (row: string): string =>
        primaryKey
            .map(
                (name) =>
                    `target.${name} ${equalityOf(target, name)} ${name === column ? `changed.${spreadValue}` : `(changed.${row}).${name}`}`,
            )
            .join(" and ");
    if (counts.inserted + counts.updated + counts.deleted > 0) {
        await connection.query(`analyze ${changedRows}${permanent === null ? " (operation)" : ""}`);
    }
    if (counts.deleted > 0) {
        await connection.query(
            `delete from ${relation} as target using ${changedRows} as changed
            where changed.operation = 'delete' and ${meets("old_row")}`,
        );
    }
    if (counts.updated > 0) {
        const assignments = columns
            .filter((name) => name !== column)
            .map((name) => `${name} = (changed.new_row).${name}`)
            .join(", ");
        await connection.query(
            `update ${relation} as target set ${assignments} from ${changedRows} as changed
            where changed.operation = 'update' and ${meets("new_row")}`,
        );
    }
    if (counts.inserted > 0) {
        await connection.query(
            `insert into ${relation} (${columns.join(", ")})
            select ${columns.map((name) => valueOf("new_row", name)).join(", ")} from ${changedRows} where operation = 'insert'`,
        );
    }
}

function whereScope(target: Target, scope: MergeScope): string {
    return scope.kind === "all" ? "" : `where ${makeEntityScope(target, scope.entities).condition}`;
}

function scopeParameters(target: Target, scope: MergeScope): readonly unknown[] {
    return scope.kind === "all" ? [] : makeEntityScope(target, scope.entities).parameters;
}

function qualify(alias: string, columns: readonly string[]): string {
    return columns.map((column) => `${alias}.${column}`).join(", ");
}

async function duplicateKeyError(connection: Connection, target: Target): Promise<StardeckError> {
    const key = target.primaryKey.join(", ");
    const { rows } = await connection.query<{ key: string; count: number }>(
        `select concat_ws(', ', ${key}) as key, count(*)::float8 as count from ${target.staging.newRows} group by ${key} having count(*) > 1 order by 1 limit 1`,
    );
    const [example] = rows;
    return new StardeckError(
        `The SELECT gives ${example?.count ?? "several"} rows for the primary key (${target.model.primaryKey.join(", ")}) = (${example?.key ?? "?"}).`,
        { code: "failed", hint: `Make it give ${target.model.grain}.` },
    );
}

/** Turns a violation of the table's constraints into an error about the model. */
function explainContractBreak(error: unknown, target: Target): unknown {
    if (!(error instanceof StatementError)) {
        return error;
    }
    if (error.sqlState === "23505") {
        const key = /\(.*\)=\(.*\)/.exec(error.detail ?? "")?.[0] ?? `(${target.model.primaryKey.join(", ")})`;
        return new StardeckError(`The SELECT gives several rows for the key ${key.replace("=", " = ")}.`, {
            code: "failed",
            hint: `Make it give ${target.model.grain}.`,
            cause: error,
        });
    }
    if (error.sqlState === "23502") {
        const column = /column "([^"]*)"/.exec(error.message)?.[1] ?? "a column";
        return makeNullError(column, error.detail ?? `Make it give ${target.model.grain}.`, error);
    }
    return error;
}
