import type { Database } from "../src/database/database.js";
import { quoteIdentifier, quoteQualified } from "../src/sql/identifiers.js";
import { landingTables } from "../src/seeds/seed-state.js";
import { formatCount, formatMs, printProgress } from "./measure.js";
import { runStardeck } from "./program.js";
import { createDatabase, hasDatabase, withBenchDatabase, type BenchServer } from "./server.js";

/** The demo lands some 60,000 events in its ten weeks at scale 1. */
const eventsPerScale = 60_000;

/** The share of the landing rows that an incremental build is given. */
const newRowShare = 0.001;

/**
 * A database with ten weeks of the webshop and an empty warehouse. The eleventh week's first day is landed too, but held aside
 * in the schema `bench`, for batches of new rows. What a kept data folder has already is used again.
 */
export async function prepareWebshop(server: BenchServer, eventCount: number): Promise<string> {
    const name = `webshop_${eventCount}`;
    const url = server.urlOf(name);
    if (!(await hasDatabase(server, name)) || !(await isPrepared(server, name))) {
        await createDatabase(server, name);
        printProgress(`seeding ${formatCount(eventCount)} events`);
        const scale = String(Math.round((eventCount / eventsPerScale) * 1000) / 1000);
        const seeding = await runStardeck(["seed", "--scale", scale, "--database-url", url]);
        printProgress(
            `seeded in ${formatMs(seeding.durationMs)}: ${formatCount(Math.round((eventCount / seeding.durationMs) * 1000))} events a second`,
        );
        await withBenchDatabase(server, name, async (database) => {
            await database.query("create schema bench");
            for (const table of landingTables) {
                await database.query(
                    `create table bench.${mark(table)} as select max(ctid) as last_row from ${landing(table)}`,
                );
            }
        });
        await runStardeck(["seed", "--days", "1", "--database-url", url]);
        await withBenchDatabase(server, name, async (database) => {
            for (const table of landingTables) {
                await database.query(
                    `create table bench.${held(table)} as select * from ${landing(table)} where ${isAfterMark(table)}`,
                );
            }
            await removeBatches(database);
            await database.query("create table bench.is_prepared ()");
        });
    }
    await runStardeck(["migrate", "--database-url", url]);
    return name;
}

async function isPrepared(server: BenchServer, name: string): Promise<boolean> {
    return withBenchDatabase(server, name, async (database) => {
        const { rows } = await database.query<{ exists: boolean }>(
            "select to_regclass('bench.is_prepared') is not null as exists",
        );
        return rows[0]?.exists === true;
    });
}

/** Empties every table model and what the engine remembers, as if only the migrations had run. */
export async function emptyWarehouse(database: Database): Promise<void> {
    const { rows } = await database.query<{ layer: string; name: string }>(
        "select layer, model_name as name from ops.model where materialisation = 'table'",
    );
    const tables = rows.map((row) => quoteQualified(row.layer, row.name));
    const state = ["model_state", "test_state", "source_cursor", "affected_entity", "run"].map(
        (table) => `ops.${table}`,
    );
    await database.query(`truncate ${[...tables, ...state].join(", ")} cascade`);
    await settle(database);
}

/** Takes the batches of new rows out of the landing tables again. */
export async function removeBatches(database: Database): Promise<void> {
    for (const table of landingTables) {
        await database.query(`delete from ${landing(table)} where ${isAfterMark(table)}`);
    }
    // The new rows were last, so this gives their place back.
    await database.maintain(`vacuum (analyze) ${landingTables.map(landing).join(", ")}`);
}

/** Does at once what a server does in the background after a load: vacuum, statistics, checkpoint. */
export async function settle(database: Database): Promise<void> {
    await database.maintain("vacuum (analyze)");
    await database.query("checkpoint");
}

/** `next-day`: rows newer than all before. `late`: rows of five weeks ago, delivered only now. */
export type BatchKind = "next-day" | "late";

/** Appends a batch of about 0.1 % of each landing table. */
export async function landBatch(database: Database, kind: BatchKind): Promise<number> {
    let landed = 0;
    for (const table of landingTables) {
        const { rows: columns } = await database.query<{ name: string }>(
            `select attname::text as name from pg_attribute
            where attrelid = $1::regclass and attnum > 0 and not attisdropped
            order by attnum`,
            [landing(table)],
        );
        const names = columns.map(({ name }) => quoteIdentifier(name));
        const values = names.map((name) =>
            kind === "late" && /^"(created|modified)_at"$/.test(name) ? `${name} - interval '35 days'` : name,
        );
        const { rowCount } = await database.query(
            `insert into ${landing(table)} (${names.join(", ")})
            select ${values.join(", ")}
            from (
                select *, row_number() over (order by modified_at, id) as batch_position
                from bench.${held(table)}
            ) as batch
            cross join (select ceil(${newRowShare} * count(*)) as batch_size from ${landing(table)}) as history
            where batch_position > ${kind === "late" ? "batch_size" : "0"}
                and batch_position <= ${kind === "late" ? "2 * batch_size" : "batch_size"}`,
        );
        landed += rowCount;
    }
    return landed;
}

function landing(table: string): string {
    return quoteQualified("staging", table);
}

function held(table: string): string {
    return quoteIdentifier(`held_${table}`);
}

function mark(table: string): string {
    return quoteIdentifier(`mark_${table}`);
}

function isAfterMark(table: string): string {
    return `ctid > (select last_row from bench.${mark(table)})`;
}
