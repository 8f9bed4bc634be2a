import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import {
    loadMigrationStatus,
    previewRollback,
    rollbackMigrations,
    runMigrations,
    unlockMigrations,
    type RollbackLoss,
} from "../warehouse/migrations.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { ensureLandingTables } from "./landing-tables.js";
import { openDatabase, openForWriting } from "./open-database.js";
import type { MigrationParameters } from "../warehouse/source-schema.js";
import type { Output } from "./output.js";
import { tellWaits } from "./tell-waits.js";

const flags = {
    status: { type: "boolean", description: "Only list which migrations the database has" },
    rollback: {
        type: "boolean",
        description: "Take back the migrations of the last call; their models' data goes too",
    },
    all: { type: "boolean", description: "With --rollback: take back all of them" },
    yes: { type: "boolean", description: "With --rollback: do not ask first" },
    unlock: {
        type: "boolean",
        description: "Only take away the lock that an `npx knex` left which was killed; nobody may be migrating",
    },
} as const;

export const command = defineCommand({
    name: "migrate",
    description:
        "Brings the database's models up to date by Knex migrations, all in one transaction. It makes the schemas ops, prep, warehouse and marts and what is in them; landing tables are read and never changed.\nOnly where there are no landing tables and no schema staging, it makes that with empty ones, for the demo.\n--rollback says what it takes and asks first; it takes nothing that others have made, and refuses where that would be in the way.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck migrate", does: "Run what is pending." },
        { command: "stardeck migrate --status", does: "List the migrations, change nothing." },
        { command: "stardeck migrate --rollback", does: "Say what the last call made, ask, and take it back." },
    ],
    writes: true,
    readsWith: "status",
    endsWhenInterrupted: "at-once",
    run: migrate,
});

/** Runs, lists or takes back migrations. */
export async function migrate(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const { status = false, rollback = false, all = false, yes = false, unlock = false } = invocation.flags;
    const exclusive = [
        ...(status ? ["--status"] : []),
        ...(rollback ? ["--rollback"] : []),
        ...(unlock ? ["--unlock"] : []),
    ];
    if (exclusive.length > 1) {
        throw new StardeckError(`${exclusive.join(" and ")} exclude each other.`, { code: "usage" });
    }
    if (all && !rollback) {
        throw new StardeckError("--all goes with --rollback.", { code: "usage" });
    }
    if (yes && !rollback) {
        throw new StardeckError("--yes goes with --rollback.", { code: "usage" });
    }
    const open = status ? openDatabase : openForWriting;
    return open(settings, async (database) => {
        if (status) {
            await printStatus(database, output);
        } else if (unlock) {
            const wasLocked = await unlockMigrations(database);
            output.talk(wasLocked ? "Took away the lock on the migrations." : "The migrations were not locked.");
        } else if (rollback) {
            return rollBack(database, invocation);
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
    const made = { tables: false };
    const { sourceSchema } = settings;
    const names = await tellingWaits(database, settings, output, (parameters) =>
        runMigrations(database, parameters, async (queryable) => {
            made.tables = await ensureLandingTables(queryable, sourceSchema);
        }),
    );
    if (made.tables) {
        output.talk(`Made empty landing tables in schema ${sourceSchema}.`);
    }
    output.talk(names.length === 0 ? "Nothing to migrate." : `Ran ${formatQuantity(names.length, "migration")}.`);
    return names;
}

/** Gives what migrations are told, and says for whom they wait. */
function tellingWaits<T>(
    database: Database,
    { sourceSchema }: Settings,
    output: Output,
    use: (parameters: MigrationParameters) => Promise<T>,
): Promise<T> {
    const pids: number[] = [];
    const onBackend = (pid: number): void => {
        pids.push(pid);
    };
    return tellWaits(
        database,
        output,
        () => use({ sourceSchema, onBackend }),
        () => pids,
    );
}

async function rollBack(
    database: Database,
    { settings, output, flags: given, ask }: Invocation<FlagValues<typeof flags>>,
): Promise<ExitCode> {
    const options = { all: given.all ?? false };
    const loss = await tellingWaits(database, settings, output, (parameters) =>
        previewRollback(database, parameters, options),
    );
    if (loss.migrations.length === 0) {
        output.talk("Nothing to take back.");
        return exitCodes.done;
    }
    for (const line of describeLoss(loss)) {
        output.talk(line);
    }
    if (given.yes !== true) {
        if (ask === null) {
            throw new StardeckError("Nothing was taken back: nobody can be asked here.", {
                code: "usage",
                hint: "Add --yes to take it back without a question.",
            });
        }
        if (!(await ask("Take it back?"))) {
            output.talk("Nothing was taken back.");
            return exitCodes.usage;
        }
    }
    const names = await tellingWaits(database, settings, output, (parameters) =>
        rollbackMigrations(database, parameters, options),
    );
    print(output, names, "rolled back");
    output.talk(`Took back ${formatQuantity(names.length, "migration")}.`);
    return exitCodes.done;
}

function describeLoss({ migrations, models, runCount }: RollbackLoss): readonly string[] {
    return [
        `This takes back ${formatQuantity(migrations.length, "migration")}, and with it:`,
        ...models.map(({ layer, name, size }) =>
            size === null ? `  view ${layer}.${name}` : `  table ${layer}.${name}, ${size}`,
        ),
        ...(runCount === 0 ? [] : [`  the history of ${formatQuantity(runCount, "run")}`]),
        ...(models.length === 0 && runCount === 0 ? ["  no model"] : []),
        "Landing tables stay as they are.",
    ];
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
