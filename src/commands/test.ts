import { StardeckError } from "../database/errors.js";
import { buildModels, runFlags } from "./build-models.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import type { ExitCode } from "./exit-code.js";
import { openForWriting } from "./open-database.js";
import { selectionFlags } from "./selection-flags.js";

const flags = {
    ...selectionFlags,
    ...runFlags,
    unit: {
        type: "boolean",
        description:
            "Run unit tests instead: models' SELECTs, as their files have them, over the rows of <model>.test.ts",
    },
} as const;

export const command = defineCommand({
    name: "test",
    description:
        "Runs data tests on the models as they are, without building. With --unit it runs unit tests, in a transaction that is rolled back.",
    arguments: [{ name: "MODEL", description: "With --unit: the model whose unit tests are run.", isRequired: false }],
    flags,
    examples: [
        { command: "stardeck test --select layer:marts", does: "The data tests of all marts." },
        { command: "stardeck test --unit", does: "The unit tests of all models." },
    ],
    writes: true,
    endsWhenInterrupted: "cleanly",
    run: test,
});

/** Runs data tests only. */
export async function test(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const [modelName] = invocation.arguments;
    if (invocation.flags.unit === true) {
        const { runAllUnitTests } = await import("./unit-tests.js");
        return runAllUnitTests(invocation, modelName);
    }
    if (modelName !== undefined) {
        throw new StardeckError(`"${modelName}" is not expected here.`, {
            code: "usage",
            hint: `Choose models by --select ${modelName}, or run its unit tests by --unit ${modelName}.`,
        });
    }
    return openForWriting(invocation, (database) => buildModels(database, { ...invocation, command: "test" }));
}
