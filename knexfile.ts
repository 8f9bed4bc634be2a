import { createRequire } from "node:module";
import type { Knex } from "knex";
import type * as projects from "./src/commands/load-project.js";
import type * as settings from "./src/config/settings.js";
import type * as databases from "./src/database/database.js";
import type * as sessionSettings from "./src/database/session-settings.js";
import type * as serverClients from "./src/database/server/server-client.js";
import type * as embedded from "./src/database/embedded/open-embedded.js";
import type * as migrations from "./src/warehouse/migrations.js";

// Knex has no types for it, and names it nowhere else.
const PostgresClient = createRequire(import.meta.url)("knex/lib/dialects/postgres/index.js") as typeof Knex.Client;

/**
 * For `npx knex --knexfile knexfile.ts migrate:status` and its like: the database that stardeck itself would use in this
 * folder and environment, the same migrations under the same names.
 */
export default async function makeKnexfile(): Promise<Knex.Config> {
    // The built program, so that Node resolves the imports; the types are those of its sources.
    const { parseSettings } = await importBuilt<typeof settings>("config/settings.js");
    const { buildPinSql } = await importBuilt<typeof sessionSettings>("database/session-settings.js");
    const pool = makePool(buildPinSql("end of session"));
    const { makeKnexConfig } = await importBuilt<typeof migrations>("warehouse/migrations.js");
    const { loadProject } = await importBuilt<typeof projects>("commands/load-project.js");
    const parsed = parseSettings({}, process.env, import.meta.dirname);
    const { database } = parsed;
    const given = await loadProject(parsed);
    const { makeEmbeddedConfig, withDatabase } = await importBuilt<typeof databases>("database/database.js");
    const { ServerClient } = await importBuilt<typeof serverClients>("database/server/server-client.js");
    /** Obeys what the environment says of connections as stardeck's own do, and leaves it where the database is embedded. */
    class KnexClient extends PostgresClient {
        _driver(): object {
            return { Client: ServerClient };
        }
    }
    return withDatabase(database, { ...parsed, maxConnections: 1 }, async (opened) => ({
        ...(await makeKnexConfig(opened, given)),
        client: KnexClient,
        connection: { ...(database.kind === "server" ? opened.clientConfig : await embeddedConfig(database.folder)) },
        pool,
    }));

    async function embeddedConfig(folder: string): Promise<object> {
        const { openEmbedded } = await importBuilt<typeof embedded>("database/embedded/open-embedded.js");
        return makeEmbeddedConfig(await openEmbedded(folder), parsed.connectTimeoutMs);
    }
}

interface RawConnection {
    query(sql: string, callback: (error: Error | null) => void): void;
}

/** Prepares each connection for Knex, which begins its transactions by itself: the settings are those of the session here. */
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

async function importBuilt<Module>(path: string): Promise<Module> {
    return (await import(new URL(`dist/src/${path}`, import.meta.url).href)) as Module;
}
