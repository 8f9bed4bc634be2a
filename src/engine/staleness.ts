import type { Connection } from "../database/connection.js";
import { loadBuildState, type BuildState } from "../runs/build-state.js";
import type { Graph } from "./graph.js";
import { loadLandingFacts } from "./landing-mark.js";
import { makePlan, rebuiltAlways, type PlannedModel } from "./plan.js";

/** Whether a build would do something about a model, and why or why not. */
export interface Staleness {
    /** `maybe`: only if a stale model upstream turns out to change. A view is always fresh: it holds no rows. */
    readonly kind: "fresh" | "stale" | "maybe";
    /** `orders: 12 new rows`, `never built`, `nothing new`. */
    readonly reason: string;
}

/**
 * How every model stands to what it is made from. It may have to count the rows of all sources; as a glance it reads the end
 * of each landing table at most, and takes for `maybe` what that does not tell.
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
            // It is never known to be up to date, and always as much as it can be.
            return { kind: reason === rebuiltAlways ? "fresh" : "stale", reason };
        case "refused":
        case "affected":
            return { kind: "stale", reason };
    }
}
