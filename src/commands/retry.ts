import { loadRegistry } from "../warehouse/registry.js";
import { loadUnfinishedWorkOrNull } from "../runs/run-history.js";
import { buildModels, runFlags } from "./build-models.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openForWriting } from "./open-database.js";

const flags = runFlags;

export const command = defineCommand({
    name: "retry",
    description:
        "Takes up every model whose last result is failed, skipped or cancelled, in the way of the last run: build, run or test.",
    arguments: [],
    flags,
    examples: [{ command: "stardeck retry", does: "Finish the last run once the cause of its failure is gone." }],
    writes: true,
    endsWhenInterrupted: "cleanly",
    run: retry,
});

/** Takes up what earlier runs left undone. */
export async function retry(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    return openForWriting(invocation, async (database) => {
        // Says clearly when the database was never migrated.
        await loadRegistry(database);
        const unfinished = await loadUnfinishedWorkOrNull(database);
        if (unfinished === null || unfinished.modelNames.length === 0) {
            invocation.output.talk("Nothing to retry: no model's last result is failed, skipped or cancelled.");
            return exitCodes.done;
        }
        return buildModels(database, {
            ...invocation,
            command: unfinished.command === "run" || unfinished.command === "test" ? unfinished.command : "build",
            flags: { ...invocation.flags, select: unfinished.modelNames, fullRefresh: unfinished.isFullRefresh },
        });
    });
}
