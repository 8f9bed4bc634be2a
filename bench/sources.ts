import type { Database } from "../src/database/database.js";
import { runBuild } from "../src/engine/build.js";
import type { ModelFile, Project, SourceFile } from "../src/project/project.js";
import { runMigrations } from "../src/warehouse/migrations.js";
import type { BenchOptions } from "./arguments.js";
import { formatCount, formatMs, formatRatio, median, printProgress, printTable } from "./measure.js";
import { describeSource, describeTrivialModel, emptyProject } from "./graph.js";
import { createDatabase, withBenchDatabase, type BenchServer } from "./server.js";

const changedShare = 0.001;

/** The cost of finding changes in a table that is changed in place, beside the cost of the first build of its readers. */
export async function benchSources(server: BenchServer, { rowCount, rounds }: BenchOptions): Promise<void> {
    const name = "sources_bench";
    await createDatabase(server, name);
    await withBenchDatabase(server, name, async (database) => {
        printProgress(`making ${formatCount(rowCount)} rows`);
        await createItems(database, rowCount);
        await runMigrations(database, { project, sourceSchema: "staging" });
        const first = await measureBuild(database);
        const changed = Math.ceil(rowCount * changedShare);
        const cases: Readonly<Record<string, (round: number) => string>> = {
            "0.1 % changed, as an index on updatedAt tells": (round) =>
                `update staging.item set quantity = quantity + 1, modified_at = timestamp '2030-01-01' + interval '1 day' * ${round}
                where id % ${Math.round(1 / changedShare)} = ${round}`,
            "0.1 % changed, updatedAt as it was": (round) =>
                `update staging.item set quantity = quantity + 1 where id % ${Math.round(1 / changedShare)} = ${100 + round}`,
            "0.1 % deleted": (round) =>
                `delete from staging.item where id % ${Math.round(1 / changedShare)} = ${200 + round}`,
            "nothing new": () => "select",
        };
        const rows: (readonly string[])[] = [["first build", formatMs(first), "1"]];
        for (const [what, makeChange] of Object.entries(cases)) {
            const times: number[] = [];
            for (let round = 0; round < rounds; round += 1) {
                await database.query(makeChange(round));
                await database.query("select pg_stat_force_next_flush()");
                times.push(await measureBuild(database));
            }
            rows.push([what, formatMs(median(times)), formatRatio(median(times) / first)]);
            printProgress(`${what}: ${formatMs(median(times))}`);
        }
        printTable(
            `A table of ${formatCount(rowCount)} rows, changed in place (${formatCount(changed)} at a time), and a model of a row for each`,
            ["", "build", "of the first"],
            rows,
        );
    });
}

async function createItems(database: Database, rowCount: number): Promise<void> {
    await database.query("create schema staging");
    await database.query("create table staging.item (id bigint, modified_at timestamp, quantity integer, note text)");
    await database.query(
        `insert into staging.item
        select id, timestamp '2025-01-01' + id * interval '1 second', id % 100, repeat('x', 60) from generate_series(1, ${rowCount}) as id`,
    );
    await database.query("alter table staging.item add primary key (id)");
    await database.query("create index on staging.item (modified_at)");
    await database.maintain("vacuum analyze staging.item");
}

const source: SourceFile = { ...describeSource("item"), kind: "table", deletes: "follow" };
const model: ModelFile = describeTrivialModel(0);
const project: Project = { ...emptyProject, sources: [source], models: [model] };

async function measureBuild(database: Database): Promise<number> {
    const started = performance.now();
    const { status } = await runBuild(database, {
        command: "run",
        select: [],
        exclude: [],
        fullRefresh: false,
        failFast: false,
        threads: 1,
        signal: new AbortController().signal,
        onEvent: () => undefined,
    });
    if (status !== "ok") {
        throw new Error(`the build ended ${status}`);
    }
    return performance.now() - started;
}
