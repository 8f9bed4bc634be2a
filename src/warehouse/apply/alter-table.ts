import { StatementError } from "../../database/errors.js";
import type { ModelFile } from "../../project/project.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import {
    columnsSql,
    createIndexSql,
    indexName,
    primaryKeyName,
    primaryKeyOf,
    relationOf,
    type ActualColumn,
} from "./model-sql.js";
import type { ProblemPlaces } from "./problems.js";
import { loadMisplacedColumns, moveToEnd } from "./restore-column-order.js";

/**
 * How far to change tables that may be in use by readers:
 *
 * - `expand`: only add columns; the model's next build does the rest when it publishes.
 * - `rehearse`: give them their new columns at once, without regard to their rows; rolled back afterwards.
 * - `restore`: give them their former columns and keys, and keep their rows as far as these fit.
 */
export type ShapingMode = "expand" | "rehearse" | "restore";

export interface Shaping {
    readonly mode: ShapingMode;
    readonly sourceSchema: string;
    readonly places: ProblemPlaces;
    /** Table models with published rows. */
    readonly built: ReadonlySet<string>;
    /** Built models whose columns change their type at once, because a SELECT needs it. */
    readonly castAtOnce: ReadonlySet<string>;
}

export interface Altering {
    readonly database: Queryable;
    readonly shaping: Shaping;
    /** Models whose tables differ from their plan until the next build; this adds to it. */
    readonly unfinished: Set<string>;
    /** Drops the models' views that read columns of a table; they are made again later. */
    readonly dropReaders: (
        table: { readonly schema: string; readonly name: string },
        columns: readonly { readonly name: string }[],
    ) => Promise<void>;
}

/** Changes a model's table from the earlier definition to the new one, as far as the mode allows. */
export async function alterTable(
    altering: Altering,
    model: ModelFile,
    before: ModelFile,
    planned: readonly PlannedColumn[],
): Promise<void> {
    const { mode, built, castAtOnce } = altering.shaping;
    const table = { schema: model.schema, name: model.name };
    const relation = quoteQualified(table.schema, table.name);
    const { rows: actual } = await altering.database.query<ActualColumn>(columnsSql(table));
    const known = new Map(actual.map((column) => [column.name, column]));
    const wanted = new Set(planned.map(({ name }) => name));
    const added = planned.filter(({ name }) => !known.has(name));
    const lost = actual.filter(({ name }) => !wanted.has(name));
    const retyped = planned.filter(({ name, type }) => (known.get(name)?.type ?? type) !== type);
    const hasOtherNulls = planned.some(({ name, notNull }) => known.get(name)?.notNull !== notNull);
    const hasOtherKey = model.primaryKey.join("\0") !== before.primaryKey.join("\0");
    const waits = mode === "expand" && built.has(model.name);
    if (lost.length + retyped.length > 0 || hasOtherNulls || hasOtherKey) {
        altering.unfinished.add(model.name);
    }
    if (!waits && lost.length + retyped.length > 0) {
        await altering.dropReaders(table, [...lost, ...retyped]);
    } else if (waits && castAtOnce.has(model.name) && retyped.length > 0) {
        await altering.dropReaders(table, retyped);
        const casts = retyped.map(({ name, type }) => {
            const column = quoteIdentifier(name);
            return `alter column ${column} type ${type} using ${column}::${type}`;
        });
        await altering.database.query(`alter table ${relation} ${casts.join(", ")}`);
    }
    const isRehearsal = mode === "rehearse";
    const again = isRehearsal ? retyped : [];
    const actions = [
        ...(waits ? [] : [...lost, ...again].map(({ name }) => `drop column ${quoteIdentifier(name)}`)),
        ...[...added, ...again].map(({ name, type }) => `add column ${quoteIdentifier(name)} ${type}`),
    ];
    if (actions.length > 0) {
        await altering.database.query(`alter table ${relation} ${actions.join(", ")}`);
    }
    if (!waits && !isRehearsal) {
        await alterToTheEnd(
            altering,
            model,
            relation,
            known,
            planned,
            retyped,
            hasOtherKey || before.name !== model.name,
        );
    }
    if (mode === "restore") {
        await restoreOrder(altering, model, before, planned);
    }
    await replaceIndexes(altering, model, before, wanted);
}

