import type { Knex } from "knex";
import { addModelViews, dropModelViews } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await addModelViews(knex);
}

export async function down(knex: Knex): Promise<void> {
    await dropModelViews(knex);
}
