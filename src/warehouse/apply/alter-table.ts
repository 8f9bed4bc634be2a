import type { ModelFile, SourceFile } from "../../project/project.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import {
    columnsSql,
    createIndexSql,
    indexName,
    primaryKeyName,
    primaryKeyOf,
    readersSql,
    relationOf,
    type ActualColumn,
} from "./model-sql.js";
import { isRefusedStatement, type ProblemPlaces } from "./problems.js";
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
    /** Whether all of it is rolled back, whatever comes of it: then nothing is done that takes long on a table with rows. */
    readonly isPlan: boolean;
    readonly sourceSchema: string;
    readonly sources: readonly SourceFile[];
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

/** What a table model's table lacks, and has too much, for what is planned. */
export interface TableDifference {
    readonly known: ReadonlyMap<string, ActualColumn>;
    readonly added: readonly PlannedColumn[];
    readonly lost: readonly ActualColumn[];
    readonly retyped: readonly PlannedColumn[];
    readonly hasOtherKey: boolean;
}

/** Holds the table of a model against what is planned; nothing of it is locked. */
export async function compareTable(
    { database, unfinished }: Altering,
    model: ModelFile,
    before: ModelFile,
    planned: readonly PlannedColumn[],
): Promise<TableDifference> {
    const { rows: actual } = await database.query<ActualColumn>(columnsSql(model));
    const known = new Map(actual.map((column) => [column.name, column]));
    const wanted = new Set(planned.map(({ name }) => name));
    const lost = actual.filter(({ name }) => !wanted.has(name));
    const retyped = planned.filter(({ name, type }) => (known.get(name)?.type ?? type) !== type);
    const hasOtherNulls = planned.some(({ name, notNull }) => known.get(name)?.notNull !== notNull);
    const hasOtherKey = model.primaryKey.join("\0") !== before.primaryKey.join("\0");
    if (lost.length + retyped.length > 0 || hasOtherNulls || hasOtherKey) {
        unfinished.add(model.name);
    }
    return { known, added: planned.filter(({ name }) => !known.has(name)), lost, retyped, hasOtherKey };
}

/** Whether views of models have to be dropped and made again when a table is changed as far as its mode goes. */
export async function takesReadersAlong(
    { database, shaping: { mode, built, castAtOnce } }: Altering,
    model: ModelFile,
    { lost, retyped }: TableDifference,
): Promise<boolean> {
    if (mode === "expand" && built.has(model.name)) {
        return castAtOnce.has(model.name) && retyped.length > 0;
    }
    const columns = [...lost, ...retyped];
    return columns.length > 0 && (await database.query(readersSql(model, columns))).rowCount > 0;
}

/** Changes a table model from its definition before to another one, as far as its mode goes. */
export async function alterTable(
    altering: Altering,
    model: ModelFile,
    before: ModelFile,
    planned: readonly PlannedColumn[],
    difference: TableDifference,
): Promise<void> {
    const { known, added, lost, retyped, hasOtherKey } = difference;
    const { mode, built, castAtOnce } = altering.shaping;
    const relation = relationOf(model);
    const waits = mode === "expand" && built.has(model.name);
    if (!waits && lost.length + retyped.length > 0) {
        await altering.dropReaders(model, [...lost, ...retyped]);
    } else if (waits && castAtOnce.has(model.name) && retyped.length > 0) {
        await altering.dropReaders(model, retyped);
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
    const { dropped, made } = changedIndexes(model, before);
    const missing = made.filter(
        (index) =>
            index.every((name) => planned.some((column) => column.name === name)) &&
            (mode === "restore" || !isIndexMadeBefore(index, difference)),
    );
    const statements = altering.shaping.isPlan
        ? tryIndexesSql(model, missing)
        : [
              ...dropped.map((name) => `drop index if exists ${quoteQualified(model.schema, name)}`),
              ...missing.map((index) => createIndexSql(model, index)),
          ];
    if (statements.length > 0) {
        await altering.database.query(statements.join(";\n"));
    }
}

/** Makes those new indexes whose columns are there already: that takes long in a large table, and must not keep readers waiting. */
export async function makeIndexesBefore(
    { database, shaping }: Altering,
    model: ModelFile,
    before: ModelFile,
    difference: TableDifference,
): Promise<void> {
    const { made } = changedIndexes(model, before);
    const ready = made.filter((index) => isIndexMadeBefore(index, difference));
    if (ready.length > 0) {
        const statements = shaping.isPlan
            ? tryIndexesSql(model, ready)
            : ready.map((index) => createIndexSql(model, index));
        await database.query(statements.join(";\n"));
    }
}

function isIndexMadeBefore(index: readonly string[], { known, retyped }: TableDifference): boolean {
    return index.every((name) => known.has(name) && !retyped.some((column) => column.name === name));
}

/** Whether PostgreSQL would make them, tried on a table without rows. */
function tryIndexesSql(model: ModelFile, indexes: readonly (readonly string[])[]): readonly string[] {
    const lists = indexes.map((index) => index.map(quoteIdentifier).join(", "));
    return indexes.length === 0
        ? []
        : [
              `create temporary table stardeck_indexed (like ${relationOf(model)})`,
              ...lists.map((list) => `create index on pg_temp.stardeck_indexed (${list})`),
              "drop table pg_temp.stardeck_indexed",
          ];
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
        ...(isKeyMoved ? [`alter table ${table} add ${primaryKeyOf(model)}`] : []),
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
                alter table ${relation} add ${primaryKeyOf(model)};
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

/** The names of indexes that go, and the columns of those that come. */
export function changedIndexes(
    model: ModelFile,
    before: ModelFile,
): { readonly dropped: readonly string[]; readonly made: readonly (readonly string[])[] } {
    const old = new Set(before.indexes.map((index) => indexName(before, index)));
    const wanted = new Map(model.indexes.map((index) => [indexName(model, index), index]));
    return {
        dropped: [...old].filter((name) => !wanted.has(name)),
        made: [...wanted].filter(([name]) => !old.has(name)).map(([, index]) => index),
    };
}

async function tries(altering: Altering, sql: string): Promise<boolean> {
    await altering.database.query("savepoint attempt");
    try {
        await altering.database.query(sql);
        await altering.database.query("release savepoint attempt");
        return true;
    } catch (error) {
        if (!isRefusedStatement(error)) {
            throw error;
        }
        await altering.database.query("rollback to savepoint attempt");
        return false;
    }
}
