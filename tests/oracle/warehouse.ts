import { dateRows } from "./dates.js";
import { customerRows, makeCustomerDimension, makeProductDimension, productRows } from "./dimensions.js";
import type { Landing } from "./landing.js";
import { lastSessionCartRows, weeklyDiscountRows, weeklyFulfilmentRows } from "./marts.js";
import { makeOrderLines, makeOrders, orderLineRow, orderRow } from "./orders.js";
import type { Row } from "./row.js";
import { makeSessionEvents, makeSessions, sessionEventRow, sessionRow } from "./sessions.js";
import { currentVersion, readSources } from "./versions.js";

/** The schema and the primary key of every model that is calculated. */
export const warehouseTables = {
    int_session_events: { schema: "prep", key: "event_id" },
    dim_date: { schema: "warehouse", key: "date_key" },
    dim_customer: { schema: "warehouse", key: "customer_key" },
    dim_product: { schema: "warehouse", key: "product_key" },
    fct_orders: { schema: "warehouse", key: "order_id" },
    fct_order_items: { schema: "warehouse", key: "order_item_id" },
    fct_sessions: { schema: "warehouse", key: "session_key" },
    mart_weekly_fulfilment: { schema: "marts", key: "week_start" },
    mart_last_session_carts: { schema: "marts", key: "customer_id" },
    mart_weekly_discounts: { schema: "marts", key: "week_start" },
} as const;

export type WarehouseTable = keyof typeof warehouseTables;

/** The rows of every calculated model, in no particular order. */
export type Warehouse = Readonly<Record<WarehouseTable, readonly Row[]>>;

/** What the warehouse must hold, reckoned from the landing rows without SQL. The order of the rows never matters. */
export function calculateWarehouse(landing: Landing): Warehouse {
    const sources = readSources(landing);
    const sessionEvents = makeSessionEvents(sources);
    const customers = makeCustomerDimension(sources.customers, [
        ...[...sources.orders.values()].map((versions) => currentVersion(versions).customerId),
        ...sessionEvents.map(({ customerId }) => customerId),
    ]);
    const products = makeProductDimension(
        sources.products,
        [...sources.orderItems.values()].map((versions) => currentVersion(versions).productId),
    );
    const orders = makeOrders(sources, customers);
    const lines = makeOrderLines(sources, orders, products);
    const sessions = makeSessions(sessionEvents, customers);
    return {
        int_session_events: sessionEvents.map(sessionEventRow),
        dim_date: dateRows([
            ...orders.flatMap(({ placedAt, paidAt, shippedAt }) => [placedAt, paidAt, shippedAt]),
            ...sessions.map(({ startedAt }) => startedAt),
        ]),
        dim_customer: customerRows(customers),
        dim_product: productRows(products),
        fct_orders: orders.map(orderRow),
        fct_order_items: lines.map(orderLineRow),
        fct_sessions: sessions.map(sessionRow),
        mart_weekly_fulfilment: weeklyFulfilmentRows(orders),
        mart_last_session_carts: lastSessionCartRows(sessions, sources.customers, products),
        mart_weekly_discounts: weeklyDiscountRows(lines),
    };
}
