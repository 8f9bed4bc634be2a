import { loadBuildState } from "../runs/build-state.js";
import { reach } from "./graph.js";
import { makePlan } from "./plan.js";
import type { RunContext } from "./run-context.js";

/**
 * Explains a model's failed tests if something that it reads, or is tested against, is stale and was not selected: then the model
 * itself may be correct.
 *
 * @returns a sentence with the selection that builds it; null if nothing like that is stale
 */
export async function explainStaleUpstreamOrNull(
    { session, graph, modelNames, facts }: RunContext,
    modelName: string,
): Promise<string | null> {
    const asked = graph.testsOf(modelName).flatMap(({ refersTo }) => (refersTo === null ? [] : [refersTo]));
    const upstream = reach([modelName], graph.upstreamOf);
    const others = reach([modelName, ...asked], graph.upstreamOf);
    const selected = new Set(modelNames);
    const unselected = graph.order.filter(
        (name) => name !== modelName && (others.has(name) || asked.includes(name)) && !selected.has(name),
    );
    if (unselected.length === 0) {
        return null;
    }
    const { models } = await session.withTransaction(
        async (connection) =>
            makePlan(connection, graph, await loadBuildState(connection), {
                modelNames: unselected,
                fullRefresh: false,
                refreshed: null,
                acceptSourceShrink: true,
                facts,
            }),
        true,
    );
    const stale = models.flatMap((model) => (["all", "affected"].includes(model.action) ? [model.modelName] : []));
    if (stale.length === 0) {
        return null;
    }
    const elsewhere = asked.filter(
        (name) =>
            !upstream.has(name) && stale.some((other) => other === name || reach([name], graph.upstreamOf).has(other)),
    );
    const selection = [modelName, ...elsewhere].map((name) => `+${name}`).join(" --select ");
    const which = stale.length === 1 ? `${stale[0] ?? ""}, which is` : `${stale.join(", ")}, which are`;
    return `It depends on ${which} stale and not selected: build with \`--select ${selection}\``;
}
