import type { Knex } from "knex";
import { createOperationsSchema, dropOperationsSchema } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createOperationsSchema(knex);
}

export async function down(knex: Knex): Promise<void> {
    await dropOperationsSchema(knex);
}
