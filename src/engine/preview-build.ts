import type { Database } from "../database/database.js";
import { loadRegistry } from "../warehouse/registry.js";
import { loadBuildState } from "../runs/build-state.js";
import type { BuildOptions } from "./build-options.js";
import type { Scope } from "../runs/run.js";
import { makeGraph } from "./graph.js";
import { loadLandingFacts } from "./landing-mark.js";
import { makePlan, type Plan, type PlannedModel } from "./plan.js";
import { previewScopes } from "./preview.js";
import { estimateRemaining } from "./remaining-time.js";
import { loadTypicalDurationsMs } from "../runs/past-durations.js";
import { selectModels } from "./select.js";
import { loadSelectionState } from "./selection-state.js";
import { makeSession } from "./session.js";

/** The options of a build on which its plan depends. */
export type BuildWish = Pick<
    BuildOptions,
    "command" | "select" | "exclude" | "fullRefresh" | "acceptSourceShrink" | "threads" | "signal"
>;

/** What a build would do with one model, and why. */
export interface PreviewedModel {
    readonly modelName: string;
    readonly action: PlannedModel["action"];
    /** Null if only the run itself can find out, and for a run of tests only. */
    readonly scope: Scope | null;
    readonly reason: string;
    /** Median duration of its last builds; null when it was never built. */
    readonly typicalMs: number | null;
    readonly testCount: number;
}

export interface BuildPreview {
    /** In build order; empty when the selection holds nothing. */
    readonly models: readonly PreviewedModel[];
    /** How long it may take if everything that may change does change; null if some model was never built. */
    readonly estimatedMs: number | null;
}

/**
 * Computes what a build would do without doing it. Aborting the wish's signal cancels the running statement.
 *
 * @throws StardeckError `usage` for a selector that matches nothing.
 */
export async function previewBuild(database: Database, wish: BuildWish): Promise<BuildPreview> {
    const graph = makeGraph(await loadRegistry(database));
    const state = await loadSelectionState(database, graph, [...wish.select, ...wish.exclude]);
    const modelNames = selectModels(graph, wish.select, wish.exclude, state);
    const session = makeSession(database, wish.signal);
    const planned = await session.withTransaction(async (connection) => {
        const typicalMs = await loadTypicalDurationsMs(connection, modelNames);
        if (wish.command === "test") {
            return { typicalMs, plan: testsOnly(modelNames), scopes: new Map<string, Scope>() };
        }
        const plan = await makePlan(connection, graph, await loadBuildState(connection), {
            modelNames,
            fullRefresh: wish.fullRefresh,
            refreshed: null,
            acceptSourceShrink: wish.acceptSourceShrink ?? false,
            facts: await loadLandingFacts(connection, graph.sources.values()),
        });
        return { typicalMs, plan, scopes: await previewScopes(connection, graph, plan) };
    }, true);
    const models = planned.plan.models.map(({ modelName, action, reason }) => ({
        modelName,
        action,
        scope: planned.scopes.get(modelName) ?? null,
        reason,
        typicalMs: planned.typicalMs.get(modelName) ?? null,
        testCount: graph.testsOf(modelName).length,
    }));
    const work = new Map(models.filter(mayBuild).map((model) => [model.modelName, model.typicalMs]));
    const isKnown = wish.command !== "test" && ![...work.values()].includes(null);
    const durationOf = (name: string): number => work.get(name) ?? 0;
    return {
        models,
        estimatedMs: isKnown
            ? estimateRemaining(modelNames, graph.downstreamOf, durationOf, wish.threads).remainingMs
            : null,
    };
}

function testsOnly(modelNames: readonly string[]): Plan {
    return {
        models: modelNames.map((modelName) => ({
            modelName,
            action: "none",
            reason: "its tests only",
            deltas: new Map(),
            refusal: null,
        })),
    };
}

/** Whether the build may change rows of the model. */
export function mayBuild({ action, scope }: Pick<PreviewedModel, "action" | "scope">): boolean {
    return !["view", "none", "refused"].includes(action) && scope?.kind !== "none";
}
