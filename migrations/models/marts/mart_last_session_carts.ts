import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        customer_id: "The shop's number of the customer.",
        email: "The customer's current e-mail address; null if the customer was never extracted.",
        session_started_at: { notNull: true, description: "Time of the first event of the session, UTC." },
        session_ended_at: { notNull: true, description: "Time of its last event, UTC." },
        items_added_count: { notNull: true, description: "Items added to the cart in the session." },
        cart_value:
            "Their list prices when they were added; unknown prices count nothing, and null when none is known.",
        cart_value_after_discount: "The same less the discounts of that time; an unknown discount counts as none.",
    },
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
            kind: "not_null",
            column: "email",
            severity: "warn",
            description: "Customers in the mart without a known e-mail address.",
        },
        { kind: "not_null", column: "cart_value", severity: "warn", description: "Carts of which no price is known." },
        {
            kind: "expression",
            name: "cart_value_is_not_negative",
            expression: "cart_value >= 0",
            severity: "warn",
            description: "Carts worth less than nothing.",
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
    presentation: {
        headline:
            "{count(*)} of {(select count(distinct customer_id) from warehouse.fct_sessions)} customers ordered in their last session; the median cart was {percentile_disc(0.5) within group (order by cart_value)}.",
        measure: "cart_value",
        sort: ["email", "customer_id"],
        columns: ["customer_id", "email", "cart_value", "items_added_count"],
    },
    tags: ["sessions", "questions"],
});
