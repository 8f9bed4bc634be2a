import type { Database } from "../src/database/database.js";
import { loadBuildState } from "../src/runs/build-state.js";
import { makeGraph } from "../src/engine/graph.js";
import { loadLandingFacts } from "../src/engine/landing-mark.js";
import { makePlan } from "../src/engine/plan.js";
import type { ModelFile, Project, SourceFile } from "../src/project/project.js";
import { runMigrations } from "../src/warehouse/migrations.js";
import { refreshMappings } from "../src/warehouse/refresh-mappings.js";
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
    readonly deriveMs: number;
    readonly planMs: number;
    readonly floorMs: number;
    readonly idleMs: number;
    readonly first: ProgramRun;
    readonly nothingNew: ProgramRun;
}

/** The cost of the engine itself: a graph of trivial models, and a tenth of it to see what grows. */
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
            ["migrate from nothing", ...costs.map((cost) => formatMs(cost.createMs))],
            ["all mappings derived again", ...costs.map((cost) => formatMs(cost.deriveMs))],
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
    const deriveMs = await withBenchDatabase(server, name, measureDerivation);
    const floorSql = await withBenchDatabase(server, name, buildFloorSql);

    const all: Omit<GraphCosts, "modelCount" | "createMs" | "deriveMs">[] = [];
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
        deriveMs,
        planMs: middle((cost) => cost.planMs),
        floorMs: middle((cost) => cost.floorMs),
        idleMs: middle((cost) => cost.idleMs),
        first: middleRun((cost) => cost.first),
        nothingNew: middleRun((cost) => cost.nothingNew),
    };
}

/** A graph of trivial models and nothing else. */
async function createGraph(database: Database, modelCount: number): Promise<number> {
    await database.query("create schema staging");
    await createItems(database);
    const started = performance.now();
    await runMigrations(database, { project: addTrivialModels(emptyProject, modelCount), sourceSchema: "staging" });
    return performance.now() - started;
}

/** The landing table that trivial models read. */
export async function createItems(database: Database): Promise<void> {
    await database.query(
        "create table staging.item (id integer not null, modified_at timestamp, quantity integer not null)",
    );
    await database.query(
        `insert into staging.item select id, timestamp '2025-01-01' + id * interval '1 minute', id from generate_series(1, ${rowCount}) as id`,
    );
}

/** A project without anything. */
export const emptyProject: Project = {
    name: "bench",
    folder: "/nowhere",
    configPath: "/nowhere/stardeck.config.ts",
    layers: [{ name: "prep", schema: "prep", materialisation: "view" }],
    sourceSchema: "staging",
    sources: [],
    models: [],
    migrations: [],
    seeds: [],
    slidesFolder: "/nowhere/slides",
    threads: null,
};

/** Adds a source and levels of models, each of which reads the source or two models of the level before. */
function addTrivialModels(project: Project, modelCount: number): Project {
    return {
        ...project,
        sources: [...project.sources, describeSource("item")],
        models: [...project.models, ...Array.from({ length: modelCount }, (_, number) => describeTrivialModel(number))],
    };
}

/** A landing table of the benchmark. */
export function describeSource(name: string): SourceFile {
    return {
        name,
        schema: null,
        description: "Made for the benchmark.",
        kind: "versions",
        key: ["id"],
        versionColumn: "modified_at",
        loadCursor: null,
        columns: [{ name: "id", type: "integer" }],
        freshness: null,
        table: name,
        deletes: "refuse",
        keepsHistory: false,
        isRequired: false,
        path: "migrations/sources/bench.ts",
        line: 1,
    };
}

/** A model of the benchmark: a row for each row of what it reads. */
export function describeTrivialModel(number: number): ModelFile {
    const upstream = [number - modelsPerLevel, number - modelsPerLevel + 1].filter((other) => other >= 0);
    const isFirstLevel = number < modelsPerLevel;
    const selectPath = `migrations/models/prep/${modelName(number)}.sql`;
    return {
        name: modelName(number),
        layer: "prep",
        schema: "prep",
        materialisation: "table",
        description: "Made for the benchmark.",
        grain: "one row per item",
        primaryKey: ["item_id"],
        entityKey: ["item_id"],
        select: isFirstLevel
            ? "select id as item_id, quantity from {source_schema}.item"
            : `select item_id, sum(quantity)::integer as quantity
               from (${upstream.map((other) => `select item_id, quantity from prep.${modelName(other)}`).join(" union all ")}) as items
               group by item_id`,
        selectPath,
        selectLine: 1,
        definitionPath: null,
        columns: { item_id: { description: "The item." }, quantity: { description: "How many." } },
        tests: [{ definition: { kind: "not_null", column: "quantity" }, path: selectPath, line: 1 }],
        indexes: [],
        tags: [],
        affectedBy: {},
        renamedFrom: null,
        rebuild: null,
        presentation: {},
        checksum: String(number),
    };
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

/** The cost of a change of the derivation rules: the part of a first migration that derives mappings. */
async function measureDerivation(database: Database): Promise<number> {
    const { models } = await loadRegistry(database);
    const started = performance.now();
    await database.withTransaction((connection) =>
        refreshMappings(connection, { anew: new Set(models.map(({ name }) => name)) }),
    );
    return performance.now() - started;
}

/** Measures everything that a build does before its first model. */
async function measurePlan(database: Database): Promise<number> {
    const started = performance.now();
    const graph = makeGraph(await loadRegistry(database));
    await database.withTransaction(
        async (connection) =>
            makePlan(connection, graph, await loadBuildState(connection), {
                modelNames: graph.order,
                fullRefresh: false,
                acceptSourceShrink: false,
                refreshed: null,
                facts: await loadLandingFacts(connection, graph.sources.values()),
            }),
        { readOnly: true },
    );
    return performance.now() - started;
}

function formatMemory({ peakMemoryMiB }: ProgramRun): string {
    return peakMemoryMiB === null ? "" : `${peakMemoryMiB.toFixed(0)} MiB`;
}
