import { buildModels, runFlags } from "./build-models.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import type { ExitCode } from "./exit-code.js";
import { openForWriting } from "./open-database.js";
import { selectionFlags } from "./selection-flags.js";

const flags = { ...selectionFlags, ...runFlags } as const;

export const command = defineCommand({
    name: "test",
    description: "Runs data tests on the models as they are, without building.",
    arguments: [],
    flags,
    examples: [{ command: "stardeck test --select layer:marts", does: "The data tests of all marts." }],
    writes: true,
    endsWhenInterrupted: "cleanly",
    run: test,
});

/** Runs data tests only. */
export async function test(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    return openForWriting(invocation.settings, (database) => buildModels(database, { ...invocation, command: "test" }));
}
