import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "dim_customer",
        layer: "warehouse",
        materialisation: "table",
        description:
            "Customers with their history (SCD type 2). Customers who are mentioned but were never extracted are inferred members, with the key their first version will have.",
        grain: "one row per version of a customer, and one for the unknown customer",
        select: sqlFile("20250101002100_dim_customer"),
        primaryKey: ["customer_key"],
        entityKey: "customer_id",
        columns: [
            {
                name: "customer_key",
                type: "bigint",
                notNull: true,
                description: "Surrogate key of the version; -1 is the unknown customer.",
            },
            {
                name: "customer_id",
                type: "integer",
                description: "The shop's number of the customer; null for the unknown customer.",
            },
            { name: "name", type: "text", description: "Full name." },
            { name: "email", type: "text", description: "E-mail address." },
            { name: "phone_number", type: "text", description: "Telephone number, as entered." },
            {
                name: "is_inferred",
                type: "boolean",
                notNull: true,
                description: "True for a stand-in: the id is mentioned, but no record was ever extracted.",
            },
            {
                name: "valid_from",
                type: "timestamp without time zone",
                notNull: true,
                description: "From when this version holds; 1900-01-01 for the first.",
            },
            {
                name: "valid_to",
                type: "timestamp without time zone",
                notNull: true,
                description: "Until when it holds, itself excluded; 9999-12-31 for the last.",
            },
            { name: "is_current", type: "boolean", notNull: true, description: "Whether it is the last version." },
        ],
        indexes: [["customer_id"]],
        affectedBy: {
            customer: "select id from changed where id is not null",
            // A customer can be mentioned for the first time, or no longer.
            int_orders: "select customer_id from changed where customer_id is not null",
            int_events: "select customer_id from changed where customer_id is not null",
        },
        tags: ["customers"],
        tests: [
            { kind: "unique", columns: ["customer_key"] },
            { kind: "not_null", column: "customer_key" },
            { kind: "unique", columns: ["customer_id", "valid_from"] },
            { kind: "scd2", naturalKey: "customer_id" },
            {
                kind: "expression",
                name: "only_the_unknown_member_has_no_id",
                expression: "(customer_id is null) = (customer_key = -1)",
            },
            {
                kind: "singular",
                name: "unknown_member_exists",
                select: "select 'unknown customer' as missing where not exists (select from warehouse.dim_customer where customer_key = -1)",
            },
            {
                kind: "expression",
                name: "customer_was_extracted",
                expression: "not is_inferred",
                severity: "warn",
                description: "Customers who ordered or clicked and whose record was never extracted.",
            },
            {
                kind: "expression",
                name: "customer_has_an_email",
                expression: "not is_current or is_inferred or customer_key = -1 or coalesce(trim(email), '') <> ''",
                severity: "warn",
                description: "Customers without an e-mail address.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "dim_customer");
}
