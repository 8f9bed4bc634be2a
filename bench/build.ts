import type { BenchOptions } from "./arguments.js";
import { buildFloorSql, countWarehouseRows } from "./floor.js";
import { formatCount, formatMs, formatRatio, interleave, median, printProgress, printTable } from "./measure.js";
import { runPsql, runStardeck } from "./program.js";
import { withBenchDatabase, type BenchServer } from "./server.js";
import { emptyWarehouse, prepareWebshop, removeBatches } from "./webshop.js";

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
        const measure = async (what: string, build: () => Promise<{ durationMs: number }>): Promise<number> => {
            await withBenchDatabase(server, name, emptyWarehouse);
            const { durationMs } = await build();
            printProgress(`${what}: ${formatMs(durationMs)}`);
            rowCounts.add(await withBenchDatabase(server, name, countWarehouseRows));
            return durationMs;
        };
        const withThreads = (threads: string) => (): Promise<number> =>
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
        const row = (what: string, durations: readonly number[]): string[] => [
            what,
            formatMs(median(durations)),
            // Round by round, so that a slow minute of the machine does not count for one of the two alone.
            formatRatio(median(durations.map((duration, round) => duration / (results.psql[round] ?? NaN)))),
        ];
        printTable(
            `First build of ${formatCount(eventCount)} events (median of ${rounds})`,
            ["", "time", "to psql"],
            [
                row("psql, one session", results.psql),
                row("stardeck, 1 thread", results.oneThread),
                row("stardeck, 4 threads", results.fourThreads),
            ],
        );
    }
}
