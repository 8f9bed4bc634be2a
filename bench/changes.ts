import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "./arguments.js";
import { inNewFolder } from "./in-new-folder.js";
import { formatCount, formatMs, median, printProgress, printTable } from "./measure.js";
import { runStardeck } from "./program.js";
import { createDatabase, withBenchDatabase, type BenchServer } from "./server.js";

const modelsPerLevel = 50;
const databaseName = "changes";

interface Cost {
    readonly durationMs: number;
    /** Processor time of the program and of its connections to the server; null if unknown. */
    readonly processorMs: number | null;
}

/** The cost of planning and migrating a project with many models, from its files to the end of the process. */
export async function benchChanges(server: BenchServer, { modelCount, rounds }: BenchOptions): Promise<void> {
    await inNewFolder("bench-changes", async (folder) => {
        await writeProject(folder, modelCount);
        const measure = async (command: string): Promise<Cost> => {
            const before = await server.readProcessorMs();
            const flags = ["--project", folder, "--database-url", server.urlOf(databaseName)];
            const { durationMs, cpuMs } = await runStardeck([command, ...flags]);
            const after = await server.readProcessorMs();
            printProgress(`${command}: ${formatMs(durationMs)}`);
            return {
                durationMs,
                processorMs: cpuMs === null || before === null || after === null ? null : cpuMs + after - before,
            };
        };
        const costs: Record<"migrate" | "plan", Cost[]> = { migrate: [], plan: [] };
        for (let round = 0; round < rounds; round += 1) {
            await createDatabase(server, databaseName);
            await withBenchDatabase(server, databaseName, (database) =>
                database.query(
                    "create schema raw; create table raw.item (id integer not null, modified_at timestamp, status text, amount numeric)",
                ),
            );
            costs.migrate.push(await measure("migrate"));
            costs.plan.push(await measure("plan"));
        }
        printTable(
            `A project of ${formatCount(modelCount)} models, from its files`,
            ["", "time", "of processors"],
            [
                ["migrate from nothing", ...format(costs.migrate)],
                ["plan with no change", ...format(costs.plan)],
            ],
        );
    });
}

function format(costs: readonly Cost[]): readonly string[] {
    const processorMs = costs.flatMap((cost) => cost.processorMs ?? []);
    return [
        formatMs(median(costs.map(({ durationMs }) => durationMs))),
        processorMs.length === 0 ? "" : formatMs(median(processorMs)),
    ];
}

/** A view of the newest versions, and levels of tables, each of which reads it or two tables of the level before. */
async function writeProject(folder: string, modelCount: number): Promise<void> {
    const files: Record<string, string> = {
        "stardeck.config.ts": `import { defineConfig } from "stardeck";
export default defineConfig({ name: "bench", sourceSchema: "raw" });
`,
        "migrations/sources/raw.ts": `import { defineSource } from "stardeck";
export const item = defineSource({ name: "item", key: "id", versionColumn: "modified_at" });
`,
        "migrations/models/prep/stg_item.sql": `-- Items.
-- Grain: one row per item.
select distinct on (id) id as item_id, status, amount from {source_schema}.item order by id, modified_at desc
`,
    };
    for (let number = 0; number < modelCount - 1; number += 1) {
        const path = `migrations/models/warehouse/fct_item_${number}`;
        files[`${path}.sql`] = `-- The facts number ${number}.
-- Grain: one row per item.
-- Key: item_id.
${number < modelsPerLevel ? firstLevel : joinOf(number - modelsPerLevel, number - modelsPerLevel + 1)}
`;
        files[`${path}.ts`] = definition;
    }
    for (const [path, text] of Object.entries(files)) {
        await mkdir(join(folder, path, ".."), { recursive: true });
        await writeFile(join(folder, path), text);
    }
}

const firstLevel = "select item_id, status, amount from prep.stg_item where item_id is not null";

function joinOf(one: number, other: number): string {
    return `with one as (
    select item_id, status, sum(amount) as amount from warehouse.fct_item_${one} group by item_id, status
)

select one.item_id, one.status, coalesce(one.amount, 0) + coalesce(other.amount, 0) as amount
from one
left join warehouse.fct_item_${other} as other on other.item_id = one.item_id`;
}

const definition = `import { defineModel } from "stardeck";

export default defineModel({
    columns: { item_id: "The item.", status: "Its state.", amount: "What it is worth." },
    tests: [{ kind: "not_null", column: "status", severity: "warn" }],
    tags: ["items"],
});
`;
