import type { Connection } from "../src/database/connection.js";
import type { Database } from "../src/database/database.js";
import { changeSign } from "../src/derivation/change-sign.js";
import { changedImagesOf } from "../src/engine/affected-entities.js";
import { makeGraph, type Graph } from "../src/engine/graph.js";
import { loadLandingFacts } from "../src/engine/landing-mark.js";
import { mergeModel } from "../src/engine/merge.js";
import { makePlan, type Plan } from "../src/engine/plan.js";
import { loadTargets, type Target } from "../src/engine/target.js";
import { loadBuildState } from "../src/runs/build-state.js";
import type { Entity } from "../src/runs/entity-queue.js";
import { quoteQualified } from "../src/sql/identifiers.js";
import { loadRegistry, type TableModel } from "../src/warehouse/registry.js";
import type { BenchOptions } from "./arguments.js";
import { mappingByHand, mappingsByHand } from "./mappings-by-hand.js";
import { formatCount, formatMs, interleave, median, printProgress, printTable } from "./measure.js";
import { runStardeck } from "./program.js";
import { withBenchDatabase, type BenchServer } from "./server.js";
import { emptyWarehouse, landBatch, prepareWebshop, removeBatches, settle } from "./webshop.js";

interface Pair {
    readonly modelName: string;
    readonly upstreamName: string;
    readonly changedCount: number;
    readonly byHand: Measured;
    readonly derived: Measured;
}

interface Measured {
    readonly entityCount: number;
    readonly durationMs: number;
}

/** Which entities of the webshop another day affects: by hand-written mappings, by derived ones, and in fact. */
export async function benchMappings(server: BenchServer, { eventCounts, rounds }: BenchOptions): Promise<void> {
    for (const eventCount of eventCounts) {
        const name = await prepareWebshop(server, eventCount);
        await withBenchDatabase(server, name, async (database) => {
            await removeBatches(database);
            await emptyWarehouse(database);
        });
        await runStardeck(["build", "--database-url", server.urlOf(name)]);
        await withBenchDatabase(server, name, async (database) => {
            await settle(database);
            printProgress(`landed ${formatCount(await landBatch(database, "next-day"))} rows`);
            const { pairs, changedEntities } = await measurePairs(database, rounds);
            printTable(
                `A day's data at ${formatCount(eventCount)} events, pair by pair (entities, and times as the median of ${rounds})`,
                ["model from upstream", "changed rows", "by hand", "derived", "truly", "by hand", "derived", "ratio"],
                pairs.map(({ modelName, upstreamName, changedCount, byHand, derived }) => [
                    `${modelName} from ${upstreamName}`,
                    formatCount(changedCount),
                    formatCount(byHand.entityCount),
                    formatCount(derived.entityCount),
                    formatCount(changedEntities.get(modelName) ?? 0),
                    formatMs(byHand.durationMs),
                    formatMs(derived.durationMs),
                    (derived.durationMs / byHand.durationMs).toFixed(2),
                ]),
            );
        });
        await measureBuilds(server, name, eventCount, rounds);
    }
}

interface Builds {
    readonly fullMs: number;
    readonly nextDayMs: number;
    readonly nothingNewMs: number;
}

/** Builds with both kinds of mappings in turn; hand-written ones are overrides. */
async function measureBuilds(server: BenchServer, name: string, eventCount: number, rounds: number): Promise<void> {
    const url = server.urlOf(name);
    const build = async (): Promise<number> => (await runStardeck(["build", "--database-url", url])).durationMs;
    const measure = async (affectedBy: (modelName: string) => object): Promise<Builds> => {
        await withBenchDatabase(server, name, async (database) => {
            await removeBatches(database);
            await emptyWarehouse(database);
            const { models } = await loadRegistry(database);
            const overrides = Object.fromEntries(models.map((model) => [model.name, affectedBy(model.name)]));
            await database.query("update ops.model set affected_by = $1::jsonb -> model_name", [
                JSON.stringify(overrides),
            ]);
        });
        const fullMs = await build();
        await withBenchDatabase(server, name, async (database) => {
            await settle(database);
            await landBatch(database, "next-day");
        });
        return { fullMs, nextDayMs: await build(), nothingNewMs: await build() };
    };
    const { byHand, derived } = await interleave(rounds, {
        byHand: () => measure((modelName) => mappingsByHand[modelName] ?? {}),
        derived: () => measure(() => ({})),
    });
    const row = (what: string, valueOf: (builds: Builds) => number): string[] => [
        what,
        formatMs(median(byHand.map(valueOf))),
        formatMs(median(derived.map(valueOf))),
        median(derived.map((builds, round) => valueOf(builds) / valueOf(byHand[round] ?? builds))).toFixed(2),
    ];
    printTable(
        `Builds at ${formatCount(eventCount)} events (median of ${rounds})`,
        ["", "by hand", "derived", "ratio"],
        [
            row("first build", ({ fullMs }) => fullMs),
            row("a day's data", ({ nextDayMs }) => nextDayMs),
            row("nothing new", ({ nothingNewMs }) => nothingNewMs),
        ],
    );
}

