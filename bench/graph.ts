import createKnex, { type Knex } from "knex";
import type { Database } from "../src/database/database.js";
import { loadBuildState } from "../src/runs/build-state.js";
import { makeGraph } from "../src/engine/graph.js";
import { loadLandingFacts } from "../src/engine/landing-mark.js";
import { makePlan } from "../src/engine/plan.js";
import { addLandingMarks, createModel, createOperationsSchema, declareSource } from "../src/warehouse/index.js";
import { makeKnexConfig } from "../src/warehouse/migrations.js";
import { loadRegistry } from "../src/warehouse/registry.js";
import type { BenchOptions } from "./arguments.js";
import { buildFloorSql } from "./floor.js";
import { formatCount, formatMs, median, printProgress, printTable } from "./measure.js";
import { runPsql, runStardeck, type ProgramRun } from "./program.js";
import { createDatabase, withBenchDatabase, type BenchServer } from "./server.js";
import { settle } from "./webshop.js";

const modelsPerLevel = 50;
const rowCount = 10;

interface GraphCosts {
    readonly modelCount: number;
    readonly createMs: number;
    readonly planMs: number;
    readonly floorMs: number;
    readonly idleMs: number;
    readonly first: ProgramRun;
    readonly nothingNew: ProgramRun;
}

/** What the engine itself costs: a graph of trivial models, and a tenth of it to see what grows. */
export async function benchGraph(server: BenchServer, { modelCount, rounds }: BenchOptions): Promise<void> {
    const costs: GraphCosts[] = [];
    for (const count of [Math.ceil(modelCount / 10), modelCount]) {
        costs.push(await measureGraph(server, count, rounds));
    }
    const perModel = (run: number, floor: number, { modelCount: count }: GraphCosts): string =>
        formatMs((run - floor) / count);
    printTable(
        "A graph of trivial models (overhead: less the time of psql or of a process that does nothing)",
        ["", ...costs.map((cost) => `${formatCount(cost.modelCount)} models`)],
        [
            ["createModel, each", ...costs.map((cost) => formatMs(cost.createMs / cost.modelCount))],
            ["registry, graph and plan", ...costs.map((cost) => formatMs(cost.planMs))],
            ["first build: psql", ...costs.map((cost) => formatMs(cost.floorMs))],
            ["first build: stardeck, 1 thread", ...costs.map((cost) => formatMs(cost.first.durationMs))],
            ["  overhead a model", ...costs.map((cost) => perModel(cost.first.durationMs, cost.floorMs, cost))],
            ["  peak memory", ...costs.map((cost) => formatMemory(cost.first))],
            ["nothing new", ...costs.map((cost) => formatMs(cost.nothingNew.durationMs))],
            ["  overhead a model", ...costs.map((cost) => perModel(cost.nothingNew.durationMs, cost.idleMs, cost))],
            ["  peak memory", ...costs.map((cost) => formatMemory(cost.nothingNew))],
        ],
    );
}

async function measureGraph(server: BenchServer, modelCount: number, rounds: number): Promise<GraphCosts> {
    const name = `graph_${modelCount}`;
    const url = server.urlOf(name);
    await createDatabase(server, name);
    printProgress(`creating ${formatCount(modelCount)} models`);
    const createMs = await withBenchDatabase(server, name, (database) => createGraph(database, modelCount));
    const floorSql = await withBenchDatabase(server, name, buildFloorSql);

    const all: Omit<GraphCosts, "modelCount" | "createMs">[] = [];
    for (let round = 0; round < rounds; round += 1) {
        await withBenchDatabase(server, name, emptyGraph);
        const floor = await runPsql(url, floorSql);
        await withBenchDatabase(server, name, emptyGraph);
        const first = await runStardeck(["build", "--threads", "1", "--database-url", url]);
        const nothingNew = await runStardeck(["build", "--threads", "1", "--database-url", url]);
        const idle = await runStardeck(["query", "select 1", "--database-url", url]);
        const planMs = await withBenchDatabase(server, name, measurePlan);
        printProgress(
            `psql ${formatMs(floor.durationMs)}, first ${formatMs(first.durationMs)}, nothing new ${formatMs(nothingNew.durationMs)}`,
        );
        all.push({ planMs, floorMs: floor.durationMs, idleMs: idle.durationMs, first, nothingNew });
    }
    const middle = (valueOf: (cost: (typeof all)[number]) => number): number => median(all.map(valueOf));
    const middleRun = (runOf: (cost: (typeof all)[number]) => ProgramRun): ProgramRun => ({
        durationMs: middle((cost) => runOf(cost).durationMs),
        peakMemoryMiB: middle((cost) => runOf(cost).peakMemoryMiB ?? NaN),
        cpuMs: middle((cost) => runOf(cost).cpuMs ?? NaN),
        output: "",
    });
    return {
        modelCount,
        createMs,
        planMs: middle((cost) => cost.planMs),
        floorMs: middle((cost) => cost.floorMs),
        idleMs: middle((cost) => cost.idleMs),
        first: middleRun((cost) => cost.first),
        nothingNew: middleRun((cost) => cost.nothingNew),
    };
}

