import { StatementError } from "../../database/errors.js";
import type { FileProblem } from "../../project/problem.js";
import type { SeedFile } from "../../project/project.js";
import { loadedColumn, recordsOf } from "../../project/read-seed.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { CsvRecord } from "../../text/parse-csv.js";
import { copyRecords, refusedLineOrNull } from "../copy-records.js";
import { groupByModel, modelEdgesSql, nearestTables, type ModelEdge } from "../lineage.js";
import { madeBy } from "../operations-schema.js";
import type { CopyTarget, Queryable } from "../queryable.js";
import type { Change } from "./definitions.js";
import { describeStatementError, isRefusedStatement } from "./problems.js";

interface Relation {
    readonly schema: string;
    readonly name: string;
}

interface Seeding {
    readonly database: CopyTarget;
    /** Loads the bytes of a CSV file as of when its definition was read. */
    readonly loadBytes: (seed: SeedFile) => Promise<Buffer>;
    /** Drops the models' views that read dropped or retyped columns; they are made again afterwards. */
    readonly dropReaders: (table: Relation, columns: readonly { readonly name: string }[]) => Promise<void>;
    readonly problems: FileProblem[];
}

/** Start of the sentence in a table's comment that marks it as filled from a CSV file. */
const mark = "Filled by stardeck from ";

/** Makes and fills the tables of new CSV files; gives those of changed files their new columns and refills them. */
export async function applySeeds(seeding: Seeding, changes: readonly Change<SeedFile>[]): Promise<void> {
    for (const { before, after } of changes) {
        if (after === null) {
            continue;
        }
        await withinSavepoint(seeding, after, `${after.schema}.${after.name} cannot be filled:`, () =>
            applySeed(seeding, before, after),
        );
    }
}

/** Drops the tables whose CSV file was removed. */
export async function dropSeeds(
    seeding: Pick<Seeding, "database" | "problems">,
    changes: readonly Change<SeedFile>[],
): Promise<void> {
    for (const { before, after } of changes) {
        if (before !== null && after === null) {
            await withinSavepoint(seeding, before, `${before.schema}.${before.name} cannot be dropped:`, () =>
                seeding.database.query(`drop table if exists ${relationOf(before)}`),
            );
        }
    }
}

async function withinSavepoint(
    { database, problems }: Pick<Seeding, "database" | "problems">,
    { path }: SeedFile,
    prefix: string,
    run: () => Promise<unknown>,
): Promise<void> {
    const complain = (message: string, hint: string | null, line: number | null = null): void => {
        problems.push({ path, line, column: null, lineText: null, message, hint });
    };
    await database.query("savepoint seed");
    try {
        await run();
        await database.query("release savepoint seed");
    } catch (error) {
        if (!isRefusedStatement(error) && !(error instanceof SeedProblem)) {
            throw error;
        }
        await database.query("rollback to savepoint seed");
        if (error instanceof SeedProblem) {
            complain(error.message, error.hint, error.line);
        } else {
            const { message, hint } = describeStatementError(error);
            complain(`${prefix} ${message}`, hint);
        }
    }
}

class SeedProblem extends Error {
    constructor(
        message: string,
        readonly hint: string,
        readonly line: number | null = null,
    ) {
        super(message);
    }
}

async function applySeed(seeding: Seeding, before: SeedFile | null, seed: SeedFile): Promise<void> {
    const { database } = seeding;
    const relation = relationOf(seed);
    await makeSchema(database, seed.schema);
    if (before !== null && before.schema !== seed.schema) {
        await database.query(`alter table if exists ${relationOf(before)} set schema ${quoteIdentifier(seed.schema)}`);
    }
    const comment = await loadCommentOrNull(database, seed);
    if (comment !== null && !comment.includes(mark)) {
        throw new SeedProblem(
            `${seed.schema}.${seed.name} is there already, and stardeck did not make it.`,
            'Rename it, or name another database schema in stardeck.config.ts: seeds: { schema: "…" }.',
        );
    }
    if (comment === null) {
        await database.query(`create table ${relation} (${formatColumns(seed)}, ${loadedColumnSql})`);
    } else {
        await shape(seeding, seed);
        await database.query(`delete from ${relation}`);
    }
    const [, ...records] = recordsOf(await seeding.loadBytes(seed));
    await fill(database, seed, records);
    const text = `${seed.description === "" ? "" : `${seed.description} `}${mark}${seed.path}.`;
    await database.query(`comment on table ${relation} is ${quoteLiteral(text)}`);
}

async function makeSchema(database: Queryable, schema: string): Promise<void> {
    const { rowCount } = await database.query(`select from pg_namespace where nspname = ${quoteLiteral(schema)}`);
    if (rowCount === 0) {
        await database.query(
            `create schema ${quoteIdentifier(schema)}; comment on schema ${quoteIdentifier(schema)} is ${quoteLiteral(`${madeBy}CSV files`)}`,
        );
    }
}

/** Null if there is no such relation; empty if it has no comment. */
async function loadCommentOrNull(database: Queryable, { schema, name }: Relation): Promise<string | null> {
    const { rows } = await database.query<{ comment: string }>(
        `select coalesce(obj_description(pg_class.oid, 'pg_class'), '') as comment
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = ${quoteLiteral(schema)} and relname = ${quoteLiteral(name)}`,
    );
    return rows[0]?.comment ?? null;
}

/**
 * Gives the table the columns of its file, in the file's order. As its rows are replaced anyway, it makes all columns again from the
 * first that differs. If an object of others reads one of them, it changes only the columns that must change.
 */
