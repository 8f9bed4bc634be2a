import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readProject } from "../src/project/read-project.js";
import type { BenchOptions } from "./arguments.js";
import { formatCount, formatMs, median, printTable } from "./measure.js";

/** The cost of reading a project: without a cache, with nothing changed, and with one file changed. */
export async function benchProject({ modelCount, rounds }: BenchOptions): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "stardeck-bench-project-"));
    const cacheFolder = join(folder, "cache");
    const models = join(folder, "migrations/models/marts");
    try {
        await mkdir(models, { recursive: true });
        await writeFile(
            join(folder, "stardeck.config.ts"),
            'import { defineConfig } from "stardeck";\n\nexport default defineConfig({ name: "bench" });\n',
        );
        for (let index = 0; index < modelCount; index += 1) {
            await writeFile(join(models, `mart_${index}.sql`), sql(index));
            await writeFile(join(models, `mart_${index}.ts`), definition);
        }
        const times: Record<"cold" | "unchanged" | "oneChanged", number[]> = {
            cold: [],
            unchanged: [],
            oneChanged: [],
        };
        const read = (): number => {
            const start = performance.now();
            readProject(folder, { cacheFolder });
            return performance.now() - start;
        };
        for (let round = 0; round < rounds; round += 1) {
            await rm(cacheFolder, { recursive: true, force: true });
            times.cold.push(read());
            times.unchanged.push(read());
            await writeFile(join(models, "mart_0.sql"), `${sql(0)}-- ${round}\n`);
            times.oneChanged.push(read());
        }
        printTable(
            `Reading a project of ${formatCount(modelCount)} models`,
            ["", "median"],
            [
                ["nothing known of it", formatMs(median(times.cold))],
                ["nothing changed", formatMs(median(times.unchanged))],
                ["one file changed", formatMs(median(times.oneChanged))],
            ],
        );
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function sql(index: number): string {
    return `-- The ${index}th mart.
-- Grain: one row per order.
-- Key: order_id.

select
    order_id,
${Array.from({ length: 20 }, (_, column) => `    amount * ${column} as amount_${column}`).join(",\n")}
from staging.orders
`;
}

const definition = `import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        order_id: "The order.",
${Array.from({ length: 20 }, (_, column) => `        amount_${column}: "The amount, ${column} times.",`).join("\n")}
    },
    tests: [
        { kind: "unique", columns: ["order_id"] },
        { kind: "not_null", column: "order_id", severity: "warn", description: "Orders without a number." },
    ],
    tags: ["orders"],
});
`;
