import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import type { BuildOptions } from "../engine/build-options.js";
import { runBuild } from "../engine/build.js";
import { makeBuildLog } from "./build-log.js";
import type { FlagDescriptions, FlagValues } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import type { Output } from "./output.js";
import { makeSpokenBuildLog } from "./spoken-build-log.js";
import { tellWaits, waitWithWord } from "./tell-waits.js";
import { selectionFlags } from "./selection-flags.js";

export const runFlags = {
    failFast: { type: "boolean", description: "Start nothing more after the first failure" },
    wait: { type: "boolean", description: "Wait while another build runs, instead of ending at once" },
    plain: { type: "boolean", description: "Say what happens in sentences, without symbols, columns and colours" },
} as const satisfies FlagDescriptions;

export const materialiseFlags = {
    ...selectionFlags,
    fullRefresh: { type: "boolean", description: "Recompute all rows of the selected models" },
    ...runFlags,
    atomic: { type: "boolean", description: "Publish everything in one transaction, or nothing if anything fails" },
    acceptSourceShrink: {
        type: "boolean",
        description: "Go on although a landing table lost rows: what reads it is rebuilt whole",
    },
} as const satisfies FlagDescriptions;

export interface ModelsToBuild {
    readonly command: BuildOptions["command"];
    readonly flags: FlagValues<typeof materialiseFlags>;
    readonly settings: Settings;
    readonly output: Output;
    readonly signal: AbortSignal;
}

/** Builds or tests models, logs the progress, and returns the run's exit code. */
export async function buildModels(database: Database, models: ModelsToBuild): Promise<ExitCode> {
    const { command, flags, settings, output, signal } = models;
    tellFewConnections(database, settings.threads, output);
    const running = runBuild(database, {
        command,
        select: flags.select ?? [],
        exclude: flags.exclude ?? [],
        fullRefresh: flags.fullRefresh ?? false,
        failFast: flags.failFast ?? false,
        isAtomic: flags.atomic ?? false,
        acceptSourceShrink: flags.acceptSourceShrink ?? false,
        threads: settings.threads,
        signal,
        onEvent: flags.plain === true && !output.isJson ? makeSpokenBuildLog(output) : makeBuildLog(output),
        ...(flags.wait === true ? waitWithWord(output, signal) : {}),
    });
    const summary = await tellWaits(database, output, () => running);
    const codes = { ok: exitCodes.done, failed: exitCodes.failed, cancelled: exitCodes.interrupted } as const;
    return codes[summary.status];
}

function tellFewConnections(database: Database, threads: number, output: Output): void {
    let isTold = false;
    database.onLimit((connectionCount) => {
        if (!isTold && connectionCount < threads) {
            isTold = true;
            output.talk(
                `The server has fewer connections for stardeck than --threads ${threads} would use: fewer models are built at a time.`,
            );
        }
    });
}
