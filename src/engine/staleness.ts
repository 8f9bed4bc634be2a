import type { Connection } from "../database/connection.js";
import { loadBuildState, type BuildState } from "../runs/build-state.js";
import type { Graph } from "./graph.js";
import { loadLandingFacts } from "./landing-mark.js";
import { makePlan, rebuiltAlways, type PlannedModel } from "./plan.js";

/** Whether a build would change a model, and why or why not. */
export interface Staleness {
    /** `maybe`: only if a stale model upstream turns out to change. A view is always fresh: it holds no rows. */
    readonly kind: "fresh" | "stale" | "maybe";
    /** `orders: 12 new rows`, `never built`, `nothing new`. */
    readonly reason: string;
}

/**
 * Whether each model is up to date with what it reads. This may count the rows of all sources; a glance reads at most the end of each
 * landing table, and reports `maybe` if that does not suffice.
 */
export async function loadStaleness(
    connection: Connection,
    graph: Graph,
    {
        state,
        isGlance = false,
        tailBlocks,
    }: { readonly state?: BuildState; readonly isGlance?: boolean; readonly tailBlocks?: number } = {},
): Promise<ReadonlyMap<string, Staleness>> {
    const plan = await makePlan(connection, graph, state ?? (await loadBuildState(connection)), {
        modelNames: graph.order,
        fullRefresh: false,
        refreshed: null,
        acceptSourceShrink: true,
        facts: await loadLandingFacts(connection, graph.sources.values(), tailBlocks),
        isGlance,
    });
    return new Map(plan.models.map((planned) => [planned.modelName, judge(planned)]));
}

function judge({ action, reason }: PlannedModel): Staleness {
    switch (action) {
        case "view":
            return { kind: "fresh", reason: "a view: computed whenever it is read" };
        case "none":
            return { kind: "fresh", reason };
        case "if-upstream-changes":
            return { kind: "maybe", reason };
        case "all":
            // It is rebuilt by every build, so it is always as fresh as it can be.
            return { kind: reason === rebuiltAlways ? "fresh" : "stale", reason };
        case "refused":
        case "affected":
            return { kind: "stale", reason };
    }
}
