import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { runName } from "./run-name.js";
import { completeTemplate, findBaseOrNull, withRunLock, type TemplateName } from "./templates.js";

/** Passes `use` the URL of a new database on the test server, and removes the database afterwards. */
export async function withServerDatabase(template: TemplateName, use: (url: string) => Promise<void>): Promise<void> {
    const name = `${runName(inject("runFolder"))}_${randomBytes(6).toString("hex")}`;
    const source = await makeTemplateDatabase(template);
    await onServer((server) => server.maintain(`create database "${name}" template "${source}"`));
    try {
        await use(urlOf(name));
    } finally {
        await onServer((server) => server.maintain(`drop database if exists "${name}" with (force)`));
    }
}

/** Makes the template unless another worker has, and returns its name. */
async function makeTemplateDatabase(template: TemplateName): Promise<string> {
    const base = findBaseOrNull(template);
    if (base === null) {
        return "template0";
    }
    const baseName = await makeTemplateDatabase(base);
    const name = `${runName(inject("runFolder"))}_template_${template}`;
    await withRunLock(async () => {
        const { rowCount } = await onServer((server) =>
            server.query("select from pg_database where datname = $1", [name]),
        );
        if (rowCount > 0) {
            return;
        }
        const unfinished = `${name}_unfinished`;
        await onServer((server) => server.maintain(`drop database if exists "${unfinished}" with (force)`));
        await onServer((server) => server.maintain(`create database "${unfinished}" template "${baseName}"`));
        await completeTemplate(template, {
            workingFolder: inject("runFolder"),
            flags: ["--database-url", urlOf(unfinished)],
        });
        await onServer((server) => server.query(`alter database "${unfinished}" rename to "${name}"`));
    });
    return name;
}

function urlOf(database: string): string {
    const url = new URL(inject("testServer").url);
    url.pathname = `/${database}`;
    return url.href;
}

/** Passes `use` a connection to another database of the test server. */
export async function onServer<T>(use: (server: Database) => Promise<T>): Promise<T> {
    const settings = parseSettings({ databaseUrl: inject("testServer").url }, {}, inject("runFolder"));
    return await withDatabase(settings.database, { ...settings, maxConnections: 1 }, use);
}
