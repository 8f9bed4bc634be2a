import type { Check } from "./check.js";
import { defineCommand, type Invocation } from "./command.js";
import { checkDatabase } from "./debug-checks.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openDatabase } from "./open-database.js";
import { styled, type Output } from "./output.js";

export const command = defineCommand({
    name: "debug",
    description:
        "Checks connection, version, privileges, sources and migrations: one line each, with the way out for each failure.\nWorks before anything is migrated; changes nothing.",
    arguments: [],
    flags: {},
    examples: [
        { command: "stardeck debug", does: "Check the database that this folder and environment name." },
        {
            command: "stardeck debug --database-url postgres://me@host/shop --source-schema public",
            does: "Check another one, whose landing tables are in public.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: debug,
});

/** Prints one line for each check, and fails if one of them fails. */
export async function debug({ settings, output }: Invocation): Promise<ExitCode> {
    const statuses = new Set<Check["status"]>();
    await openDatabase({ settings, output }, async (database) => {
        await checkDatabase(database, settings, (check) => {
            statuses.add(check.status);
            printCheck(check, output);
        });
    });
    return statuses.has("failed") ? exitCodes.failed : exitCodes.done;
}

const marks = { ok: ["green", "✓"], warning: ["yellow", "!"], failed: ["red", "✗"] } as const;

function printCheck(check: Check, output: Output): void {
    if (output.isJson) {
        output.record({ type: "check", ...check });
        return;
    }
    const [color, mark] = marks[check.status];
    output.line([styled(color, mark), ` ${check.name}: ${check.found}`]);
    if (check.hint !== null) {
        output.line(`  ${check.hint}`);
    }
}
