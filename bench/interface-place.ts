import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSettings } from "../src/config/settings.js";
import { withDatabase, type Database } from "../src/database/database.js";
import { openEmbedded } from "../src/database/embedded/open-embedded.js";
import { openTerminal } from "../tests/stories/open-terminal.js";
import type { StoryTerminal } from "../tests/stories/story-terminal.js";
import { createItems, describeTrivialModel } from "./graph.js";
import { inNewFolder } from "./in-new-folder.js";
import { formatCount, printProgress } from "./measure.js";
import { runStardeck } from "./program.js";
import { createDatabase, hasDatabase, withBenchDatabase, type BenchServer } from "./server.js";

/** A database with the built demo shop, many trivial models and one big relation, and how stardeck finds it. */
export interface InterfacePlace {
    readonly kind: "server" | "embedded";
    readonly workingFolder: string;
    readonly flags: readonly string[];
    readonly rowCount: number;
    readonly modelCount: number;
}

/** The scrolled relation: a source with an index on its key. */
export const bigRelation = "bench_row";

export interface PlaceSize {
    readonly rowCount: number;
    readonly modelCount: number;
}

/** Prepares the place on a server for `use`; reuses what a kept data folder already has. */
export async function withServerPlace(
    server: BenchServer,
    size: PlaceSize,
    use: (place: InterfacePlace) => Promise<void>,
): Promise<void> {
    const name = `interface_${size.rowCount}_${size.modelCount}`;
    const isThere = await hasDatabase(server, name);
    if (!isThere) {
        await createDatabase(server, name);
    }
    await inNewFolder("interface", async (workingFolder) => {
        const flags = ["--database-url", server.urlOf(name)];
        const place = { kind: "server", workingFolder, flags, ...size } as const;
        await writeProject(workingFolder, size.modelCount);
        if (!isThere) {
            await fill(place);
        }
        // Do now what the server would otherwise do in the background.
        await withBenchDatabase(server, name, (database) => database.maintain("vacuum (analyze)"));
        await use(place);
    });
}

/** Prepares the place on an embedded database for `use`. */
export function withEmbeddedPlace(size: PlaceSize, use: (place: InterfacePlace) => Promise<void>): Promise<void> {
    return inNewFolder("interface", async (workingFolder) => {
        const place = { kind: "embedded", workingFolder, flags: [], ...size } as const;
        await writeProject(workingFolder, size.modelCount);
        await fill(place);
        await use(place);
        await rest(workingFolder);
    });
}

/** Starts stardeck in a terminal for `use`, then ends it. */
export async function withInterface<T>(
    { workingFolder, flags }: InterfacePlace,
    { columns, rows }: { readonly columns: number; readonly rows: number },
    use: (terminal: StoryTerminal) => Promise<T>,
): Promise<T> {
    const terminal = await openTerminal({ columns, rows, workingFolder, arguments: flags, timeoutMs: 60_000 });
    try {
        return await use(terminal);
    } finally {
        await terminal.close();
    }
}

async function fill(place: InterfacePlace): Promise<void> {
    const { workingFolder, flags, rowCount, modelCount } = place;
    printProgress(`${place.kind}: a built shop, ${formatCount(modelCount)} models, ${formatCount(rowCount)} rows`);
    await runStardeck(["seed", ...flags], { workingFolder });
    const settings = parseSettings({ databaseUrl: flags[1] }, {}, workingFolder);
    await withDatabase(
        settings.database,
        { connectTimeoutMs: 60_000, statementTimeoutMs: 0, maxConnections: 2 },
        async (database) => {
            await createItems(database);
            await fillBigRelation(database, rowCount);
        },
    );
    await runStardeck(["migrate", ...flags], { workingFolder });
    await runStardeck(["build", ...flags], { workingFolder });
}

/** Writes the project that the interface shows: the webshop's files, and those of the trivial models and their source. */
async function writeProject(folder: string, modelCount: number): Promise<void> {
    await runStardeck(["init", ".", "--example", "webshop"], { workingFolder: folder });
    await writeFile(join(folder, "migrations/sources/bench.ts"), sourcesFile);
    for (let number = 0; number < modelCount; number += 1) {
        const { selectPath, description, grain, primaryKey, select } = describeTrivialModel(number);
        const head = [`-- ${description}`, `-- Grain: ${grain}.`, `-- Key: ${primaryKey.join(", ")}.`];
        await writeFile(join(folder, selectPath), `${head.join("\n")}\n\n${select}\n`);
        await writeFile(join(folder, selectPath.replace(/sql$/, "ts")), definitionFile);
    }
}

const definitionFile = `import { defineModel } from "stardeck";

export default defineModel({ materialisation: "table" });
`;

const sourcesFile = `import { defineSource } from "stardeck";

const common = { description: "Made for the benchmark.", key: "id", versionColumn: "modified_at" };

export const item = defineSource({ name: "item", ...common });
export const big = defineSource({ name: "${bigRelation}", ...common });
`;

async function fillBigRelation(database: Database, rowCount: number): Promise<void> {
    await database.query(
        `create table staging.${bigRelation} as
         select id, timestamp '2020-01-01' + id * interval '1 second' as modified_at, 'Customer ' || (id % 100000) as name,
                (id % 7919) * 1.25 as amount, case when id % 10 = 0 then null else md5(id::text) end as note
         from generate_series(1, ${rowCount}) as id`,
    );
    await database.query(`alter table staging.${bigRelation} add primary key (id)`);
    await database.query(`analyze staging.${bigRelation}`);
}

/** Waits for the embedded server, which ends a moment after its last client; its folder must stay until then. */
async function rest(workingFolder: string): Promise<void> {
    const server = await openEmbedded(join(workingFolder, ".stardeck"));
    await server.close();
}
