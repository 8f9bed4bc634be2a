/**
 * For Knex's own command, which reads `knexfile.ts` or `knexfile.js`:
 *
 *     import { makeKnexfile } from "stardeck/knex";
 *     export default makeKnexfile(import.meta.dirname);
 *
 * @packageDocumentation
 */
import { createRequire } from "node:module";
import type { Knex } from "knex";
import { loadProject } from "./commands/load-project.js";
import { parseSettings } from "./config/settings.js";
import { makeEmbeddedConfig, withDatabase } from "./database/database.js";
import { openEmbedded } from "./database/embedded/open-embedded.js";
import { ServerClient } from "./database/server/server-client.js";
import { buildPinSql } from "./database/session-settings.js";
import { makeKnexConfig } from "./warehouse/migrations.js";

// Knex has no types for this file, and does not export the class elsewhere.
const PostgresClient = createRequire(import.meta.url)("knex/lib/dialects/postgres/index.js") as typeof Knex.Client;

/** Reads connection settings from the environment as stardeck does, and ignores them for the embedded database. */
class KnexClient extends PostgresClient {
    _driver(): object {
        return { Client: ServerClient };
    }
}

/**
 * The default export for a knexfile: the database that stardeck itself would use in this folder and environment, and the same migrations
 * with the same names, for `npx knex migrate:status` and similar commands.
 *
 * @param folder the folder of the knexfile
 */
export function makeKnexfile(folder: string): () => Promise<Knex.Config> {
    return async () => {
        const settings = parseSettings({}, process.env, folder);
        const { database, connectTimeoutMs } = settings;
        return withDatabase(database, { ...settings, maxConnections: 1 }, async (opened) => ({
            ...(await makeKnexConfig(opened, await loadProject(settings, opened))),
            client: KnexClient,
            connection: await loadConnection(opened.clientConfig),
            pool: makePool(buildPinSql(opened.serverVersion)),
        }));

        async function loadConnection(ofServer: object | null): Promise<object> {
            return database.kind === "server"
                ? { ...ofServer }
                : { ...makeEmbeddedConfig(await openEmbedded(database.folder), connectTimeoutMs) };
        }
    };
}

interface RawConnection {
    query(sql: string, callback: (error: Error | null) => void): void;
}

/** Pins settings for the session, not per transaction, because Knex begins its transactions by itself. */
function makePool(pinSql: string): NonNullable<Knex.Config["pool"]> {
    // Knex keeps its record of migrations in `ops`, before the first migration has run.
    const makeSchema = `
        do $$
        begin
            if not exists (select from pg_namespace where nspname = 'ops') then
                create schema ops;
            end if;
        end
        $$`;
    return {
        min: 0,
        max: 1,
        afterCreate: (connection: RawConnection, done: (error: Error | null, connection: RawConnection) => void) => {
            connection.query(pinSql, (error) => {
                if (error === null) {
                    connection.query(makeSchema, (next) => {
                        done(next, connection);
                    });
                } else {
                    done(error, connection);
                }
            });
        },
    };
}
