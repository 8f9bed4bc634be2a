import { buildModels, materialiseFlags } from "./build-models.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import type { ExitCode } from "./exit-code.js";
import { openDatabase, openForWriting } from "./open-database.js";
import { printPlan } from "./print-plan.js";

const flags = {
    ...materialiseFlags,
    dryRun: { type: "boolean", description: "Only print the plan: each model, what would be done to it, and why" },
} as const;

export const command = defineCommand({
    name: "build",
    description:
        "Builds models and runs their data tests, in the order of the lineage.\nOnly what new landing rows or changes upstream affect is recomputed. A model is published when its error-severity data tests pass.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck build", does: "Everything that is stale." },
        { command: "stardeck build --select +mart_weekly_discounts", does: "One mart and all that it needs." },
        { command: "stardeck build --full-refresh --select layer:marts", does: "All marts, all rows." },
    ],
    writes: true,
    readsWith: "dryRun",
    endsWhenInterrupted: "cleanly",
    run: build,
});

/** Builds and tests models, or prints what it would do. */
export async function build(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    return invocation.flags.dryRun === true
        ? openDatabase(invocation, (database) => printPlan(database, invocation))
        : openForWriting(invocation, (database) => buildModels(database, { ...invocation, command: "build" }));
}
