import type { BenchOptions } from "./arguments.js";
import { buildFloorSql, countWarehouseRows } from "./floor.js";
import { formatCount, formatMs, formatRatio, interleave, median, printProgress, printTable } from "./measure.js";
import { runPsql, runStardeck, type ProgramRun } from "./program.js";
import { withBenchDatabase, type BenchServer } from "./server.js";
import { emptyWarehouse, prepareWebshop, removeBatches } from "./webshop.js";

/** One build: its duration, and the processor time of the server and the program. */
interface Measured {
    readonly durationMs: number;
    readonly cpuMs: number;
}

/** A first build by stardeck, with one thread and with four, against the same SQL run by psql in one session. */
export async function benchBuild(server: BenchServer, { eventCounts, rounds }: BenchOptions): Promise<void> {
    for (const eventCount of eventCounts) {
        const name = await prepareWebshop(server, eventCount);
        const url = server.urlOf(name);
        const floorSql = await withBenchDatabase(server, name, async (database) => {
            await removeBatches(database);
            return buildFloorSql(database);
        });
        const rowCounts = new Set<string>();
        const measure = async (what: string, build: () => Promise<ProgramRun>): Promise<Measured> => {
            await withBenchDatabase(server, name, emptyWarehouse);
            const before = (await server.readProcessorMs()) ?? NaN;
            const { durationMs, cpuMs } = await build();
            const measured = { durationMs, cpuMs: ((await server.readProcessorMs()) ?? NaN) - before + (cpuMs ?? 0) };
            printProgress(`${what}: ${formatMs(durationMs)}, of processors ${formatMs(measured.cpuMs)}`);
            rowCounts.add(await withBenchDatabase(server, name, countWarehouseRows));
            return measured;
        };
        const withThreads = (threads: string) => (): Promise<Measured> =>
            measure(`stardeck, --threads ${threads}`, () =>
                runStardeck(["build", "--threads", threads, "--database-url", url]),
            );
        const results = await interleave(rounds, {
            psql: () => measure("psql", () => runPsql(url, floorSql)),
            oneThread: withThreads("1"),
            fourThreads: withThreads("4"),
        });
        if (rowCounts.size !== 1) {
            throw new Error(`The builds differ:\n${[...rowCounts].join("\n")}`);
        }
        // Round by round, so that a slow minute of the machine affects both.
        const compare = (runs: readonly Measured[], of: keyof Measured): readonly [value: string, ratio: string] => [
            formatMs(median(runs.map((run) => run[of]))),
            formatRatio(median(runs.map((run, round) => run[of] / (results.psql[round]?.[of] ?? NaN)))),
        ];
        const row = (what: string, runs: readonly Measured[]): string[] => [
            what,
            ...compare(runs, "durationMs"),
            ...compare(runs, "cpuMs"),
        ];
        printTable(
            `First build of ${formatCount(eventCount)} events (median of ${rounds})`,
            ["", "time", "to psql", "of processors", "to psql"],
            [
                row("psql, one session", results.psql),
                row("stardeck, 1 thread", results.oneThread),
                row("stardeck, 4 threads", results.fourThreads),
            ],
        );
    }
}
