import type { Catalogue } from "../../app/catalogue.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import type { Role, Theme } from "../../kit/theme.js";
import { lookOfModel } from "../../app/lines/model-line.js";

/** Colour, symbol and word of a model or source: by the running build, else by the last run. Sources have no state. */
export function lookOfNode(
    name: string,
    { models }: Pick<Catalogue, "models">,
    run: RunProgress | null,
    theme: Theme,
): readonly [Role, string, string] {
    const { symbols } = theme;
    const listed = models.get(name);
    if (listed === undefined) {
        return ["plain", " ", ""];
    }
    const progress = run !== null && isRunning(run) ? run.models.get(name) : undefined;
    if (progress !== undefined) {
        return lookOfModel(progress, { wait: null }, theme);
    }
    switch (listed.lastStatus) {
        case "ok":
            return listed.failedTestCount > 0
                ? ["failed", symbols.failed, "FAIL"]
                : listed.warnedTestCount > 0
                  ? ["warned", symbols.warned, "warn"]
                  : ["ok", symbols.ok, "ok"];
        case "failed":
            return ["failed", symbols.failed, "FAIL"];
        case "skipped":
            return ["skipped", symbols.skipped, "skip"];
        case "cancelled":
            return ["warned", symbols.cancelled, "stop"];
        case "queued":
        case "running":
        case null:
            return ["queued", symbols.queued, "never"];
    }
}
