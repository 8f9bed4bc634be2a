import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "fct_sessions",
        layer: "warehouse",
        materialisation: "table",
        description: "Sessions of logged-in customers: runs of events without a pause of more than 30 minutes.",
        grain: "one row per session of a customer",
        select: sqlFile("20250101003200_fct_sessions"),
        primaryKey: ["session_key"],
        entityKey: "customer_id",
        columns: [
            {
                name: "session_key",
                type: "bigint",
                notNull: true,
                description: "Surrogate key: a hash of the customer and the first event.",
            },
            { name: "customer_id", type: "integer", notNull: true, description: "The shop's number of the customer." },
            {
                name: "customer_key",
                type: "bigint",
                notNull: true,
                description: "The customer as known when the session started.",
            },
            {
                name: "session_number",
                type: "bigint",
                notNull: true,
                description: "1 for the customer's first session.",
            },
            {
                name: "started_at",
                type: "timestamp without time zone",
                notNull: true,
                description: "Time of the first event, UTC.",
            },
            {
                name: "ended_at",
                type: "timestamp without time zone",
                notNull: true,
                description: "Time of the last event, UTC.",
            },
            { name: "started_date_key", type: "integer", notNull: true, description: "Date of the first event." },
            { name: "event_count", type: "bigint", notNull: true, description: "Events in the session." },
            { name: "items_added_count", type: "bigint", notNull: true, description: "ADD_PRODUCT_TO_CART events." },
            { name: "order_count", type: "bigint", notNull: true, description: "PLACED_ORDER events." },
            {
                name: "has_placed_order",
                type: "boolean",
                notNull: true,
                description: "Whether an order was placed in it.",
            },
            {
                name: "is_last_session",
                type: "boolean",
                notNull: true,
                description: "Whether it is the customer's last session so far.",
            },
        ],
        indexes: [["customer_id"]],
        affectedBy: {
            // An event that moves from one customer to another changes both: `changed` holds it before and after.
            int_events: "select customer_id from changed where customer_id is not null",
            dim_customer: "select customer_id from changed where customer_id is not null",
            dim_date: `
                select customer_id
                from prep.int_events
                where customer_id is not null and occurred_at::date = any(array(select date_day from changed))
            `,
        },
        tags: ["sessions"],
        tests: [
            { kind: "unique", columns: ["session_key"] },
            { kind: "not_null", column: "session_key" },
            { kind: "unique", columns: ["customer_id", "session_number"] },
            { kind: "not_null", column: "customer_key" },
            { kind: "not_null", column: "started_date_key" },
            { kind: "relationships", column: "customer_key", to: "dim_customer", toColumn: "customer_key" },
            { kind: "relationships", column: "started_date_key", to: "dim_date", toColumn: "date_key" },
            { kind: "expression", name: "ends_after_it_starts", expression: "ended_at >= started_at" },
            {
                kind: "expression",
                name: "counts_add_up",
                expression: "event_count >= 1 and items_added_count + order_count <= event_count",
            },
            {
                kind: "expression",
                name: "placed_order_flag_is_its_count",
                expression: "has_placed_order = (order_count > 0)",
            },
            { kind: "expression", name: "customer_is_known", expression: "customer_key <> -1" },
            {
                kind: "singular",
                name: "sessions_are_more_than_30_minutes_apart",
                select: `
                select *
                from (
                    select
                        customer_id,
                        session_number,
                        ended_at,
                        lead(started_at) over (partition by customer_id order by session_number) as next_started_at
                    from warehouse.fct_sessions
                ) as sessions
                where next_started_at - ended_at <= interval '30 minutes'
            `,
                perEntity: true,
            },
            {
                kind: "singular",
                name: "one_last_session_per_customer",
                select: `
                select customer_id, count(*) filter (where is_last_session) as last_session_count
                from warehouse.fct_sessions
                group by customer_id
                having count(*) filter (where is_last_session) <> 1
                    or max(session_number) <> max(session_number) filter (where is_last_session)
            `,
                perEntity: true,
            },
            {
                kind: "singular",
                name: "customer_was_extracted",
                select: `
                select sessions.*
                from warehouse.fct_sessions as sessions
                join warehouse.dim_customer as customers on customers.customer_key = sessions.customer_key
                where customers.is_inferred
            `,
                perEntity: true,
                severity: "warn",
                description: "Sessions of customers who were never extracted.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "fct_sessions");
}
