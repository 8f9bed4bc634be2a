import { hasEverEnded } from "../runs/last-build.js";
import { StardeckError } from "../config/errors.js";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { ProjectError } from "../project/problem.js";
import { loadMigrationStatus } from "../warehouse/migrations.js";
import { loadOperationsState } from "../warehouse/tool-migrations.js";
import { buildModels } from "./build-models.js";
import type { Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { loadProject } from "./load-project.js";
import { needsDemo } from "./landing-tables.js";
import { openDatabase, openForWriting } from "./open-database.js";
import { formatQuantity } from "../text/format-values.js";
import { printMarts } from "./print-marts.js";

/**
 * Does the main job, from an empty folder to printed marts, as far as it is not yet done. On a server, it only builds and prints what was
 * migrated there: it creates nothing that the user has not asked for.
 */
export async function doMainJob(invocation: Invocation): Promise<ExitCode> {
    const open = invocation.settings.readOnly ? openDatabase : openForWriting;
    return open(invocation, async (database) => {
        const exitCode = invocation.settings.readOnly ? exitCodes.done : await bringUpToDate(database, invocation);
        if (exitCode === exitCodes.done) {
            await printMarts(database, invocation);
        }
        return exitCode;
    });
}

async function bringUpToDate(database: Database, invocation: Invocation): Promise<ExitCode> {
    if (database.kind === "embedded") {
        await prepare(database, invocation);
    } else {
        const proposal = await describePreparationOrNull(database, invocation.settings);
        if (proposal !== null) {
            throw new StardeckError(`${database.name} is not ready to be built. ${proposal}`, {
                code: "usage",
                hint: "On a server that is done only when you say so: run `stardeck migrate` first.",
            });
        }
    }
    const flags = invocation.flags.plain === true ? { plain: true } : {};
    return buildModels(database, { ...invocation, command: "build", flags });
}

/** Describes what `stardeck migrate` would make in this database; null if nothing. */
async function describePreparationOrNull(database: Database, settings: Settings): Promise<string | null> {
    const { project, sourceSchema } = await loadProject(settings, database);
    const { completed, pending } = await loadMigrationStatus(database, { project, sourceSchema });
    if (pending.length === 0) {
        return null;
    }
    const schemas = new Intl.ListFormat("en").format(["ops", ...project.layers.map(({ schema }) => schema)]);
    return completed.length === 0
        ? `\`stardeck migrate\` would make the schemas ${schemas} with the models of "${project.name}" in them; they read the landing tables in "${sourceSchema}".`
        : `\`stardeck migrate\` would run ${formatQuantity(pending.length, "pending migration")}: ${pending.join(", ")}.`;
}

/**
 * Whether the project's files would change the database. Files with errors count as different; the errors are reported when the files
 * are applied. On a server, without a project in this folder, there are no files that could differ.
 *
 * @throws StardeckError if the database belongs to another project or a newer stardeck; ProjectError for a fresh one
 */
export async function compareWithFiles(
    database: Database,
    settings: Settings,
): Promise<"fresh" | "same" | "different"> {
    const isFresh = (await loadOperationsState(database)) === "missing";
    if (!isFresh && database.kind === "server" && settings.project.cameAlong) {
        return "same";
    }
    try {
        const { pending } = await loadMigrationStatus(database, await loadProject(settings, database));
        return isFresh ? "fresh" : pending.length === 0 ? "same" : "different";
    } catch (error) {
        if (error instanceof ProjectError && !isFresh) {
            return "different";
        }
        throw error;
    }
}

/** Only a project that declares all these sources gets the demo's rows. */
const demoSources = ["customer", "product", "orders", "orderitem", "event"];

/** Lands the demo in an empty embedded database and migrates; returns whether it did either. */
export async function prepare(
    database: Database,
    invocation: Pick<Invocation, "settings" | "output" | "signal">,
): Promise<boolean> {
    const { settings, output, signal } = invocation;
    let hasDone = false;
    const parameters = await loadProject(settings, database);
    const isOfDemo = demoSources.every((name) => parameters.project.sources.some((source) => source.name === name));
    if (database.kind === "embedded" && isOfDemo && (await needsDemo(database, parameters.sourceSchema))) {
        const { seedDays } = await import("./seed.js");
        output.talk("Landing the demo webshop.");
        await seedDays(database, parameters.sourceSchema, { output, signal });
        hasDone = true;
    }
    if (signal.aborted) {
        throw new StardeckError("Interrupted.", { code: "interrupted" });
    }
    const { pending } = await loadMigrationStatus(database, parameters);
    if (pending.length > 0) {
        const { migrateDatabase } = await import("./migrate.js");
        output.talk("Making the models.");
        await migrateDatabase(database, settings, output);
        hasDone = true;
    }
    return hasDone;
}

/** Whether no build of an embedded database has ever ended, for example because the user left the first start. */
export async function wasNeverBuilt(database: Database): Promise<boolean> {
    if (database.kind !== "embedded") {
        return false;
    }
    return !(await hasEverEnded(database));
}
