import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { seedWebshop } from "../seeds/seed-webshop.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { loadSourceSchema } from "./load-project.js";
import { openForWriting } from "./open-database.js";
import { tellWaits } from "./tell-waits.js";
import { styled } from "./output.js";

const flags = {
    days: {
        type: "number",
        placeholder: "N",
        isWhole: true,
        least: 1,
        most: 3660,
        description: "How many days to land (default: 70 at first, then 1)",
    },
    through: { type: "string", placeholder: "DATE", description: "The last day to land, as yyyy-mm-dd" },
    scale: {
        type: "number",
        placeholder: "X",
        isWhole: false,
        least: 0.1,
        most: 1000,
        description: "Size of the shop (default: 1, some 60,000 events in ten weeks)",
    },
} as const;

export const command = defineCommand({
    name: "seed",
    description:
        "Appends daily batches of the demo webshop to the landing tables, the same on every machine.\nNever to landing tables that stardeck did not create.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck seed", does: "Ten weeks at first, later the next day." },
        { command: "stardeck seed --days 7", does: "The next week." },
    ],
    writes: true,
    endsWhenInterrupted: "cleanly",
    run: seed,
});

/** Lands the next days of the demo. */
export async function seed(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    await openForWriting(invocation, async (database) => {
        const sourceSchema = await loadSourceSchema(invocation.settings, database);
        await tellWaits(database, invocation.output, () =>
            seedDays(database, sourceSchema, invocation, invocation.flags),
        );
    });
    return exitCodes.done;
}

/** The longest time without a line of progress, in milliseconds. */
const progressEveryMs = 1000;

/**
 * Lands days and reports the progress.
 *
 * @throws StardeckError `interrupted` after the current day; what has landed stays.
 */
export async function seedDays(
    database: Database,
    sourceSchema: string,
    { output, signal }: Pick<Invocation, "output" | "signal">,
    request: FlagValues<typeof flags> = {},
): Promise<void> {
    let dayCount = 0;
    let rowCount = 0;
    let lastProgressMs = performance.now();
    const state = await seedWebshop(database, {
        ...request,
        sourceSchema,
        onDay: ({ day, rowCounts }) => {
            const rows = Object.values(rowCounts).reduce((sum, count) => sum + count, 0);
            dayCount++;
            rowCount += rows;
            if (output.isJson) {
                output.record({ type: "seeded-day", day, rowCounts });
            } else if (performance.now() - lastProgressMs >= progressEveryMs) {
                lastProgressMs = performance.now();
                output.talk(styled("dim", `… landed ${day}, ${formatQuantity(rowCount, "row")} so far`));
            }
            if (signal.aborted) {
                output.talk(
                    `Landed ${formatQuantity(dayCount, "day")}, through ${day}; \`stardeck seed\` goes on there.`,
                );
                throw new StardeckError("Interrupted.", { code: "interrupted" });
            }
        },
    });
    output.talk(
        `Landed ${formatQuantity(dayCount, "day")}, ${formatQuantity(rowCount, "row")}, through ${state.lastDay} in schema ${sourceSchema}.`,
    );
}