/** After a rollback, a dropped column is back, but at the end: moves the columns that belong after it behind it. */
async function restoreOrder(
    altering: Altering,
    model: ModelFile,
    before: ModelFile,
    planned: readonly PlannedColumn[],
): Promise<void> {
    const misplaced = await loadMisplacedColumns(altering.database, model, planned);
    if (misplaced.length === 0) {
        return;
    }
    const names = new Set(misplaced.map(({ name }) => name));
    const indexes = [...before.indexes, ...model.indexes].map((index) => indexName(model, index));
    await altering.database.query("savepoint moving");
    await altering.dropReaders(model, misplaced);
    if (!(await moveToEnd(altering.database, model, misplaced, [primaryKeyName(model), ...indexes]))) {
        await altering.database.query("rollback to savepoint moving; release savepoint moving");
        return;
    }
    await altering.database.query("release savepoint moving");
    const table = relationOf(model);
    const isKeyMoved = model.primaryKey.some((name) => names.has(name));
    const known = new Set(before.indexes.map((index) => indexName(before, index)));
    for (const statement of [
        ...(isKeyMoved ? [`alter table ${table} ${primaryKeyOf(model)}`] : []),
        ...misplaced
            .filter(({ notNull }) => notNull)
            .map(({ name }) => `alter table ${table} alter column ${quoteIdentifier(name)} set not null`),
        ...model.indexes
            .filter((index) => known.has(indexName(model, index)) && index.some((name) => names.has(name)))
            .map((index) => createIndexSql(model, index)),
    ]) {
        await tries(altering, statement);
    }
}

/** Casts retyped columns, and sets NOT NULL and the key if the rows allow it; otherwise the next build does that. */
async function alterToTheEnd(
    altering: Altering,
    model: ModelFile,
    relation: string,
    known: ReadonlyMap<string, ActualColumn>,
    planned: readonly PlannedColumn[],
    retyped: readonly PlannedColumn[],
    hasOtherKey: boolean,
): Promise<void> {
    for (const { name, type } of retyped) {
        const change = `alter table ${relation} alter column ${quoteIdentifier(name)} type ${type} using`;
        if (!(await tries(altering, `${change} ${quoteIdentifier(name)}::${type}`))) {
            await tries(altering, `${change} null::${type}`);
        }
    }
    const nullable = planned.filter(({ name, notNull }) => !notNull && known.get(name)?.notNull === true);
    if (hasOtherKey) {
        await tries(
            altering,
            `do $$
            declare
                name text;
            begin
                select conname into name from pg_constraint where conrelid = ${quoteLiteral(relation)}::regclass and contype = 'p';
                if name is not null then
                    execute format('alter table %s drop constraint %I', ${quoteLiteral(relation)}, name);
                end if;
                alter table ${relation} ${primaryKeyOf(model)};
            end
            $$`,
        );
    }
    for (const { name } of nullable) {
        await tries(altering, `alter table ${relation} alter column ${quoteIdentifier(name)} drop not null`);
    }
    for (const { name } of planned.filter((column) => column.notNull && known.get(column.name)?.notNull !== true)) {
        await tries(altering, `alter table ${relation} alter column ${quoteIdentifier(name)} set not null`);
    }
}

async function replaceIndexes(
    altering: Altering,
    model: ModelFile,
    before: ModelFile,
    columns: ReadonlySet<string>,
): Promise<void> {
    const old = new Map(before.indexes.map((index) => [indexName(before, index), index]));
    const wanted = new Map(model.indexes.map((index) => [indexName(model, index), index]));
    const statements = [
        ...[...old.keys()]
            .filter((name) => !wanted.has(name))
            .map((name) => `drop index if exists ${quoteQualified(model.schema, name)}`),
        ...[...wanted]
            .filter(([name, index]) => !old.has(name) && index.every((column) => columns.has(column)))
            .map(([, index]) => createIndexSql(model, index)),
    ];
    if (statements.length > 0) {
        await altering.database.query(statements.join(";\n"));
    }
}

async function tries(altering: Altering, sql: string): Promise<boolean> {
    await altering.database.query("savepoint attempt");
    try {
        await altering.database.query(sql);
        await altering.database.query("release savepoint attempt");
        return true;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        await altering.database.query("rollback to savepoint attempt");
        return false;
    }
}
