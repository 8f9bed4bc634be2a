import type { Knex } from "knex";
import { sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await knex.raw(sqlFile("20250101000200_prep_functions"));
}

export async function down(knex: Knex): Promise<void> {
    await knex.raw(`
        drop function if exists prep.read_event_payload(json);
        drop function if exists prep.read_odd_event_payload(json);
        drop function if exists prep.replace_undecodable_escapes(text);
        drop function if exists prep.read_id(text);
        drop function if exists prep.usable_number(double precision);
        drop function if exists prep.usable_timestamp(timestamp);
        drop function if exists prep.date_key(date);
        drop function if exists prep.surrogate_key(text);
    `);
}
