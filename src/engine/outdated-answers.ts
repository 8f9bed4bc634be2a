import type { DataTest } from "../warehouse/registry.js";
import type { RunContext } from "./run-context.js";

type Knowledge = Pick<RunContext, "graph" | "state" | "changedSources" | "changedTables">;

/** Whether a test's last result may be outdated by tables that its model does not read. */
export function isAnswerOutdated(knowledge: Knowledge, test: DataTest): boolean {
    const { graph, state, changedSources, changedTables } = knowledge;
    const last = state.lastAnswers.get(test.name);
    return graph.askedElsewhere(test).some((name) => {
        if (last === undefined || changedSources.has(name)) {
            return true;
        }
        const now = changedTables.get(name);
        const before = state.lastChanges.get(name);
        // If that order would be a cycle, the test ran before the other model was built.
        const isAskedFirst = graph.order.indexOf(test.modelName) < graph.order.indexOf(name);
        const lastRun = isAskedFirst ? last.runNumber - 1 : last.runNumber;
        const hasChanged = now !== undefined || (before !== undefined && before.runNumber > lastRun);
        const hasLost = (now?.deleted ?? 0) > 0 || (before !== undefined && before.lossRunNumber > lastRun);
        // Existing rows keep their primary key: while no row is deleted, a passed test still passes.
        return last.failingCount === 0 && isPrimaryKey(knowledge, name, test) ? hasLost : hasChanged;
    });
}

/** Whether a test's result can only change through entities of its own model that a build recomputes. */
export function isAnswerOwnAffair(knowledge: Knowledge, test: DataTest): boolean {
    return (
        knowledge.graph.askedElsewhere(test).length === 0 ||
        (knowledge.state.lastAnswers.get(test.name)?.failingCount === 0 && !isAnswerOutdated(knowledge, test))
    );
}

function isPrimaryKey({ graph }: Knowledge, modelName: string, { refersTo, refersToColumn }: DataTest): boolean {
    const model = graph.models.get(modelName);
    return (
        modelName === refersTo &&
        model?.materialisation === "table" &&
        model.primaryKey.length === 1 &&
        model.primaryKey[0] === refersToColumn
    );
}
