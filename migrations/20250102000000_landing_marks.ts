import type { Knex } from "knex";
import { addLandingMarks, dropLandingMarks } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await addLandingMarks(knex);
}

export async function down(knex: Knex): Promise<void> {
    await dropLandingMarks(knex);
}