async function shape(seeding: Seeding, seed: SeedFile): Promise<void> {
    const { database } = seeding;
    const actual = await loadColumns(database, relationOf(seed));
    // Let PostgreSQL normalise the types: char(2) becomes character(2).
    const draft = "pg_temp.stardeck_seed";
    await database.query(`create temporary table stardeck_seed (${formatColumns(seed)}, ${loadedColumnSql})`);
    const wanted = await loadColumns(database, draft);
    await database.query(`drop table ${draft}`);
    const isKept = ({ name, type }: Column, list: readonly Column[]): boolean =>
        list.some((each) => each.name === name && each.type === type);
    const mismatch = wanted.findIndex((column, index) => !isKept(column, actual.slice(index, index + 1)));
    const first = mismatch === -1 ? wanted.length : mismatch;
    if (first === wanted.length && actual.length === wanted.length) {
        return;
    }
    if (await tryColumns(seeding, seed, actual.slice(first), wanted.slice(first))) {
        return;
    }
    const lost = actual.filter((column) => !isKept(column, wanted));
    const added = wanted.filter((column) => !isKept(column, actual));
    if (!(await tryColumns(seeding, seed, lost, added))) {
        throw new SeedProblem(
            `${seed.schema}.${seed.name} cannot drop or retype ${lost.map(({ name }) => name).join(", ")}: something reads it that stardeck did not make.`,
            "Drop what reads it, migrate, and make it again; `stardeck plan` lists what others have made.",
        );
    }
}

/** Returns false and changes nothing if an object of others needs a column to be dropped. */
async function tryColumns(
    { database, dropReaders }: Seeding,
    seed: SeedFile,
    lost: readonly Column[],
    added: readonly Column[],
): Promise<boolean> {
    await database.query("savepoint columns");
    try {
        if (lost.length > 0) {
            await dropReaders(seed, lost);
        }
        const actions = [
            ...lost.map(({ name }) => `drop column ${quoteIdentifier(name)}`),
            ...added.map(
                ({ name, type }) =>
                    `add column ${name === loadedColumn ? loadedColumnSql : `${quoteIdentifier(name)} ${type}`}`,
            ),
        ];
        await database.query(`alter table ${relationOf(seed)} ${actions.join(", ")}`);
        await database.query("release savepoint columns");
        return true;
    } catch (error) {
        if (!(error instanceof StatementError) || error.sqlState !== dependentObjectsStillExist) {
            throw error;
        }
        await database.query("rollback to savepoint columns; release savepoint columns");
        return false;
    }
}

const dependentObjectsStillExist = "2BP01";

/** Copies the records; a value that does not fit is reported with its line. */
async function fill(database: CopyTarget, seed: SeedFile, records: readonly CsvRecord[]): Promise<void> {
    const names = seed.columns.map(({ name }) => name);
    try {
        await copyRecords(database, seed, names, records);
    } catch (error) {
        const line = error instanceof StatementError ? refusedLineOrNull(error, seed, records) : null;
        if (!(error instanceof StatementError) || line === null) {
            throw error;
        }
        const { message } = describeStatementError(error);
        throw new SeedProblem(message, "Correct the file, or the types of its columns in stardeck.config.ts.", line);
    }
}

/** In UTC, like all timestamps. */
const loadedColumnSql = `${loadedColumn} timestamp not null default (clock_timestamp() at time zone 'UTC')`;

interface Column {
    readonly name: string;
    readonly type: string;
}

function formatColumns({ columns }: SeedFile): string {
    return columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(", ");
}

function relationOf({ schema, name }: Relation): string {
    return quoteQualified(schema, name);
}

async function loadColumns(database: Queryable, relation: string): Promise<readonly Column[]> {
    const { rows } = await database.query<Column>(
        `select attname::text as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = ${quoteLiteral(relation)}::regclass and attnum > 0 and not attisdropped
        order by attnum`,
    );
    return rows;
}

/**
 * Queues the readers of tables that were refilled: built models that read one are rebuilt whole, and data tests that name one run
 * again. A model that was never built is built whole anyway.
 */
export async function queueSeedReaders(database: Queryable, seeds: readonly SeedFile[]): Promise<void> {
    if (seeds.length === 0) {
        return;
    }
    const names = new Set(seeds.map(({ name }) => name));
    const { rows: edges } = await database.query<ModelEdge>(modelEdgesSql);
    const { rows: models } = await database.query<{ name: string; isView: boolean }>(
        `select model_name as name, materialisation = 'view' as "isView" from ops.model`,
    );
    const upstream = groupByModel(edges);
    const views = new Set(models.filter(({ isView }) => isView).map(({ name }) => name));
    const readers = models.filter(
        ({ name, isView }) =>
            !isView &&
            nearestTables(name, upstream, (other) => views.has(other)).some(({ upstreamName }) =>
                names.has(upstreamName),
            ),
    );
    const list = (texts: readonly string[]): string => `array[${texts.map(quoteLiteral).join(", ")}]::text[]`;
    // Forget the cursors: the old rows were removed on purpose, so builds must not warn of a loss.
    await database.query(
        `delete from ops.source_cursor where source_name = any (${list([...names])});
        insert into ops.affected_entity (model_name, entity, upstream_name)
        select model_name, null, model_name from ops.model_state where model_name = any (${list(readers.map(({ name }) => name))})`,
    );
    const relations = seeds.flatMap(({ schema, name }) => [`${schema}.${name}`, quoteQualified(schema, name)]);
    await database.query(
        `with outdated as (
            update ops.data_test
            set outdated_run_id = (select coalesce(max(run_id), 0) from ops.run)
            where exists (select from unnest(${list(relations)}) as relation where strpos(failing_rows_sql, relation) > 0)
            returning test_name
        )
        delete from ops.test_state where test_name in (select test_name from outdated)`,
    );
}
