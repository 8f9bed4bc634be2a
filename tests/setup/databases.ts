import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { aroundAll, aroundEach, describe, inject } from "vitest";
import { parseSettings, type Settings } from "../../src/config/settings.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { withEmbeddedFolder } from "./embedded-folders.js";
import { withServerDatabase } from "./server-databases.js";
import type { TemplateName } from "./templates.js";

/** A separate database for the tests of one `describe`, or for each test, open while they run. */
export interface TestDatabase {
    readonly kind: "embedded" | "server";
    /** The settings of a stardeck process that is started in `workingFolder` with `flags`. */
    readonly settings: Settings;
    /** An empty folder, or one that holds `.stardeck` and nothing else. */
    readonly workingFolder: string;
    /** `--database-url …` for the server; nothing for the embedded database, which is found in the working folder. */
    readonly flags: readonly string[];
    /** The same database, opened by the product's own code. */
    readonly connected: Database;
}

export interface TestDatabaseOptions {
    /** The initial content of the database; `empty` by default. */
    readonly template?: TemplateName;
    /** A new database for each test, for tests that cannot undo their changes. */
    readonly isNewForEach?: boolean;
    /** On a server, PostgreSQL divides each SELECT of a whole model among processes, however few rows it reads. */
    readonly dividesAll?: boolean;
}

const dividingAll = ["parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"]
    .map((name) => `-c ${name}=0`)
    .join(" ");

type DefineTests = (database: TestDatabase) => void;

/** Runs the same tests on the embedded database and on a PostgreSQL server, each new and with the template's content. */
export function describeOnBothDatabases(name: string, defineTests: DefineTests): void;
export function describeOnBothDatabases(name: string, options: TestDatabaseOptions, defineTests: DefineTests): void;
export function describeOnBothDatabases(
    name: string,
    ...rest: [DefineTests] | [TestDatabaseOptions, DefineTests]
): void {
    const [options, defineTests] = rest.length === 1 ? [{}, rest[0]] : rest;
    describeOnEmbedded(`${name} (embedded)`, options, defineTests);
    describeOnServer(`${name} (server)`, options, defineTests);
}

/** Runs tests on a new embedded database. */
export function describeOnEmbedded(name: string, options: TestDatabaseOptions, defineTests: DefineTests): void {
    describeOn("embedded", name, options, defineTests, async (workingFolder, runTests) => {
        await withEmbeddedFolder(workingFolder, options.template ?? "empty", () => runTests([]));
    });
}

/** Runs tests on a new database of the PostgreSQL server. */
export function describeOnServer(name: string, options: TestDatabaseOptions, defineTests: DefineTests): void {
    describeOn("server", name, options, defineTests, async (_workingFolder, runTests) => {
        await withServerDatabase(options.template ?? "empty", (given) => {
            const url = new URL(given);
            if (options.dividesAll === true) {
                url.searchParams.set("options", dividingAll);
            }
            return runTests(["--database-url", url.href.replaceAll("+", "%20")]);
        });
    });
}

function describeOn(
    kind: TestDatabase["kind"],
    name: string,
    { isNewForEach = false }: TestDatabaseOptions,
    defineTests: DefineTests,
    withNewDatabase: (workingFolder: string, runTests: (flags: readonly string[]) => Promise<void>) => Promise<void>,
): void {
    describe(name, () => {
        const current: { opened?: Omit<TestDatabase, "kind"> } = {};
        const get = (): Omit<TestDatabase, "kind"> => {
            if (current.opened === undefined) {
                throw new Error("The test database exists while tests and hooks run, not while they are defined.");
            }
            return current.opened;
        };
        const around = isNewForEach ? aroundEach : aroundAll;
        around(async (run) => {
            const workingFolder = await mkdtemp(join(inject("runFolder"), "working-"));
            await withNewDatabase(workingFolder, async (flags) => {
                const settings = parseSettings({ databaseUrl: flags[1] }, {}, workingFolder);
                await openDatabase(settings, async (connected) => {
                    current.opened = { settings, workingFolder, flags, connected };
                    await run();
                });
            });
        });
        defineTests({
            kind,
            get settings() {
                return get().settings;
            },
            get workingFolder() {
                return get().workingFolder;
            },
            get flags() {
                return get().flags;
            },
            get connected() {
                return get().connected;
            },
        });
    });
}

/** Opens what the settings name, as the commands do. */
export async function openDatabase<T>(settings: Settings, use: (database: Database) => Promise<T>): Promise<T> {
    return await withDatabase(settings.database, { ...settings, maxConnections: settings.threads }, use);
}
