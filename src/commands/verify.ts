import { verifyModels, type VerifyResult } from "../engine/verify.js";
import { loadRegistry } from "../warehouse/registry.js";
import { defineCommand, type FlagDescriptions, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity, formatRowCounts } from "../text/format-values.js";
import { formatRowChange } from "./format-row-change.js";
import { openForWriting } from "./open-database.js";
import { styled, type Output } from "./output.js";
import { tellWaits, waitWithWord } from "./tell-waits.js";
import { selectionFlags } from "./selection-flags.js";

const flags = {
    ...selectionFlags,
    wait: { type: "boolean", description: "Wait while a build runs, instead of ending at once" },
} as const satisfies FlagDescriptions;

export const command = defineCommand({
    name: "verify",
    description:
        "Recomputes tables in a transaction that is rolled back and compares them with what is published, row for row.\nA table that differs was changed by hand or by a fault; `build --full-refresh` heals it. Readers notice nothing, builds wait.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck verify", does: "Every table." },
        { command: "stardeck verify --select layer:marts", does: "The marts, given their upstream as it is." },
    ],
    writes: true,
    endsWhenInterrupted: "at-once",
    run: verify,
});

/** Compares tables with a full refresh that is not published. */
export async function verify(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    return openForWriting({ settings, output }, async (database) => {
        const { models } = await loadRegistry(database);
        const keyOf = new Map(
            models.map((model) => [model.name, model.materialisation === "table" ? model.primaryKey : []]),
        );
        const results = await tellWaits(database, output, () =>
            verifyModels(database, {
                select: invocation.flags.select ?? [],
                exclude: invocation.flags.exclude ?? [],
                onResult: (result) => {
                    printResult(result, keyOf.get(result.modelName) ?? [], output);
                },
                ...(invocation.flags.wait === true ? waitWithWord(output, invocation.signal) : {}),
            }),
        );
        const count = (status: VerifyResult["status"]): number =>
            results.filter((result) => result.status === status).length;
        const behind = count("behind");
        const refused = results.filter(({ isRefused }) => isRefused).length;
        const wayOut = refused === 0 ? "stardeck build" : "stardeck build --accept-source-shrink";
        output.talk(
            [
                `${formatQuantity(results.length, "table")}: ${count("equal")} equal, ${count("differs")} different`,
                ...(behind === 0 ? [] : [`${behind} behind what is landed (${wayOut})`]),
            ].join(", "),
        );
        return count("differs") === 0 ? exitCodes.done : exitCodes.failed;
    });
}

function printResult(result: VerifyResult, primaryKey: readonly string[], output: Output): void {
    if (output.isJson) {
        output.record({ type: "verified-model", ...result });
        return;
    }
    const status = {
        equal: styled("green", "✓ equal  "),
        differs: styled("red", "✗ differs"),
        behind: styled("yellow", "! behind "),
    }[result.status];
    output.line([status, `  ${result.modelName}  ${formatRowCounts(result.rows)}`]);
    if (result.reason !== null) {
        output.line(`    ${result.reason}`);
    }
    for (const difference of result.differences) {
        output.line(`    ${formatRowChange(difference, primaryKey)}`);
    }
}
