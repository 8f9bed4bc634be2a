import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { previewBuild, type PreviewedModel } from "../engine/preview-build.js";
import type { materialiseFlags } from "./build-models.js";
import type { FlagValues } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import type { Output } from "./output.js";
import { printTable } from "./print-table.js";

interface PlanToPrint {
    readonly flags: FlagValues<typeof materialiseFlags>;
    readonly settings: Settings;
    readonly output: Output;
    readonly signal: AbortSignal;
}

/** Prints what a build would do, and why, without doing it. */
export async function printPlan(
    database: Database,
    { flags, settings, output, signal }: PlanToPrint,
): Promise<ExitCode> {
    const { select = [], exclude = [], fullRefresh = false, acceptSourceShrink = false } = flags;
    const { models } = await previewBuild(database, {
        command: "build",
        select,
        exclude,
        fullRefresh,
        acceptSourceShrink,
        threads: settings.threads,
        signal,
    });
    if (output.isJson) {
        for (const { modelName, action, reason, scope } of models) {
            output.record({ type: "planned-model", modelName, action, reason, scope });
        }
        return exitCodes.done;
    }
    printTable(
        output,
        [
            { name: "model", value: (model) => model.modelName },
            { name: "scope", value: describeScope },
            { name: "reason", value: (model) => model.scope?.reason ?? model.reason },
        ],
        models,
    );
    return exitCodes.done;
}

function describeScope({ action, scope }: PreviewedModel): string {
    switch (scope?.kind ?? action) {
        case "all":
            return "all rows";
        case "entities":
            return formatQuantity(scope?.kind === "entities" ? scope.entityCount : 0, "entity", "entities");
        case "view":
            return "view";
        case "none":
            return "nothing to do";
        case "refused":
            return "refused";
        case "affected":
        case "if-upstream-changes":
            return "what upstream changes";
    }
}
