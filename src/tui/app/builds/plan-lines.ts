import { mayBuild, type BuildPreview, type PreviewedModel } from "../../../engine/preview-build.js";
import { formatDuration, formatQuantity } from "../../../text/format-values.js";

/** `all rows`, `12 entities`, `view`, `refused`, `nothing to do`. */
export function describePlannedScope({ action, scope }: PreviewedModel): string {
    if (scope?.kind === "entities") {
        return formatQuantity(scope.entityCount, "entity", "entities");
    }
    switch (scope?.kind ?? action) {
        case "all":
            return "all rows";
        case "view":
            return "view";
        case "none":
            return "nothing to do";
        case "refused":
            return "refused";
        case "affected":
        case "if-upstream-changes":
            return "if it changes";
    }
}

/** `14 models: 3 whole, 2 by entities, 1 if upstream changes, 5 views, 3 up to date. About 12 s by past runs.` */
export function describePreview({ models, estimatedMs }: BuildPreview, command: string): string {
    const count = formatQuantity(models.length, "model");
    if (command === "test") {
        const tests = models.reduce((sum, { testCount }) => sum + testCount, 0);
        return `${formatQuantity(tests, "data test")} of ${count}.`;
    }
    if (hasNothingToDo({ models, estimatedMs }, command)) {
        return `Nothing to do: ${count}, all up to date.`;
    }
    const kinds = ["refused", "whole", "by entities", "if upstream changes", "views", "up to date"].flatMap((kind) => {
        const some = models.filter((model) => kindOf(model) === kind).length;
        return some === 0 ? [] : [`${some} ${kind === "views" && some === 1 ? "view" : kind}`];
    });
    const time = estimatedMs === null ? "" : ` About ${formatDuration(estimatedMs)} by past runs.`;
    return `${count}: ${kinds.join(", ")}.${time}`;
}

function kindOf({ action, scope }: PreviewedModel): string {
    switch (scope?.kind ?? action) {
        case "all":
            return "whole";
        case "entities":
        case "affected":
            return "by entities";
        case "view":
            return "views";
        case "none":
            return "up to date";
        case "refused":
            return "refused";
        case "if-upstream-changes":
            return "if upstream changes";
    }
}

/** Whether a build would find everything up to date. */
export function hasNothingToDo({ models }: BuildPreview, command: string): boolean {
    return command !== "test" && !models.some(concerns);
}

/** In build order, but models with something to do, or refused ones, come first. */
export function sortPlanned(models: readonly PreviewedModel[]): readonly PreviewedModel[] {
    return [...models.filter(concerns), ...models.filter((model) => !concerns(model))];
}

function concerns(model: PreviewedModel): boolean {
    return mayBuild(model) || model.action === "refused";
}
