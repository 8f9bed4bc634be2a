import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { createLandingTables } from "./landing-tables.js";
import { migrateTo, migrateWebshop } from "./models.js";

/** The possible contents of a new test database. */
export type TemplateName =
    | "empty"
    /** `ops`, without a model, and an empty schema `staging`. */
    | "operations"
    /** The warehouse in miniature of `tests/engine/small-warehouse.ts`, without rows. */
    | "small"
    /** The small warehouse with a customer who has placed an order, and built. */
    | "small-built"
    /** The landing tables as the webshop's extract makes them, and all models, without rows. */
    | "models"
    /** What `stardeck migrate --landing-tables` makes of an empty database. */
    | "migrated"
    /** Two weeks of demo data as well. */
    | "seeded"
    /** The demo warehouse, built. */
    | "built";

/** Where a template is filled: a folder, and the flags that name a database if it is not the one in the folder. */
interface Place {
    readonly workingFolder: string;
    readonly flags: readonly string[];
}

interface Template {
    /** The template that it is made from. */
    readonly base: TemplateName;
    readonly complete: (place: Place) => Promise<void>;
}

const templates: Readonly<Record<Exclude<TemplateName, "empty">, Template>> = {
    operations: {
        base: "empty",
        complete: byCode(async (database) => {
            await migrateTo(database, { models: [] });
            await database.query("create schema staging");
        }),
    },
    small: {
        base: "operations",
        complete: byCode(async (database) => {
            const { createSmallWarehouse } = await import("../engine/small-warehouse.js");
            await createSmallWarehouse(database);
        }),
    },
    "small-built": {
        base: "small",
        complete: byCode(async (database) => {
            const { build } = await import("../engine/small-builds.js");
            await database.query("insert into staging.customer values ('Ann', 1, '2025-01-01', '2025-01-01')");
            await database.query("insert into staging.orders values (1, 'PAID', '5', 1, '2025-01-02', '2025-01-02')");
            await build(database);
        }),
    },
    models: {
        base: "empty",
        complete: byCode(async (database) => {
            await createLandingTables(database, "staging");
            await migrateWebshop(database);
        }),
    },
    migrated: { base: "empty", complete: byCommand("migrate", "--landing-tables") },
    seeded: { base: "migrated", complete: byCommand("seed", "--days", "14", "--through", "2025-03-02") },
    built: { base: "seeded", complete: byCommand("build") },
};

/** The template that this one is made from; null for the empty one. */
export function findBaseOrNull(template: TemplateName): TemplateName | null {
    return template === "empty" ? null : templates[template].base;
}

/** Adds to a database what the template has beyond its base. */
export async function completeTemplate(template: TemplateName, place: Place): Promise<void> {
    if (template !== "empty") {
        await templates[template].complete(place);
    }
}

/** Fills an empty database. */
export async function fillTemplate(template: TemplateName, place: Place): Promise<void> {
    const base = findBaseOrNull(template);
    if (base !== null) {
        await fillTemplate(base, place);
        await completeTemplate(template, place);
    }
}

const program = join(import.meta.dirname, "../../dist/program/cli.js");

/** Runs the built program, as a user would. */
function byCommand(...command: readonly string[]): Template["complete"] {
    return async ({ workingFolder, flags }) => {
        await promisify(execFile)(process.execPath, [program, ...command, ...flags], { cwd: workingFolder });
    };
}

function byCode(complete: (database: Database) => Promise<void>): Template["complete"] {
    return async ({ workingFolder, flags }) => {
        const settings = parseSettings({ databaseUrl: flags[1] }, {}, workingFolder);
        await withDatabase(settings.database, { ...settings, maxConnections: 1 }, complete);
    };
}

/** Lets one worker of this run at a time through, whichever process it is. */
export async function withRunLock<T>(use: () => Promise<T>): Promise<T> {
    const settings = parseSettings({ databaseUrl: inject("testServer").url }, {}, inject("runFolder"));
    return await withDatabase(settings.database, { ...settings, maxConnections: 1 }, (server) =>
        server.withTransaction(async (connection) => {
            // A session lock: the server releases it with the connection, also when the worker is killed.
            await connection.query("select pg_advisory_lock(hashtext($1))", [inject("runFolder")]);
            return await use();
        }),
    );
}
