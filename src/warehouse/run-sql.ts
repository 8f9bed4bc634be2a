import type { Knex } from "knex";

/** Runs SQL text as it is: Knex would take a question mark for a parameter. */
export async function runSql(knex: Knex, sql: string): Promise<void> {
    await knex.raw(sql.replaceAll("?", "\\?"));
}
