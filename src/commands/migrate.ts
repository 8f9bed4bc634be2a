import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { loadMigrationStatus, rollbackMigrations, runMigrations } from "../warehouse/migrations.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { ensureLandingTables } from "./landing-tables.js";
import { openDatabase, openForWriting } from "./open-database.js";
import type { Output } from "./output.js";

const flags = {
    status: { type: "boolean", description: "Only list which migrations the database has" },
    rollback: {
        type: "boolean",
        description: "Take back the migrations of the last call; their models' data goes too",
    },
    all: { type: "boolean", description: "With --rollback: take back all of them" },
} as const;

export const command = defineCommand({
    name: "migrate",
    description:
        "Brings the database's models up to date by Knex migrations, all in one transaction.\nLanding tables are read and never changed.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck migrate", does: "Run what is pending." },
        { command: "stardeck migrate --status", does: "List the migrations, change nothing." },
    ],
    writes: true,
    readsWith: "status",
    endsWhenInterrupted: "at-once",
    run: migrate,
});

/** Runs, lists or takes back migrations. */
export async function migrate(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const { status = false, rollback = false, all = false } = invocation.flags;
    if (status && rollback) {
        throw new StardeckError("--status and --rollback exclude each other.", { code: "usage" });
    }
    if (all && !rollback) {
        throw new StardeckError("--all goes with --rollback.", { code: "usage" });
    }
    const open = status ? openDatabase : openForWriting;
    return open(settings, async (database) => {
        if (status) {
            await printStatus(database, output);
        } else if (rollback) {
            await rollBack(database, settings, output, all);
        } else {
            print(output, await migrateDatabase(database, settings, output), "completed");
        }
        return exitCodes.done;
    });
}

/** Runs what is pending, says how much, and gives the names. */
export async function migrateDatabase(
    database: Database,
    settings: Settings,
    output: Output,
): Promise<readonly string[]> {
    if (await ensureLandingTables(database, settings.sourceSchema)) {
        output.talk(`Made empty landing tables in schema ${settings.sourceSchema}.`);
    }
    const names = await runMigrations(database, { sourceSchema: settings.sourceSchema });
    output.talk(names.length === 0 ? "Nothing to migrate." : `Ran ${formatQuantity(names.length, "migration")}.`);
    return names;
}

async function rollBack(database: Database, settings: Settings, output: Output, all: boolean): Promise<void> {
    const names = await rollbackMigrations(database, { sourceSchema: settings.sourceSchema }, { all });
    print(output, names, "rolled back");
    output.talk(
        names.length === 0 ? "Nothing to take back." : `Took back ${formatQuantity(names.length, "migration")}.`,
    );
}

async function printStatus(database: Database, output: Output): Promise<void> {
    const { completed, pending } = await loadMigrationStatus(database);
    print(output, completed, "completed");
    print(output, pending, "pending");
    output.talk(`${completed.length} completed, ${pending.length} pending.`);
}

function print(output: Output, names: readonly string[], status: string): void {
    for (const name of names) {
        if (output.isJson) {
            output.record({ type: "migration", name, status });
        } else {
            output.line(`${status.padEnd(11)}  ${name}`);
        }
    }
}