/** Builds model after model in one transaction that is rolled back. */
async function measurePairs(
    database: Database,
    rounds: number,
): Promise<{ readonly pairs: readonly Pair[]; readonly changedEntities: ReadonlyMap<string, number> }> {
    const graph = makeGraph(await loadRegistry(database));
    const tables = graph.order.flatMap((name): TableModel[] => {
        const model = graph.models.get(name);
        return model?.materialisation === "table" ? [model] : [];
    });
    return database.withTransaction(
        async (connection) => {
            const plan = await makePlan(connection, graph, await loadBuildState(connection), {
                modelNames: graph.order,
                fullRefresh: false,
                acceptSourceShrink: false,
                refreshed: null,
                facts: await loadLandingFacts(connection, graph.sources.values()),
            });
            const targets = await loadTargets(connection, tables);
            const pairs: Pair[] = [];
            const changedEntities = new Map<string, number>();
            for (const target of targets.values()) {
                changedEntities.set(
                    target.model.name,
                    await measureModel(connection, graph, plan, target, rounds, pairs),
                );
            }
            return { pairs, changedEntities };
        },
        { isolation: "repeatable read", isRehearsal: true },
    );
}

/** @returns how many entities of the model actually changed */
async function measureModel(
    connection: Connection,
    graph: Graph,
    plan: Plan,
    target: Target,
    rounds: number,
    pairs: Pair[],
): Promise<number> {
    const { model } = target;
    const entities = new Map<string, Entity>();
    for (const { upstreamName, upstreamKind } of graph.tablesUpstreamOf(model.name)) {
        if (upstreamKind === "source") {
            const { condition = null } =
                plan.models.find(({ modelName }) => modelName === model.name)?.deltas.get(upstreamName) ?? {};
            const source = quoteQualified(
                graph.sources.get(upstreamName)?.schema ?? "",
                graph.sources.get(upstreamName)?.table ?? "",
            );
            await connection.query(`drop table if exists pg_temp.changed_${upstreamName}`);
            await connection.query(
                `create temporary table changed_${upstreamName} as select *, 1::smallint as ${changeSign} from ${source} where ${condition ?? "false"}`,
            );
        }
        const changed = `pg_temp.changed_${upstreamName}`;
        const { rows } = await connection.query<{ count: number }>(`select count(*)::int as count from ${changed}`);
        const mapping = model.mappings[upstreamName];
        if (mapping?.kind !== "entities") {
            throw new Error(`${model.name} from ${upstreamName} is not mapped`);
        }
        const measure = async (select: string): Promise<Measured & { readonly found: readonly Entity[] }> => {
            const times: number[] = [];
            let found: readonly Entity[] = [];
            for (let round = 0; round < rounds; round += 1) {
                const started = performance.now();
                const answer = await connection.query<{ entity: Entity }>(
                    `select distinct array[entity::text] as entity from (with changed as (select * from ${changed}) ${select}) as affected (entity) where entity is not null`,
                );
                times.push(performance.now() - started);
                found = answer.rows.map(({ entity }) => entity);
            }
            return { entityCount: found.length, durationMs: median(times), found };
        };
        const byHand = await measure(mappingByHand(model.name, upstreamName, model.entityKey));
        const derived = await measure(mapping.select);
        for (const entity of derived.found) {
            entities.set(JSON.stringify(entity), entity);
        }
        pairs.push({ modelName: model.name, upstreamName, changedCount: rows[0]?.count ?? 0, byHand, derived });
    }
    await mergeModel(connection, target, { kind: "entities", entities: [...entities.values()] });
    await connection.query(`create temporary table changed_${model.name} as ${changedImagesOf(target)}`);
    await connection.query(`analyze pg_temp.changed_${model.name}`);
    const { rows } = await connection.query<{ count: number }>(
        `select count(distinct ${model.entityKey[0] ?? "1"})::int as count from pg_temp.changed_${model.name}`,
    );
    return rows[0]?.count ?? 0;
}
