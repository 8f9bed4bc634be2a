import type { Knex } from "knex";
import { alterModel, sqlFile } from "../src/warehouse/index.js";
import * as stgOrder from "./20250101000500_stg_order.js";
import * as intOrders from "./20250101001000_int_orders.js";
import * as intEvents from "./20250101001200_int_events.js";
import * as intSessionEvents from "./20250101001300_int_session_events.js";
import * as dimDate from "./20250101002000_dim_date.js";
import * as dimCustomer from "./20250101002100_dim_customer.js";
import * as fctOrders from "./20250101003000_fct_orders.js";
import * as fctOrderItems from "./20250101003100_fct_order_items.js";
import * as fctSessions from "./20250101003200_fct_sessions.js";
import * as weeklyFulfilment from "./20250101004000_mart_weekly_fulfilment.js";
import * as lastSessionCarts from "./20250101004100_mart_last_session_carts.js";
import * as weeklyDiscounts from "./20250101004200_mart_weekly_discounts.js";

/** An order that was PAID or SHIPPED at a time that is not known was not so when it was placed: the time is unknown. */
export async function up(knex: Knex): Promise<void> {
    await alterModel(knex, "stg_order", {
        select: sqlFile("20250103000000_stg_order"),
        addedColumns: [
            {
                name: "has_modified_at",
                type: "boolean",
                description:
                    "Whether modified_at was landed with this version; false when another time stands in for it.",
            },
            {
                name: "has_untimed_milestone",
                type: "boolean",
                description:
                    "Whether a row that claims to be this version is PAID or SHIPPED and has no usable modified_at.",
            },
        ],
    });
    await alterModel(knex, "int_orders", {
        select: sqlFile("20250103000000_int_orders"),
        addedColumns: [
            {
                name: "has_untimed_milestone",
                type: "boolean",
                description: "Whether it was seen PAID or SHIPPED in a row without a usable modified_at.",
            },
        ],
        columnDescriptions: {
            paid_at: "When it was first seen PAID; null when never, or at no known time.",
            shipped_at: "When it was first seen SHIPPED; null when never, or at no known time.",
        },
        tests: [
            {
                kind: "expression",
                name: "milestones_have_a_time",
                expression: "not has_untimed_milestone",
                severity: "warn",
                description:
                    "Orders seen PAID or SHIPPED without a usable modified_at: when they got there is not known from it.",
            },
        ],
    });
    await alterModel(knex, "fct_orders", {
        columnDescriptions: {
            paid_date_key: "Date of payment; -1 while not paid, or when the time is unknown.",
            shipped_date_key: "Date of shipment; -1 while not shipped, or when the time is unknown.",
            paid_at: "When it was first seen PAID, UTC; null when never, or at no known time.",
            shipped_at: "When it was first seen SHIPPED, UTC; null when never, or at no known time.",
            hours_to_pay: "Hours from placement to payment; null while one of the times is unknown.",
            hours_to_ship: "Hours from placement to shipment; null while one of the times is unknown.",
        },
        tests: [
            {
                kind: "expression",
                name: "shipped_order_was_seen_paid",
                expression: "shipped_at is null or paid_at is not null",
                severity: "warn",
                description:
                    "Orders shipped without a known time of payment: PAID was skipped between two extracts, or came without a time.",
            },
        ],
    });
    await alterModel(knex, "mart_weekly_fulfilment", {
        columnDescriptions: {
            shipped_order_count: "Those of them that were shipped, at a known time.",
            avg_hours_to_ship:
                "Mean hours from placement to shipment, over the orders shipped at a known time; null when none was.",
            median_hours_to_ship: "Half of these orders took no longer (interpolated).",
            p90_hours_to_ship: "Nine in ten of these orders took no longer (interpolated).",
        },
    });
}

/** A view cannot lose a column while others read it, so what reads stg_order is made anew as it was. */
export async function down(knex: Knex): Promise<void> {
    const remade = [
        stgOrder,
        intOrders,
        intEvents,
        intSessionEvents,
        dimDate,
        dimCustomer,
        fctOrders,
        fctOrderItems,
        fctSessions,
        weeklyFulfilment,
        lastSessionCarts,
        weeklyDiscounts,
    ];
    for (const migration of [...remade].reverse()) {
        await migration.down(knex);
    }
    for (const migration of remade) {
        await migration.up(knex);
    }
}
