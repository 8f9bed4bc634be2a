import { StardeckError } from "../config/errors.js";
import type { Database } from "../database/database.js";
import { loadMigrationStatus } from "../warehouse/migrations.js";
import { buildModels } from "./build-models.js";
import { defineCommand, type Invocation, type OpenInterface, type ReportPreparation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { needsDemo } from "./landing-tables.js";
import { openDatabase } from "./open-database.js";
import { makeOutput, type Output, type OutputStream } from "./output.js";
import { printMarts } from "./print-marts.js";

export const command = defineCommand({
    name: "",
    description:
        "Migrates, seeds the demo if the database is the embedded one and empty, builds, tests and prints the marts.",
    arguments: [],
    flags: {
        plain: { type: "boolean", description: "Plain lines and tables also in a terminal, without the interface" },
    },
    examples: [
        { command: "stardeck", does: "In a terminal, the interface; a fresh folder gets the demo first." },
        { command: "stardeck --plain", does: "The whole job in plain text; a second time only what is needed." },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: (invocation) =>
        invocation.openInterface === null || invocation.flags.plain === true || invocation.settings.json
            ? start(invocation)
            : openInterface(invocation, invocation.openInterface),
});

/** Shows the interface; what it ends with goes to the shell's own history. */
async function openInterface({ settings, output, signal }: Invocation, show: OpenInterface): Promise<ExitCode> {
    const lines = await show({
        isReadOnly: settings.readOnly,
        presentation: null,
        databaseName: settings.database.kind === "embedded" ? "embedded" : settings.database.name,
        sourceSchema: settings.sourceSchema,
        threads: settings.threads,
        stateFile: settings.stateFile,
        signal,
        open: (use) => openDatabase(settings, use, { readers: 4 }),
        prepare: async (database, report, leaving) => {
            const invocation = {
                settings,
                output: makeReportingOutput(report),
                signal: AbortSignal.any([signal, leaving]),
            };
            return !settings.readOnly && ((await prepare(database, invocation)) || (await wasNeverBuilt(database)));
        },
    });
    for (const line of lines) {
        output.talk(line);
    }
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

/** Whether a first start was left before its build had ended; what is built on a server is nobody's business here. */
async function wasNeverBuilt(database: Database): Promise<boolean> {
    if (database.kind !== "embedded") {
        return false;
    }
    const { rows } = await database.query("select from ops.run where status in ('ok', 'failed') limit 1");
    return rows.length === 0;
}

/** Talk as steps and, where a line begins with `…`, as the progress of the last one. */
function makeReportingOutput(report: ReportPreparation): Output {
    let doing = "";
    const write = (text: string): boolean => {
        const line = text.trim().replace(/\.$/, "");
        const progress = line.startsWith("… ") ? line.slice(2) : null;
        doing = progress === null ? line : doing;
        report(doing, progress);
        return true;
    };
    const redact = (text: string): string => text;
    return makeOutput({ stdout: silent, stderr: { ...silent, write }, isJson: false, useColor: false, redact });
}

const silent: OutputStream = { write: () => true, once: () => undefined };

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
    await prepare(database, invocation);
    return buildModels(database, { ...invocation, command: "build", flags: {} });
}

/** Lands the demo in an empty embedded database and migrates; true when it did either. */
async function prepare(
    database: Database,
    invocation: Pick<Invocation, "settings" | "output" | "signal">,
): Promise<boolean> {
    const { settings, output, signal } = invocation;
    let hasDone = false;
    if (database.kind === "embedded" && (await needsDemo(database, settings.sourceSchema))) {
        const { seedDays } = await import("./seed.js");
        output.talk("Landing the demo webshop.");
        await seedDays(database, invocation);
        hasDone = true;
    }
    if (signal.aborted) {
        throw new StardeckError("Interrupted.", { code: "interrupted" });
    }
    const { pending } = await loadMigrationStatus(database);
    if (pending.length > 0) {
        const { migrateDatabase } = await import("./migrate.js");
        output.talk("Making the models.");
        await migrateDatabase(database, settings, output);
        hasDone = true;
    }
    return hasDone;
}
