import type { Knex } from "knex";
import { addLockSession, addQueueKey, dropLockSession, dropQueueKey } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await addQueueKey(knex);
    await addLockSession(knex);
}

export async function down(knex: Knex): Promise<void> {
    await dropLockSession(knex);
    await dropQueueKey(knex);
}
