import { buildModels, materialiseFlags } from "./build-models.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import type { ExitCode } from "./exit-code.js";
import { openForWriting } from "./open-database.js";

const flags = materialiseFlags;

export const command = defineCommand({
    name: "run",
    description:
        "Builds models like `stardeck build`, without running data tests. Nothing is checked before it is published.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck run --select dim_product+", does: "Products and all that depends on them, untested." },
    ],
    writes: true,
    endsWhenInterrupted: "cleanly",
    run: run,
});

/** Builds models without their data tests. */
export async function run(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    return openForWriting(invocation, (database) => buildModels(database, { ...invocation, command: "run" }));
}
