import type { Knex } from "knex";
import { alterModel, sqlFile } from "../src/warehouse/index.js";

/** A PLACED_ORDER event belongs to the customer of its order, and brackets inside a payload's strings are no nesting. */
export async function up(knex: Knex): Promise<void> {
    await knex.raw(sqlFile("20250103000200_read_event_payload"));
    await alterModel(knex, "int_events", {
        select: sqlFile("20250103000200_int_events"),
        columnDescriptions: {
            customer_id:
                "The customer it belongs to: for PLACED_ORDER the order's, else the payload's. Null when neither is known.",
        },
    });
    await alterModel(knex, "int_session_events", {
        columnDescriptions: {
            customer_id: "The customer it belongs to: for PLACED_ORDER the order's, else the payload's.",
        },
    });
}

export async function down(knex: Knex): Promise<void> {
    await alterModel(knex, "int_session_events", {
        columnDescriptions: {
            customer_id: "The customer it belongs to: the payload's, else for PLACED_ORDER the order's.",
        },
    });
    await alterModel(knex, "int_events", {
        select: sqlFile("20250101001200_int_events"),
        columnDescriptions: {
            customer_id:
                "The customer it belongs to: the payload's, else for PLACED_ORDER the order's. Null when neither is known.",
        },
    });
    // The function stands last in the file that made it.
    const functions = sqlFile("20250101000200_prep_functions");
    const readEventPayload = functions.slice(functions.indexOf("create function prep.read_event_payload("));
    await knex.raw(readEventPayload.replace("create function", "create or replace function"));
    await knex.raw("drop function prep.nesting_depth(text)");
}
