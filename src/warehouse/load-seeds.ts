import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage, StardeckError } from "../config/errors.js";
import type { Project, SeedFile } from "../project/project.js";
import { loadedColumn, recordsOf } from "../project/read-seed.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { insertRecords } from "./insert-records.js";
import { groupByModel, modelEdgesSql, nearestTables, type ModelEdge } from "./lineage.js";
import type { Queryable } from "./queryable.js";

/**
 * Makes the tables of a project's CSV files, and fills those anew whose file has changed. What a table was filled from is in its comment, so
 * that it says of itself what it holds. Models that read a table that was filled anew are rebuilt whole by the next build.
 *
 * @param database a transaction: readers see the rows before until it ends
 * @returns the names of the tables that were filled
 * @throws StardeckError `failed` where a table is somebody else's, or a value does not fit its column
 */
export async function loadSeeds(
    database: Queryable,
    { folder, seeds }: Pick<Project, "folder" | "seeds">,
): Promise<readonly string[]> {
    const loaded: string[] = [];
    for (const seed of seeds) {
        const comment = commentOf(seed);
        const known = await loadCommentOrNull(database, seed);
        if (known === comment) {
            continue;
        }
        if (known !== null && !known.includes(mark)) {
            throw new StardeckError(`${seed.schema}.${seed.name} is there already, and stardeck did not make it.`, {
                code: "failed",
                hint: `Rename it, or name another database schema in stardeck.config.ts: seeds: { schema: "…" }.`,
            });
        }
        try {
            await fill(database, folder, seed, known !== null);
        } catch (error) {
            throw new StardeckError(`${seed.path} cannot be loaded: ${errorMessage(error)}.`, {
                code: "failed",
                hint: "Correct the file, or the types of its columns in stardeck.config.ts.",
                cause: error,
            });
        }
        await database.query(`comment on table ${relationOf(seed)} is ${quoteLiteral(comment)}`);
        loaded.push(seed.name);
    }
    await queueReaders(database, loaded);
    return loaded;
}

const mark = "Filled by stardeck from ";

function commentOf({ description, path, checksum }: SeedFile): string {
    return `${description === "" ? "" : `${description} `}${mark}${path} (${checksum}).`;
}

function relationOf({ schema, name }: SeedFile): string {
    return quoteQualified(schema, name);
}

/** Null where there is no such relation; empty for one without a comment. */
async function loadCommentOrNull(database: Queryable, { schema, name }: SeedFile): Promise<string | null> {
    const { rows } = await database.query<{ comment: string }>(
        `select coalesce(obj_description(pg_class.oid, 'pg_class'), '') as comment
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = $1 and relname = $2`,
        [schema, name],
    );
    return rows[0]?.comment ?? null;
}

async function fill(database: Queryable, folder: string, seed: SeedFile, isThere: boolean): Promise<void> {
    const relation = relationOf(seed);
    if (isThere) {
        await database.query(`delete from ${relation}`);
        await shape(database, seed);
    } else {
        const { rowCount } = await database.query("select from pg_namespace where nspname = $1", [seed.schema]);
        if (rowCount === 0) {
            await database.query(`create schema ${quoteIdentifier(seed.schema)}`);
        }
        await database.query(`create table ${relation} (${formatColumns(seed)}, ${loadedColumnSql})`);
    }
    const [, ...records] = recordsOf(readFileSync(join(folder, seed.path)));
    await insertRecords(
        database,
        relation,
        seed.columns.map(({ name }) => name),
        records,
    );
}

/** Gives the empty table the columns of its file; PostgreSQL refuses what a model still reads. */
async function shape(database: Queryable, seed: SeedFile): Promise<void> {
    const relation = relationOf(seed);
    const actual = await loadColumns(database, relation);
    // As PostgreSQL writes the types: char(2) is character(2).
    const draft = "pg_temp.stardeck_seed";
    await database.query(`create temporary table stardeck_seed (${formatColumns(seed)}, ${loadedColumnSql})`);
    const wanted = await loadColumns(database, draft);
    await database.query(`drop table ${draft}`);
    for (const { name } of actual.filter((column) => !wanted.some((each) => each.name === column.name))) {
        await database.query(`alter table ${relation} drop column ${quoteIdentifier(name)}`);
    }
    for (const { name, type } of wanted) {
        const column = quoteIdentifier(name);
        const before = actual.find((each) => each.name === name);
        if (before === undefined) {
            await database.query(`alter table ${relation} add column ${column} ${type}`);
        } else if (before.type !== type) {
            await database.query(`alter table ${relation} alter column ${column} type ${type} using null`);
        }
    }
}

/** UTC, as everywhere. */
const loadedColumnSql = `${loadedColumn} timestamp not null default (clock_timestamp() at time zone 'UTC')`;

function formatColumns({ columns }: SeedFile): string {
    return columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(", ");
}

async function loadColumns(
    database: Queryable,
    relation: string,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
    const { rows } = await database.query<{ name: string; type: string }>(
        `select attname::text as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped
        order by attnum`,
        [relation],
    );
    return rows;
}

/** A null entity stands for all; a model that was never built is built whole without being told. */
async function queueReaders(database: Queryable, seedNames: readonly string[]): Promise<void> {
    const { rows: known } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.model') is not null as exists",
    );
    if (seedNames.length === 0 || known[0]?.exists !== true) {
        return;
    }
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
                seedNames.includes(upstreamName),
            ),
    );
    // The rows before are gone on purpose, which is no loss to warn of.
    await database.query("delete from ops.source_cursor where source_name = any($1)", [seedNames]);
    await database.query(
        `insert into ops.affected_entity (model_name, entity, upstream_name)
        select model_name, null, model_name from ops.model_state where model_name = any($1)`,
        [readers.map(({ name }) => name)],
    );
}
