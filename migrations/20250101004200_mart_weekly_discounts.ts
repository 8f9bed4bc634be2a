import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "mart_weekly_discounts",
        layer: "marts",
        materialisation: "table",
        description: "How much discount do we give, week by week?",
        grain: "one row per week in which an order with at least one line was placed",
        select: sqlFile("20250101004200_mart_weekly_discounts"),
        primaryKey: ["week_start"],
        entityKey: "week_start",
        columns: [
            { name: "week_start", type: "date", notNull: true, description: "Monday of the week of placement, UTC." },
            { name: "order_count", type: "bigint", notNull: true, description: "Orders with at least one line." },
            { name: "item_count", type: "bigint", description: "Units ordered." },
            { name: "gross_amount", type: "numeric", description: "What they cost at list price." },
            { name: "discount_amount", type: "numeric", description: "Discount given." },
            { name: "net_amount", type: "numeric", description: "Gross less discount." },
            {
                name: "recorded_amount",
                type: "numeric",
                description: "What the recorded prices add up to; the shop takes 7 % for 700 %, so do not trust it.",
            },
            {
                name: "implied_discount_amount",
                type: "numeric",
                description: "Gross less recorded: the discount if the recorded prices were right.",
            },
        ],
        affectedBy: {
            fct_order_items:
                "select week_start from warehouse.dim_date where date_key = any(array(select placed_date_key from changed)) and week_start is not null",
            dim_date: "select week_start from changed where week_start is not null",
        },
        tags: ["orders", "discounts", "questions"],
        tests: [
            { kind: "unique", columns: ["week_start"] },
            { kind: "not_null", column: "week_start" },
            { kind: "expression", name: "week_starts_on_monday", expression: "extract(isodow from week_start) = 1" },
            { kind: "expression", name: "orders_are_counted", expression: "order_count >= 1" },
            {
                kind: "expression",
                name: "implied_is_gross_less_recorded",
                expression: "abs(gross_amount - recorded_amount - implied_discount_amount) <= 0.01",
            },
            {
                kind: "singular",
                name: "every_dated_line_is_counted",
                select: `
                select week_start, sum(units) as units, sum(units_in_week) as units_in_week
                from (
                    select dates.week_start, lines.quantity as units, null as units_in_week
                    from warehouse.fct_order_items as lines
                    join warehouse.dim_date as dates on dates.date_key = lines.placed_date_key
                    where dates.week_start is not null
                    union all
                    select week_start, null as units, item_count as units_in_week
                    from marts.mart_weekly_discounts
                ) as weeks
                group by week_start
                having sum(units) is distinct from sum(units_in_week)
            `,
                perEntity: true,
            },
            {
                kind: "expression",
                name: "discount_is_part_of_gross",
                expression: "discount_amount between 0 and gross_amount",
                severity: "warn",
                description: "Weeks with a discount below zero or above the gross amount.",
            },
            {
                kind: "expression",
                name: "recorded_discount_is_plausible",
                expression: "implied_discount_amount between 0 and 0.5 * gross_amount",
                severity: "warn",
                description: "Weeks in which the recorded prices imply a discount nobody would give.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "mart_weekly_discounts");
}
