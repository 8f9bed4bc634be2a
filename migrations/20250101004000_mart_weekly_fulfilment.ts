import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "mart_weekly_fulfilment",
        layer: "marts",
        materialisation: "table",
        description: "How long do orders take from placement to shipment, week by week?",
        grain: "one row per week in which an order was placed",
        select: sqlFile("20250101004000_mart_weekly_fulfilment"),
        primaryKey: ["week_start"],
        entityKey: "week_start",
        columns: [
            { name: "week_start", type: "date", notNull: true, description: "Monday of the week of placement, UTC." },
            { name: "order_count", type: "bigint", notNull: true, description: "Orders placed." },
            {
                name: "shipped_order_count",
                type: "bigint",
                notNull: true,
                description: "Those of them that were shipped.",
            },
            {
                name: "avg_hours_to_ship",
                type: "numeric",
                description: "Mean hours from placement to shipment, over shipped orders; null when none was.",
            },
            {
                name: "median_hours_to_ship",
                type: "numeric",
                description: "Half of the shipped orders took no longer (interpolated).",
            },
            {
                name: "p90_hours_to_ship",
                type: "numeric",
                description: "Nine in ten of the shipped orders took no longer (interpolated).",
            },
        ],
        affectedBy: {
            fct_orders:
                "select week_start from warehouse.dim_date where date_key = any(array(select placed_date_key from changed)) and week_start is not null",
            dim_date: "select week_start from changed where week_start is not null",
        },
        tags: ["orders", "questions"],
        tests: [
            { kind: "unique", columns: ["week_start"] },
            { kind: "not_null", column: "week_start" },
            { kind: "expression", name: "week_starts_on_monday", expression: "extract(isodow from week_start) = 1" },
            {
                kind: "expression",
                name: "shipped_are_some_of_the_placed",
                expression: "shipped_order_count between 0 and order_count",
            },
            {
                kind: "expression",
                name: "measures_exist_when_shipped",
                expression:
                    "(shipped_order_count > 0) = (avg_hours_to_ship is not null) and (shipped_order_count > 0) = (median_hours_to_ship is not null) and (shipped_order_count > 0) = (p90_hours_to_ship is not null)",
            },
            {
                kind: "singular",
                name: "every_dated_order_is_counted",
                select: `
                select week_start, sum(orders) as orders, sum(orders_in_week) as orders_in_week
                from (
                    select dates.week_start, 1 as orders, 0 as orders_in_week
                    from warehouse.fct_orders as orders
                    join warehouse.dim_date as dates on dates.date_key = orders.placed_date_key
                    where dates.week_start is not null
                    union all
                    select week_start, 0 as orders, order_count as orders_in_week
                    from marts.mart_weekly_fulfilment
                ) as weeks
                group by week_start
                having sum(orders) <> sum(orders_in_week)
            `,
                perEntity: true,
            },
            {
                kind: "expression",
                name: "hours_are_not_negative",
                expression: "avg_hours_to_ship >= 0",
                severity: "warn",
                description: "Weeks whose orders were on average shipped before they were placed.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "mart_weekly_fulfilment");
}
