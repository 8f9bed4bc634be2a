import type { Database } from "../src/database/database.js";
import { verifyModels } from "../src/engine/verify.js";
import type { BenchOptions } from "./arguments.js";
import { formatCount, formatMs, formatRatio, median, printProgress, printTable } from "./measure.js";
import { runStardeck } from "./program.js";
import { withBenchDatabase, type BenchServer } from "./server.js";
import { withSlowStatements } from "./slow-statements.js";
import { emptyWarehouse, landBatch, prepareWebshop, removeBatches, settle, type BatchKind } from "./webshop.js";

interface Round {
    readonly fullMs: number;
    readonly nextDayMs: number;
    readonly lateMs: number;
    readonly nothingNewMs: number;
    /** What the builds used of processors, of the server and of the program. */
    readonly cpuMs: Readonly<Record<"full" | BatchKind, number>>;
    /** For each of the three builds with work to do, what it did to each model, in build order. */
    readonly models: Readonly<Record<"full" | BatchKind, readonly ModelRun[]>>;
}

interface ModelRun {
    readonly modelName: string;
    readonly scope: string;
    readonly entityCount: string | null;
    readonly changedCount: number;
    readonly durationMs: number;
}

/** A first build, then 0.1 % new rows, then 0.1 % late rows, then nothing new: at growing sizes of the history. */
export async function benchIncremental(server: BenchServer, options: BenchOptions): Promise<void> {
    const table: string[][] = [];
    const processorTable: string[][] = [];
    for (const eventCount of options.eventCounts) {
        const name = await prepareWebshop(server, eventCount);
        const rounds: Round[] = [];
        for (let round = 0; round < options.rounds; round += 1) {
            const isProfiled = options.slowMs !== null && round === options.rounds - 1;
            rounds.push(await measureRound(server, name, isProfiled ? options.slowMs : null));
        }
        const middle = (duration: (round: Round) => number): number => median(rounds.map(duration));
        table.push([
            formatCount(eventCount),
            formatMs(middle((round) => round.fullMs)),
            formatMs(middle((round) => round.nextDayMs)),
            formatRatio(middle((round) => round.nextDayMs / round.fullMs)),
            formatMs(middle((round) => round.lateMs)),
            formatRatio(middle((round) => round.lateMs / round.fullMs)),
            formatMs(middle((round) => round.nothingNewMs)),
        ]);
        processorTable.push([
            formatCount(eventCount),
            ...(["full", "next-day", "late"] as const).flatMap((kind) => [
                formatMs(middle((round) => round.cpuMs[kind])),
                formatRatio(middle((round) => round.cpuMs[kind] / round.cpuMs.full)),
            ]),
        ]);
        printModels(eventCount, rounds);
        if (options.isVerified) {
            await withBenchDatabase(server, name, verifyWarehouse);
        }
    }
    printTable(
        `Whole builds (median of ${options.rounds}; ratios to the full build of the same round)`,
        ["events", "full", "0.1 % new", "ratio", "0.1 % late", "ratio", "nothing new"],
        table,
    );
    printTable(
        "Of processors, server and program",
        ["events", "full", "", "0.1 % new", "ratio", "0.1 % late", "ratio"],
        processorTable,
    );
}

async function measureRound(server: BenchServer, name: string, slowMs: number | null): Promise<Round> {
    const url = server.urlOf(name);
    const build = async (what: string): Promise<{ durationMs: number; cpuMs: number; models: readonly ModelRun[] }> => {
        const before = (await server.readProcessorMs()) ?? NaN;
        const { durationMs, cpuMs, peakMemoryMiB } = await runStardeck(["build", "--database-url", url]);
        const serverMs = ((await server.readProcessorMs()) ?? NaN) - before;
        printProgress(
            `${what}: ${formatMs(durationMs)}; of processors, the server ${formatMs(serverMs)}, the program ${formatMs(cpuMs ?? NaN)}; memory ${(peakMemoryMiB ?? NaN).toFixed(0)} MiB`,
        );
        const models = await withBenchDatabase(server, name, loadLastRun);
        return { durationMs, cpuMs: serverMs + (cpuMs ?? 0), models };
    };
    const land = (kind: BatchKind): Promise<number> =>
        withBenchDatabase(server, name, (database) => landBatch(database, kind));
    await withBenchDatabase(server, name, async (database) => {
        await removeBatches(database);
        await emptyWarehouse(database);
    });
    const full = await build("full");
    await withBenchDatabase(server, name, settle);
    const buildBatch = async (kind: BatchKind): Promise<Awaited<ReturnType<typeof build>>> => {
        const what = `${kind}, ${formatCount(await land(kind))} rows`;
        return slowMs === null ? build(what) : withSlowStatements(server, name, slowMs, () => build(what));
    };
    const nextDay = await buildBatch("next-day");
    const late = await buildBatch("late");
    const nothingNew = [await build("nothing new"), await build("nothing new"), await build("nothing new")];
    return {
        fullMs: full.durationMs,
        nextDayMs: nextDay.durationMs,
        lateMs: late.durationMs,
        nothingNewMs: median(nothingNew.map(({ durationMs }) => durationMs)),
        cpuMs: { full: full.cpuMs, "next-day": nextDay.cpuMs, late: late.cpuMs },
        models: { full: full.models, "next-day": nextDay.models, late: late.models },
    };
}

/** Compares the result of the incremental builds with a full refresh. */
async function verifyWarehouse(database: Database): Promise<void> {
    const results = await verifyModels(database, { select: [], exclude: [], onResult: () => undefined });
    const differing = results.filter((result) => result.status !== "equal");
    if (differing.length > 0) {
        throw new Error(`Not what a full refresh makes: ${JSON.stringify(differing, null, 2)}`);
    }
    printProgress(`all ${results.length} tables are equal to a full refresh`);
}

async function loadLastRun(database: Database): Promise<readonly ModelRun[]> {
    const { rows } = await database.query<ModelRun>(
        `select
            model_name as "modelName", scope, entity_count as "entityCount",
            (coalesce(rows_inserted, 0) + coalesce(rows_updated, 0) + coalesce(rows_deleted, 0))::float8 as "changedCount",
            extract(epoch from finished_at - started_at)::float8 * 1000 as "durationMs"
        from ops.model_run
        where run_id = (select max(run_id) from ops.run) and scope <> 'view'
        order by position`,
    );
    return rows;
}

function printModels(eventCount: number, rounds: readonly Round[]): void {
    const [last] = rounds.slice(-1);
    for (const kind of ["full", "next-day", "late"] as const) {
        printTable(
            `${kind} at ${formatCount(eventCount)} events, model by model (last round; models run side by side)`,
            ["model", "scope", "entities", "rows changed", "time"],
            (last?.models[kind] ?? []).map((model) => [
                model.modelName,
                model.scope,
                model.entityCount === null ? "" : formatCount(Number(model.entityCount)),
                formatCount(model.changedCount),
                formatMs(model.durationMs),
            ]),
        );
    }
}
