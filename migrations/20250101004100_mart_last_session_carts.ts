import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "mart_last_session_carts",
        layer: "marts",
        materialisation: "table",
        description: "Which customers ordered in their last session, and what was the cart worth?",
        grain: "one row per customer whose last session holds an order",
        select: sqlFile("20250101004100_mart_last_session_carts"),
        primaryKey: ["customer_id"],
        entityKey: "customer_id",
        columns: [
            { name: "customer_id", type: "integer", notNull: true, description: "The shop's number of the customer." },
            {
                name: "email",
                type: "text",
                description: "The customer's current e-mail address; null if the customer was never extracted.",
            },
            {
                name: "session_started_at",
                type: "timestamp without time zone",
                notNull: true,
                description: "Time of the first event of the session, UTC.",
            },
            {
                name: "session_ended_at",
                type: "timestamp without time zone",
                notNull: true,
                description: "Time of its last event, UTC.",
            },
            {
                name: "items_added_count",
                type: "bigint",
                notNull: true,
                description: "Items added to the cart in the session.",
            },
            {
                name: "cart_value",
                type: "numeric",
                description:
                    "Their list prices when they were added; unknown prices count nothing, and null when none is known.",
            },
            {
                name: "cart_value_after_discount",
                type: "numeric",
                description: "The same less the discounts of that time.",
            },
        ],
        affectedBy: {
            fct_sessions: "select customer_id from changed",
            int_events: "select customer_id from changed where customer_id is not null",
            dim_customer: "select customer_id from changed where customer_id is not null",
            dim_product: `
                select affected.customer_id
                from (
                    -- A product version that is the same before and after, but for its end, changes nothing up to the earlier end.
                    select
                        product_id,
                        case when count(*) = 1 then min(valid_from) else min(valid_to) end as changed_from,
                        max(valid_to) as changed_to
                    from changed
                    group by product_id, product_key, price, discount_percent
                ) as spans
                cross join lateral (
                    select events.customer_id
                    from prep.int_events as events
                    where events.product_id = spans.product_id
                        and events.occurred_at >= spans.changed_from
                        and events.occurred_at < spans.changed_to
                        and events.event_type = 'ADD_PRODUCT_TO_CART'
                        and events.customer_id is not null
                    -- Keeps PostgreSQL from reading all events at once: span by span, by index.
                    offset 0
                ) as affected
                where spans.changed_from < spans.changed_to
            `,
        },
        tags: ["sessions", "questions"],
        tests: [
            { kind: "unique", columns: ["customer_id"] },
            { kind: "not_null", column: "customer_id" },
            { kind: "relationships", column: "customer_id", to: "dim_customer", toColumn: "customer_id" },
            { kind: "expression", name: "ends_after_it_starts", expression: "session_ended_at >= session_started_at" },
            {
                kind: "expression",
                name: "empty_cart_is_worth_nothing",
                expression: "items_added_count > 0 or (cart_value = 0 and cart_value_after_discount = 0)",
            },
            {
                kind: "singular",
                name: "every_last_session_with_an_order_is_here",
                select: `
                select sessions.customer_id
                from warehouse.fct_sessions as sessions
                left join marts.mart_last_session_carts as carts on carts.customer_id = sessions.customer_id
                where sessions.is_last_session and sessions.has_placed_order and carts.customer_id is null
            `,
                perEntity: true,
            },
            {
                kind: "not_null",
                column: "email",
                severity: "warn",
                description: "Customers in the mart without a known e-mail address.",
            },
            {
                kind: "not_null",
                column: "cart_value",
                severity: "warn",
                description: "Carts of which no price is known.",
            },
            {
                kind: "expression",
                name: "cart_value_is_not_negative",
                expression: "cart_value >= 0",
                severity: "warn",
                description: "Carts worth less than nothing.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "mart_last_session_carts");
}
