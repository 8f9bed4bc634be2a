import type { BuildOptions } from "../../src/engine/build-options.js";
import { runBuild } from "../../src/engine/build.js";
import type { RunSummary } from "../../src/engine/events.js";
import type { TestDatabase } from "../setup/databases.js";
import { countCases } from "../setup/effort.js";

/** Builds and tests every model. */
export function build(
    { connected, kind }: TestDatabase,
    scope: Pick<BuildOptions, "fullRefresh" | "acceptSourceShrink" | "wholeModelShare" | "tailBlocks">,
): Promise<RunSummary> {
    return runBuild(connected, {
        command: "build",
        select: [],
        exclude: [],
        failFast: false,
        threads: kind === "server" ? 2 : 1,
        ...scope,
        signal: new AbortController().signal,
        onEvent: () => undefined,
    });
}

/** What went wrong, a line each: failed models and failed tests of error severity. */
export function failuresOf({ models, tests }: RunSummary): string[] {
    return [
        ...models
            .filter(({ status }) => status !== "ok" && status !== "skipped")
            .map(({ modelName, message }) => `${modelName}: ${message}`),
        ...tests
            .filter(({ status }) => status !== "passed" && status !== "warned" && status !== "known")
            .map(({ testName, failingCount, message }) => `${testName}: ${message ?? `${failingCount} rows`}`),
    ];
}

/** The models whose rows the run changed. */
export function changedModelsOf({ models }: RunSummary): string[] {
    return models
        .filter(({ rows }) => rows !== null && rows.inserted + rows.updated + rows.deleted > 0)
        .map(({ modelName }) => modelName);
}

/** How many cases to try: few in every test run, each with other seeds, and fewer on the embedded database. */
export function effortOn(
    { kind }: TestDatabase,
    runs: { readonly embedded: number; readonly server: number },
): { readonly numRuns: number } {
    return { numRuns: countCases(runs[kind]) };
}
