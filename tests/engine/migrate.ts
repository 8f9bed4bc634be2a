import createKnex, { type Knex } from "knex";
import type { Database } from "../../src/database/database.js";
import {
    addLandingMarks,
    addLockSession,
    addModelViews,
    addQueueKey,
    createOperationsSchema,
} from "../../src/warehouse/index.js";
import { makeKnexConfig, withKnexTransaction } from "../../src/warehouse/migrations.js";

/** The schema of the landing tables that tests make. */
export const sourceSchema = "staging";

const silentLog = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };

/** Runs what a migration's `up` would hold: in one transaction, which an error rolls back. */
export async function migrate(database: Database, up: (knex: Knex) => Promise<unknown>): Promise<void> {
    const knex = createKnex({ ...makeKnexConfig({ sourceSchema }), log: silentLog });
    await withKnexTransaction(database, knex, async (transaction) => {
        await up(transaction);
    });
}

/** Makes `ops`, the layers and an empty source schema in an empty database. */
export async function createEmptyWarehouse(database: Database): Promise<void> {
    await migrate(database, async (knex) => {
        await knex.raw("create schema ops");
        await createOperationsSchema(knex);
        await addLandingMarks(knex);
        await addQueueKey(knex);
        await addLockSession(knex);
        await addModelViews(knex);
        await knex.raw("create schema ??", [sourceSchema]);
    });
}
