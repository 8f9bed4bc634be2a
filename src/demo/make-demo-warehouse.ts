import { renameStarter } from "../runs/run-history.js";
import { packageFolder } from "../config/package-folder.js";
import type { Database } from "../database/database.js";
import { runBuild } from "../engine/build.js";
import type { BuildOptions } from "../engine/build-options.js";
import type { RunSummary } from "../engine/events.js";
import { readProject } from "../project/read-project.js";
import { seedWebshop } from "../seeds/seed-webshop.js";
import { runMigrations } from "../warehouse/migrations.js";

const sourceSchema = "staging";

/** The days of the first full build. The days after it are landed one by one, up to the last day of the default demo. */
const firstDays = { days: 66, through: "2025-02-26" };

/**
 * Fills an empty database as its users would in the first week: a full build, and then each day an incremental build.
 * On one day the unknown product has been deleted by hand: a data test fails, nothing downstream is published, and a full refresh
 * repairs it. In the end the database has the data of the default demo, and the record of six runs.
 */
export async function makeDemoWarehouse(database: Database): Promise<void> {
    await seedWebshop(database, { ...firstDays, sourceSchema });
    await runMigrations(database, { project: readProject(packageFolder, { cacheFolder: null }), sourceSchema });
    await build(database, "ok");
    await landNextDay(database);
    await build(database, "ok");

    await landNextDay(database);
    await database.query("delete from warehouse.dim_product where product_key = -1");
    await build(database, "failed");
    await build(database, "ok", { select: ["dim_product+"], fullRefresh: true });

    await landNextDay(database);
    await build(database, "ok");
    await landNextDay(database);
    await build(database, "ok");
    // Otherwise the recorded runs would name the machine on which this runs.
    await renameStarter(database, "the demo");
}

async function landNextDay(database: Database): Promise<void> {
    await seedWebshop(database, { sourceSchema });
}

/** @throws Error when the run does not end with the expected status. */
async function build(
    database: Database,
    expected: RunSummary["status"],
    options: Partial<Pick<BuildOptions, "select" | "fullRefresh">> = {},
): Promise<void> {
    const { runId, status, models } = await runBuild(database, {
        command: "build",
        select: [],
        exclude: [],
        fullRefresh: false,
        failFast: false,
        threads: 1,
        signal: new AbortController().signal,
        onEvent: () => undefined,
        ...options,
    });
    if (status !== expected) {
        const unfinished = models.filter((model) => model.status !== "ok").map(({ modelName }) => modelName);
        throw new Error(`Run ${runId} of the demo ended ${status}, not ${expected} (${unfinished.join(", ")}).`);
    }
}
