import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase } from "../../src/database/database.js";

/** What a new test database may hold: nothing; all models, without rows; two weeks of demo data as well; built from them. */
export type TemplateName = "empty" | "migrated" | "seeded" | "built";

const migrate = ["migrate"];
const seed = ["seed", "--days", "14", "--through", "2025-03-02"];
const commands: Record<TemplateName, readonly (readonly string[])[]> = {
    empty: [],
    migrated: [migrate],
    seeded: [migrate, seed],
    built: [migrate, seed, ["build"]],
};

const program = join(import.meta.dirname, "../../dist/program/cli.js");

/** Fills an empty database as its user would: by the program's own commands. */
export async function fillTemplate(
    template: TemplateName,
    workingFolder: string,
    flags: readonly string[],
): Promise<void> {
    for (const command of commands[template]) {
        await promisify(execFile)(process.execPath, [program, ...command, ...flags], { cwd: workingFolder });
    }
}

/** Lets one worker of this run at a time through, whichever process it is. */
export async function withRunLock<T>(use: () => Promise<T>): Promise<T> {
    const settings = parseSettings({ databaseUrl: inject("testServer").url }, {}, inject("runFolder"));
    return await withDatabase(settings.database, { ...settings, maxConnections: 1 }, (server) =>
        server.withTransaction(async (connection) => {
            // Held by the session: it goes with the connection, also when the worker is killed.
            await connection.query("select pg_advisory_lock(hashtext($1))", [inject("runFolder")]);
            return await use();
        }),
    );
}
