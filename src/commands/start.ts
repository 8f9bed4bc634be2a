import type { Database } from "../database/database.js";
import { loadMigrationStatus } from "../warehouse/migrations.js";
import { buildModels } from "./build-models.js";
import { defineCommand, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { needsDemo } from "./landing-tables.js";
import { openDatabase } from "./open-database.js";
import { printMarts } from "./print-marts.js";

export const command = defineCommand({
    name: "",
    description:
        "Migrates, seeds the demo if the database is the embedded one and empty, builds, tests and prints the marts.",
    arguments: [],
    flags: {},
    examples: [{ command: "stardeck", does: "The whole job; a second time only what is needed." }],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: start,
});

/** Does the main job from an empty folder to printed marts, and of it only what is still to do. */
export async function start(invocation: Invocation): Promise<ExitCode> {
    return openDatabase(invocation.settings, async (database) => {
        const exitCode = invocation.settings.readOnly ? exitCodes.done : await bringUpToDate(database, invocation);
        if (exitCode === exitCodes.done) {
            await printMarts(database, invocation);
        }
        return exitCode;
    });
}

async function bringUpToDate(database: Database, invocation: Invocation): Promise<ExitCode> {
    const { settings, output } = invocation;
    if (database.kind === "embedded" && (await needsDemo(database, settings.sourceSchema))) {
        const { seedDays } = await import("./seed.js");
        await seedDays(database, invocation);
    }
    const { pending } = await loadMigrationStatus(database);
    if (pending.length > 0) {
        const { migrateDatabase } = await import("./migrate.js");
        await migrateDatabase(database, settings, output);
    }
    return buildModels(database, { ...invocation, command: "build", flags: {} });
}
