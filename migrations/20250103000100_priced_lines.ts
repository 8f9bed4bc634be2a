import type { Knex } from "knex";
import { alterModel, sqlFile } from "../src/warehouse/index.js";
import * as weeklyDiscounts from "./20250101004200_mart_weekly_discounts.js";

/** All amounts of a week are over the same lines, those whose list price is known, and an unknown discount counts as none. */
export async function up(knex: Knex): Promise<void> {
    await alterModel(knex, "dim_product", {
        columnDescriptions: {
            discount_percent:
                "Discount on the list price in whole per cent: 7 means 7 %. Null when missing or no number; it then counts as none.",
        },
        tests: [
            {
                kind: "expression",
                name: "discount_is_known",
                expression: "is_inferred or product_key = -1 or discount_percent is not null",
                severity: "warn",
                description: "Product versions whose discount is missing or no number: it counts as none.",
            },
        ],
    });
    await alterModel(knex, "fct_order_items", {
        select: sqlFile("20250103000100_fct_order_items"),
        columnDescriptions: {
            list_price: "List price of one unit when the order was placed; null when unknown, and with it the amounts.",
            discount_percent:
                "Discount in per cent when the order was placed; null when unknown, which counts as none.",
            discount_amount: "gross_amount * discount_percent / 100; 0 for an unknown discount.",
        },
        tests: [
            {
                kind: "expression",
                name: "discount_is_its_share_of_gross",
                expression: "discount_amount = gross_amount * coalesce(discount_percent, 0) * 0.01",
            },
            {
                kind: "expression",
                name: "gross_has_discount_and_net",
                expression:
                    "(gross_amount is null) = (discount_amount is null) and (gross_amount is null) = (net_amount is null)",
            },
            {
                kind: "expression",
                name: "discount_is_known",
                expression: "list_price is null or discount_percent is not null",
                severity: "warn",
                description: "Lines with a list price whose discount is missing or no number: it counts as none.",
            },
            {
                kind: "expression",
                name: "recorded_price_is_known",
                expression: "recorded_price is not null",
                severity: "warn",
                description: "Lines whose recorded price is missing or no number: they imply no discount.",
            },
        ],
    });
    await alterModel(knex, "mart_weekly_discounts", {
        select: sqlFile("20250103000100_mart_weekly_discounts"),
        addedColumns: [
            {
                name: "unpriced_item_count",
                type: "bigint",
                description: "Those of item_count whose list price is unknown: they are in none of the amounts.",
            },
        ],
        columnDescriptions: {
            item_count: "Units ordered, the unpriced ones included.",
            gross_amount: "What the units of known list price cost at it; null when there are none.",
            discount_amount: "Discount given on them; an unknown discount counts as none.",
            recorded_amount:
                "What the recorded prices of the same units add up to; the shop takes 7 % for 700 %, so do not trust it.",
            implied_discount_amount:
                "Gross less recorded, over those of the same units that have a recorded price: the discount if the recorded prices were right.",
        },
        removedTests: ["mart_weekly_discounts.implied_is_gross_less_recorded"],
        tests: [
            {
                kind: "expression",
                name: "net_is_gross_less_discount",
                expression:
                    "net_amount is not distinct from gross_amount - discount_amount and (gross_amount is null) = (net_amount is null)",
            },
            {
                kind: "singular",
                name: "every_dated_line_is_counted",
                select: `
                select
                    week_start,
                    sum(units) as units,
                    sum(units_in_week) as units_in_week,
                    sum(unpriced_units) as unpriced_units,
                    sum(unpriced_units_in_week) as unpriced_units_in_week
                from (
                    select
                        dates.week_start,
                        lines.quantity as units,
                        null as units_in_week,
                        case when lines.list_price is null then coalesce(lines.quantity, 0) else 0 end as unpriced_units,
                        null as unpriced_units_in_week
                    from warehouse.fct_order_items as lines
                    join warehouse.dim_date as dates on dates.date_key = lines.placed_date_key
                    where dates.week_start is not null
                    union all
                    select week_start, null, item_count, null, unpriced_item_count
                    from marts.mart_weekly_discounts
                ) as weeks
                group by week_start
                having sum(units) is distinct from sum(units_in_week)
                    or sum(unpriced_units) is distinct from sum(unpriced_units_in_week)
            `,
                perEntity: true,
            },
            {
                kind: "expression",
                name: "every_unit_is_priced",
                expression: "unpriced_item_count = 0",
                severity: "warn",
                description: "Weeks with units whose list price is unknown: they are in none of the amounts.",
            },
        ],
    });
    await alterModel(knex, "mart_last_session_carts", {
        select: sqlFile("20250103000100_mart_last_session_carts"),
        columnDescriptions: {
            cart_value_after_discount: "The same less the discounts of that time; an unknown discount counts as none.",
        },
    });
}

export async function down(knex: Knex): Promise<void> {
    await alterModel(knex, "mart_last_session_carts", {
        select: sqlFile("20250101004100_mart_last_session_carts"),
        columnDescriptions: { cart_value_after_discount: "The same less the discounts of that time." },
    });
    await weeklyDiscounts.down(knex);
    await weeklyDiscounts.up(knex);
    await alterModel(knex, "fct_order_items", {
        select: sqlFile("20250101003100_fct_order_items"),
        columnDescriptions: {
            list_price: "List price of one unit when the order was placed.",
            discount_percent: "Discount in per cent when the order was placed.",
            discount_amount: "gross_amount * discount_percent / 100.",
        },
        removedTests: [
            "fct_order_items.gross_has_discount_and_net",
            "fct_order_items.discount_is_known",
            "fct_order_items.recorded_price_is_known",
        ],
        tests: [
            {
                kind: "expression",
                name: "discount_is_its_share_of_gross",
                expression: "discount_amount = gross_amount * discount_percent * 0.01",
            },
        ],
    });
    await alterModel(knex, "dim_product", {
        columnDescriptions: {
            discount_percent: "Discount on the list price in whole per cent: 7 means 7 %.",
        },
        removedTests: ["dim_product.discount_is_known"],
    });
}