/** A graph of trivial models and nothing else. */
async function createGraph(database: Database, modelCount: number): Promise<number> {
    await database.query("create schema ops");
    await database.query("create schema staging");
    return withKnex(database, async (knex) => {
        await createOperationsSchema(knex);
        await addLandingMarks(knex);
        return addTrivialModels(database, knex, modelCount);
    });
}

/**
 * Adds a source and levels of models, each of which reads the source or two models of the level before.
 *
 * @returns how many milliseconds the models took.
 */
export async function addTrivialModels(database: Database, knex: Knex, modelCount: number): Promise<number> {
    await database.query(
        "create table staging.item (id integer not null, modified_at timestamp, quantity integer not null)",
    );
    await database.query(
        `insert into staging.item select id, timestamp '2025-01-01' + id * interval '1 minute', id from generate_series(1, ${rowCount}) as id`,
    );
    await declareSource(knex, {
        name: "item",
        description: "Anything.",
        key: "id",
        versionColumn: "modified_at",
        columns: [{ name: "id", type: "integer" }],
    });
    const started = performance.now();
    await knex.transaction(async (transaction) => {
        for (let number = 0; number < modelCount; number += 1) {
            await createTrivialModel(transaction, number);
        }
    });
    return performance.now() - started;
}

/** Lends Knex on the same database, as migrations have it. */
export async function withKnex<T>(database: Database, use: (knex: Knex) => Promise<T>): Promise<T> {
    const knex = createKnex({
        ...makeKnexConfig({ sourceSchema: "staging" }),
        connection: { ...database.clientConfig } as Knex.PgConnectionConfig,
        pool: { min: 0, max: 1 },
    });
    try {
        return await use(knex);
    } finally {
        await knex.destroy();
    }
}

async function createTrivialModel(knex: Knex, number: number): Promise<void> {
    const upstream = [number - modelsPerLevel, number - modelsPerLevel + 1].filter((other) => other >= 0);
    const isFirstLevel = number < modelsPerLevel;
    const select = isFirstLevel
        ? "select id as item_id, quantity from {source_schema}.item"
        : `select item_id, sum(quantity)::integer as quantity
           from (${upstream.map((other) => `select item_id, quantity from prep.${modelName(other)}`).join(" union all ")}) as items
           group by item_id`;
    await createModel(knex, {
        name: modelName(number),
        layer: "prep",
        materialisation: "table",
        description: "Made for the benchmark.",
        grain: "one row per item",
        select,
        primaryKey: ["item_id"],
        entityKey: "item_id",
        columns: [
            { name: "item_id", type: "integer", notNull: true, description: "The item." },
            { name: "quantity", type: "integer", description: "How many." },
        ],
        ...(isFirstLevel ? { affectedBy: { item: "select id from changed" } } : {}),
        tests: [{ kind: "not_null", column: "quantity" }],
    });
}

function modelName(number: number): string {
    return `int_item_${number}`;
}

async function emptyGraph(database: Database): Promise<void> {
    const { rows } = await database.query<{ name: string }>("select model_name as name from ops.model");
    await database.query(
        `truncate ${rows.map((row) => `prep.${row.name}`).join(", ")},
        ops.model_state, ops.test_state, ops.source_cursor, ops.affected_entity, ops.run cascade`,
    );
    await settle(database);
}

/** Everything that a build does before it starts its first model. */
async function measurePlan(database: Database): Promise<number> {
    const started = performance.now();
    const graph = makeGraph(await loadRegistry(database));
    await database.withTransaction(
        async (connection) =>
            makePlan(connection, graph, await loadBuildState(connection), {
                modelNames: graph.order,
                fullRefresh: false,
                acceptSourceShrink: false,
                facts: await loadLandingFacts(connection, graph.sources.values()),
            }),
        { readOnly: true },
    );
    return performance.now() - started;
}

function formatMemory({ peakMemoryMiB }: ProgramRun): string {
    return peakMemoryMiB === null ? "" : `${peakMemoryMiB.toFixed(0)} MiB`;
}
