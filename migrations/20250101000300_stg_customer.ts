import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "stg_customer",
        layer: "prep",
        materialisation: "view",
        description: "Customers as extracted: every version, typed and without repeats.",
        grain: "one row per version of a customer (customer_id, modified_at)",
        select: sqlFile("20250101000300_stg_customer"),
        columns: [
            { name: "customer_id", type: "integer", description: "The shop's number of the customer." },
            { name: "name", type: "text", description: "Full name." },
            { name: "email", type: "text", description: "E-mail address." },
            { name: "phone_number", type: "text", description: "Telephone number, as entered." },
            {
                name: "created_at",
                type: "timestamp without time zone",
                description: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
            },
            {
                name: "modified_at",
                type: "timestamp without time zone",
                description:
                    "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
            },
        ],
        tags: ["customers"],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "stg_customer");
}
