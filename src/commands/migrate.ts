import { packageFolder } from "../config/package-folder.js";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { formatQuantity } from "../text/format-values.js";
import {
    loadMigrationStatus,
    previewRollback,
    rollbackMigrations,
    runMigrations,
    unlockMigrations,
    UnapprovedPlanError,
    type Migrated,
    type MigrationParameters,
    type RollbackLoss,
} from "../warehouse/migrations.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { ensureLandingTables } from "./landing-tables.js";
import { loadProject } from "./load-project.js";
import { openDatabase, openForWriting } from "./open-database.js";
import type { Output } from "./output.js";
import { printPlan } from "./print-migration-plan.js";
import { tellWaits } from "./tell-waits.js";

const flags = {
    status: { type: "boolean", description: "Only list what the database has of the project, and what it lacks" },
    rollback: {
        type: "boolean",
        description: "Take back what the last call changed; the rows of models that it made go too",
    },
    all: { type: "boolean", description: "With --rollback: take back everything" },
    yes: { type: "boolean", description: "Agree to everything that would be asked" },
    landingTables: {
        type: "boolean",
        description:
            "Among what others have made too: make the schema staging with empty landing tables, where there is none",
    },
    unlock: {
        type: "boolean",
        description: "Only take away the lock that an `npx knex` left which was killed; nobody may be migrating",
    },
} as const;

export const command = defineCommand({
    name: "migrate",
    description:
        "Brings the database to what the project's files say, all in one transaction: new migrations run once, and every model and source that has changed is applied again. Tables are altered and never made anew; readers see the rows that were published last until the next build publishes others. What takes something away that others may read asks first.\nOnly where the webshop that comes along finds no landing tables and no schema staging, in the embedded database or in one that holds nothing yet, it makes that with empty ones, for the demo.\n--rollback restores the definitions of before, says what goes and asks first; it takes nothing that others have made.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck migrate", does: "Apply what has changed in the project's files." },
        { command: "stardeck migrate --status", does: "List what was applied and what is pending." },
        { command: "stardeck migrate --rollback", does: "Say what the last call changed, ask, and take it back." },
    ],
    writes: true,
    readsWith: "status",
    endsWhenInterrupted: "at-once",
    run: migrate,
});

/** Runs, lists or takes back migrations. */
export async function migrate(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output } = invocation;
    const {
        status = false,
        rollback = false,
        all = false,
        yes = false,
        unlock = false,
        landingTables = false,
    } = invocation.flags;
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
    if (landingTables && exclusive.length > 0) {
        throw new StardeckError(`--landing-tables does not go with ${exclusive.join(" and ")}.`, { code: "usage" });
    }
    const open = status ? openDatabase : openForWriting;
    return open(invocation, async (database) => {
        if (status) {
            await printStatus(database, settings, output);
        } else if (unlock) {
            const wasLocked = await unlockMigrations(database);
            output.talk(wasLocked ? "Took away the lock on the migrations." : "The migrations were not locked.");
        } else if (rollback) {
            return rollBack(database, invocation);
        } else {
            return migrateAsking(database, invocation, { isApproved: yes, makesLandingTables: landingTables });
        }
        return exitCodes.done;
    });
}

interface MigrateOptions {
    readonly isApproved: boolean;
    /** The user has asked for empty landing tables on a server. */
    readonly makesLandingTables: boolean;
}

async function migrateAsking(
    database: Database,
    { settings, output, ask }: Invocation<FlagValues<typeof flags>>,
    options: MigrateOptions,
): Promise<ExitCode> {
    try {
        print(output, await migrateDatabase(database, settings, output, options), "completed");
    } catch (error) {
        if (!(error instanceof UnapprovedPlanError) || ask === null) {
            throw error;
        }
        await printPlan(database, error.plan, {
            ...output,
            line: (text) => {
                output.talk(text);
            },
        });
        if (!(await ask("Some of it takes away what others may read. Migrate?"))) {
            output.talk("Nothing was changed.");
            return exitCodes.usage;
        }
        print(output, await migrateDatabase(database, settings, output, { ...options, isApproved: true }), "completed");
    }
    return exitCodes.done;
}

/** Applies what has changed, reports how much, and returns the names. */
export async function migrateDatabase(
    database: Database,
    settings: Settings,
    output: Output,
    options: MigrateOptions = { isApproved: false, makesLandingTables: false },
): Promise<readonly string[]> {
    const made = { tables: false };
    const given = await loadProject(settings, database);
    const { names, plan }: Migrated = await tellingWaits(database, output, given, (parameters) =>
        runMigrations(
            database,
            {
                ...parameters,
                check: async (queryable, models) => {
                    const { refuseFailingUnitTests } = await import("./unit-tests.js");
                    await refuseFailingUnitTests(queryable, parameters, models);
                },
                prepare: async (queryable) => {
                    made.tables =
                        parameters.project.folder === packageFolder &&
                        (await ensureLandingTables(
                            queryable,
                            parameters.sourceSchema,
                            options.makesLandingTables || database.kind === "embedded",
                        ));
                },
            },
            options,
        ),
    );
    if (made.tables) {
        output.talk(`Made empty landing tables in schema ${given.sourceSchema}.`);
    }
    const filled = plan.seeds.filter(({ kind }) => kind !== "removed").map(({ name }) => name);
    if (filled.length > 0) {
        output.talk(`Filled ${filled.join(", ")} from ${formatQuantity(filled.length, "CSV file")}.`);
    }
    output.talk(names.length === 0 ? "Nothing to migrate." : `Ran ${formatQuantity(names.length, "migration")}.`);
    if (plan.rebuilt.length > 0) {
        output.talk(`\`stardeck build\` computes ${formatQuantity(plan.rebuilt.length, "table")} whole.`);
    }
    for (const warning of plan.warnings) {
        output.talk(warning);
    }
    return names;
}

/** Reports which sessions migrations wait for. */
export function tellingWaits<T>(
    database: Database,
    output: Output,
    parameters: MigrationParameters,
    use: (parameters: MigrationParameters) => Promise<T>,
): Promise<T> {
    const pids: number[] = [];
    const onBackend = (pid: number): void => {
        pids.push(pid);
    };
    return tellWaits(
        database,
        output,
        () => use({ ...parameters, onBackend }),
        () => pids,
    );
}

async function rollBack(
    database: Database,
    { settings, output, flags: given, ask }: Invocation<FlagValues<typeof flags>>,
): Promise<ExitCode> {
    const options = { all: given.all ?? false };
    const project = await loadProject(settings, database);
    const loss = await tellingWaits(database, output, project, (parameters) =>
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
    const names = await tellingWaits(database, output, project, (parameters) =>
        rollbackMigrations(database, parameters, options),
    );
    print(output, names, "rolled back");
    output.talk(`Took back ${formatQuantity(names.length, "migration")}.`);
    return exitCodes.done;
}

function describeLoss({ migrations, models, restored }: RollbackLoss): readonly string[] {
    return [
        `This takes back ${formatQuantity(migrations.length, "migration")}, and with it:`,
        ...models.map(({ schema, name, size }) =>
            size === null ? `  view ${schema}.${name}` : `  table ${schema}.${name}, ${size}`,
        ),
        ...(models.length === 0 ? ["  no model"] : []),
        ...(restored.length === 0 ? [] : [`It restores the definition before of ${restored.join(", ")}.`]),
        "Landing tables stay as they are.",
    ];
}

async function printStatus(database: Database, settings: Settings, output: Output): Promise<void> {
    const { completed, pending } = await loadMigrationStatus(database, await loadProject(settings, database));
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
