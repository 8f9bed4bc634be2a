import type { Knex } from "knex";
import { sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await knex.raw(sqlFile("20250101000200_prep_functions"));
}

export async function down(knex: Knex): Promise<void> {
    await knex.raw(`
        drop function prep.read_event_payload(json);
        drop function prep.read_odd_event_payload(json);
        drop function prep.replace_undecodable_escapes(text);
        drop function prep.read_id(text);
        drop function prep.usable_number(double precision);
        drop function prep.usable_timestamp(timestamp);
        drop function prep.date_key(date);
        drop function prep.surrogate_key(text);
    `);
}
