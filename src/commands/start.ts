import process from "node:process";
import type { Settings } from "../config/settings.js";
import type { ProjectFiles } from "../warehouse/project-files.js";
import { defineCommand, type Invocation, type OpenInterface, type ReportPreparation } from "./command.js";
import { editFiles, findEditorOrNull } from "./edit-files.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { mainFlags, opensInterface } from "./main-flags.js";
import { makeOutput, type Output, type OutputStream } from "./output.js";

export const command = defineCommand({
    name: "",
    description:
        "Migrates, seeds the demo if the database is the embedded one and empty, builds, tests and prints the marts.\nOn a server it only builds, tests and prints what `stardeck migrate` has made there.",
    arguments: [],
    flags: mainFlags,
    examples: [
        { command: "stardeck", does: "In a terminal, the interface; a fresh folder gets the demo first." },
        { command: "stardeck --plain", does: "The whole job in plain text; a second time only what is needed." },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: async (invocation) => {
        const show = opensInterface(invocation.flags, invocation.openInterface);
        return show === null ? (await import("./main-job.js")).doMainJob(invocation) : openInterface(invocation, show);
    },
});

/** Shows the interface, importing the database client meanwhile; prints its last lines in the shell. */
async function openInterface({ settings, output, signal }: Invocation, show: OpenInterface): Promise<ExitCode> {
    const opening = import("./open-database.js");
    const lines = await show({
        isReadOnly: settings.readOnly,
        presentation: null,
        files: openFiles(settings, signal),
        databaseName: settings.database.kind === "embedded" ? "embedded" : settings.database.name,
        threads: settings.threads,
        stateFile: settings.stateFile,
        signal,
        open: async (use) => {
            const { openDatabase } = await opening;
            return openDatabase({ settings, output: null }, use, { readers: 4 });
        },
        prepare: async (database, report, leaving) => {
            if (settings.readOnly || database.whyNotWritable !== null) {
                return "none";
            }
            const { compareWithFiles, prepare, wasNeverBuilt } = await import("./main-job.js");
            const files = await compareWithFiles(database, settings);
            if (files === "different" || (files === "fresh" && database.kind === "server")) {
                return "show-plan";
            }
            if (database.kind === "server") {
                return "none";
            }
            const hasPrepared = await prepare(database, {
                settings,
                output: makeReportingOutput(report, leaving),
                signal: AbortSignal.any([signal, leaving]),
            });
            return hasPrepared || (await wasNeverBuilt(database)) ? "build-all" : "none";
        },
    });
    for (const line of lines) {
        output.talk(line);
    }
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

function openFiles(settings: Settings, signal: AbortSignal): ProjectFiles {
    const editor = findEditorOrNull(process.env);
    return {
        folder: settings.project.folder,
        editor,
        edit: (paths) => editFiles(editor ?? "", paths),
        load: async (database) => (await import("./load-project.js")).loadProject(settings, database),
        migrate: async (database, isApproved) => {
            const { migrateDatabase } = await import("./migrate.js");
            const output = makeReportingOutput(() => undefined, signal);
            return migrateDatabase(database, settings, output, { isApproved, makesLandingTables: false });
        },
    };
}

/** An output that reports each line as a step or, if it begins with `…`, as progress of the last step. */
function makeReportingOutput(report: ReportPreparation, signal: AbortSignal): Output {
    let doing = "";
    const write = (text: string): Promise<void> => {
        const line = text.trim().replace(/\.$/, "");
        const progress = line.startsWith("… ") ? line.slice(2) : null;
        doing = progress === null ? line : doing;
        report(doing, progress);
        return Promise.resolve();
    };
    return makeOutput({
        stdout: silent,
        stderr: { ...silent, write },
        isJson: false,
        useColor: false,
        redact: (text) => text,
        signal,
    });
}

const silent: OutputStream = { isTTY: false, columns: undefined, rows: undefined, write: () => Promise.resolve() };
