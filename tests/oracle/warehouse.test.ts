import { expect, test } from "vitest";
import { emptyLanding, type Landing } from "./landing.js";
import { makeCustomer, makeEvent, makeOrder, makeOrderItem, makeProduct } from "./make-rows.js";
import type { Row } from "./row.js";
import { calculateWarehouse, type WarehouseTable } from "./warehouse.js";

/** The chosen columns of every row of a table, sorted. */
function project(landing: Partial<Landing>, table: WarehouseTable, columns: readonly string[]): (string | null)[][] {
    const rows: readonly Row[] = calculateWarehouse({ ...emptyLanding, ...landing })[table];
    return rows.map((row) => columns.map((column) => row[column] ?? null)).sort();
}

const memberColumns = ["customer_id", "name", "is_inferred", "valid_from", "valid_to", "is_current"];

test("keeps one version per change, also of a change taken back, and forgets repeats", () => {
    const customer = [
        makeCustomer({ id: 1, name: "blue", at: "2025-01-03" }),
        makeCustomer({ id: 1, name: "red", at: "2025-01-01" }),
        makeCustomer({ id: 1, name: "red", at: "2025-01-02" }),
        makeCustomer({ id: 1, name: "blue", at: "2025-01-03" }),
        makeCustomer({ id: 1, name: "red", at: "2025-01-04 12:00:00.000001" }),
    ];
    expect(project({ customer }, "dim_customer", memberColumns)).toEqual([
        [null, "Unknown customer", "false", "1900-01-01 00:00:00", "9999-12-31 00:00:00", "true"],
        ["1", "blue", "false", "2025-01-03 00:00:00", "2025-01-04 12:00:00.000001", "false"],
        ["1", "red", "false", "1900-01-01 00:00:00", "2025-01-03 00:00:00", "false"],
        ["1", "red", "false", "2025-01-04 12:00:00.000001", "9999-12-31 00:00:00", "true"],
    ]);
});

test("takes the row that sorts last when id and modified_at are equal, nulls last of all", () => {
    const customer = [
        makeCustomer({ id: 1, name: "b", email: null, at: "2025-01-01" }),
        makeCustomer({ id: 1, name: "b", email: "z@x", at: "2025-01-01" }),
        makeCustomer({ id: 1, name: "B", email: "z@x", at: "2025-01-01" }),
    ];
    expect(project({ customer }, "dim_customer", ["customer_id", "name", "email"])).toEqual([
        [null, "Unknown customer", null],
        ["1", "b", null],
    ]);
});

test("infers the members that facts mention, with the key their first version will have", () => {
    const orders = [makeOrder({ id: 1, customer: 7, at: "2025-01-01" })];
    const inferred = calculateWarehouse({ ...emptyLanding, orders });
    const customer = [makeCustomer({ id: 7, name: "Ann", at: "2025-02-01" })];
    const extracted = calculateWarehouse({ ...emptyLanding, orders, customer });
    expect(inferred.dim_customer.slice(1).map((row) => [row.name, row.is_inferred])).toEqual([
        ["Not yet extracted", "true"],
    ]);
    expect(extracted.fct_orders).toEqual(inferred.fct_orders);
    expect(extracted.dim_customer[1]?.customer_key).toBe(inferred.fct_orders[0]?.customer_key);
});

test("reads an order's steps from the first version of each status", () => {
    const orders = [
        makeOrder({ id: 1, created_at: "2025-01-06 10:00:00", modified_at: "2025-01-06 10:00:00" }),
        makeOrder({ id: 1, status: "PAID", created_at: "2025-01-06 10:00:00", modified_at: "2025-01-06 10:45:00" }),
        makeOrder({ id: 1, status: "PAID", created_at: "2025-01-06 10:00:00", modified_at: "2025-01-06 11:00:00" }),
        makeOrder({ id: 2, status: "SHIPPED", created_at: "2025-01-12 23:59:59.999999", modified_at: "2025-01-13" }),
        makeOrder({ id: null }),
    ];
    const columns = ["order_id", "customer_key", "status", "paid_at", "paid_date_key", "shipped_at", "hours_to_pay"];
    expect(project({ orders }, "fct_orders", columns)).toEqual([
        ["1", "-1", "PAID", "2025-01-06 10:45:00", "20250106", null, "0.75"],
        ["2", "-1", "SHIPPED", null, "-1", "2025-01-13 00:00:00", null],
    ]);
    expect(calculateWarehouse({ ...emptyLanding, orders }).mart_weekly_fulfilment).toEqual([
        {
            week_start: "2025-01-06",
            order_count: "2",
            shipped_order_count: "1",
            avg_hours_to_ship: "0",
            median_hours_to_ship: "0",
            p90_hours_to_ship: "0",
        },
    ]);
});

test("leaves a step unknown that has no time of its own", () => {
    const orders = [
        makeOrder({ id: 1, status: "SHIPPED", created_at: "2025-01-06", modified_at: null }),
        makeOrder({ id: 2, status: "PAID", created_at: "2025-01-06", modified_at: "infinity" }),
        makeOrder({ id: 2, status: "PAID", created_at: "2025-01-06", modified_at: "2025-01-07" }),
    ];
    expect(project({ orders }, "fct_orders", ["order_id", "status", "paid_at", "shipped_at", "hours_to_ship"])).toEqual(
        [
            ["1", "SHIPPED", null, null, null],
            ["2", "PAID", "2025-01-07 00:00:00", null, null],
        ],
    );
});

test("gives a PLACED_ORDER event to the customer of its order, else to its own", () => {
    const orders = [makeOrder({ id: 1, customer: 7, at: "2025-01-06" }), makeOrder({ id: 2, at: "2025-01-06" })];
    const event = [1, 2, 3].map((order) =>
        makeEvent({ id: order, type: "PLACED_ORDER", payload: { order, "customer-id": 8 }, at: "2025-01-06" }),
    );
    expect(project({ orders, event }, "int_session_events", ["event_id", "customer_id"])).toEqual([
        ["1", "7"],
        ["2", "8"],
        ["3", "8"],
    ]);
});

test("averages the hours to ship of shipped orders only", () => {
    const shipped = (id: number, at: string): ReturnType<typeof makeOrder> =>
        makeOrder({ id, status: "SHIPPED", created_at: "2025-01-06", modified_at: at });
    const orders = [
        shipped(1, "2025-01-06 01:00:00"),
        shipped(2, "2025-01-06 02:00:18"),
        shipped(3, "2025-01-06 06:00:00"),
        makeOrder({ id: 4, at: "2025-01-07" }),
    ];
    const columns = ["order_count", "avg_hours_to_ship", "median_hours_to_ship", "p90_hours_to_ship"];
    // (1 + 2.005 + 6) / 3 = 3.00166…; 2.005 + 0.8 × 3.995 = 5.201
    expect(project({ orders }, "mart_weekly_fulfilment", columns)).toEqual([["4", "3", "2.01", "5.2"]]);
});

const product = [
    makeProduct({ id: 1, price: 10, discount_percent: 0, at: "2025-01-01" }),
    makeProduct({ id: 1, price: 9.99, discount_percent: 7.5, at: "2025-01-10" }),
    makeProduct({ id: 2, price: Number.NaN, discount_percent: 5, at: "2025-01-01" }),
];

test("prices an order line by the product version valid when the order was placed", () => {
    const orders = [
        makeOrder({ id: 1, at: "2025-01-09 23:59:59.999999" }),
        makeOrder({ id: 2, at: "2025-01-10 00:00:00" }),
    ];
    const orderitem = [
        makeOrderItem({ id: 1, order: 1, product: 1, quantity: 3, price: -60, at: "2025-01-11" }),
        makeOrderItem({ id: 2, order: 2, product: 1, quantity: 3, price: 9.24075, at: "2025-01-11" }),
        makeOrderItem({ id: 3, order: 2, product: 2, price: 1, at: "2025-01-11" }),
        makeOrderItem({ id: 4, order: 2, product: null, price: null, at: "2025-01-11" }),
        makeOrderItem({ id: 5, order: 2, product: 9, price: 2.5, at: "2025-01-11" }),
        makeOrderItem({ id: 6, order: 3, product: 1, at: "2025-01-11" }),
        makeOrderItem({ id: 7, order: null, product: 1, at: "2025-01-11" }),
    ];
    const landing = { product, orders, orderitem };
    const columns = ["order_item_id", "gross_amount", "discount_amount", "net_amount", "recorded_amount"];
    expect(project(landing, "fct_order_items", columns)).toEqual([
        ["1", "30", "0", "30", "-180"],
        ["2", "29.97", "2.24775", "27.72225", "27.72225"],
        ["3", null, null, null, "1"],
        ["4", null, null, null, null],
        ["5", null, null, null, "2.5"],
    ]);
    expect(calculateWarehouse({ ...emptyLanding, ...landing }).mart_weekly_discounts).toEqual([
        {
            week_start: "2025-01-06",
            order_count: "2",
            item_count: "9",
            gross_amount: "59.97",
            discount_amount: "2.25",
            net_amount: "57.72",
            recorded_amount: "-152.28",
            implied_discount_amount: "212.25",
            unpriced_item_count: "3",
        },
    ]);
});

const sessionColumns = ["customer_id", "session_number", "started_at", "ended_at", "event_count", "is_last_session"];

test("ends a session after more than 30 minutes without an event", () => {
    const event = [
        makeEvent({ id: 1, payload: { "customer-id": 4 }, at: "2025-01-06 10:00:00" }),
        makeEvent({ id: 2, payload: { "customer-id": "4" }, at: "2025-01-06 10:30:00" }),
        makeEvent({ id: 3, payload: { "customer-id": 4 }, at: "2025-01-06 11:00:00.000001" }),
        makeEvent({ id: 4, payload: { "customer-id": null }, at: "2025-01-06 10:45:00" }),
        makeEvent({ id: 5, payload: { "customer-id": 4 }, at: null }),
    ];
    expect(project({ event }, "fct_sessions", sessionColumns)).toEqual([
        ["4", "1", "2025-01-06 10:00:00", "2025-01-06 10:30:00", "2", "false"],
        ["4", "2", "2025-01-06 11:00:00.000001", "2025-01-06 11:00:00.000001", "1", "true"],
    ]);
});

test("values the carts of last sessions that placed an order", () => {
    const inCart = (id: number, customer: number, productId: number | null, at: string): ReturnType<typeof makeEvent> =>
        makeEvent({ id, type: "ADD_PRODUCT_TO_CART", payload: { "customer-id": customer, product: productId }, at });
    const placed = (id: number, order: number, at: string): ReturnType<typeof makeEvent> =>
        makeEvent({ id, type: "PLACED_ORDER", payload: { order }, at });
    const landing = {
        customer: [
            makeCustomer({ id: 1, email: "old@x", at: "2025-01-01" }),
            makeCustomer({ id: 1, email: "new@x", at: "2026-01-01" }),
        ],
        product,
        orders: [1, 2, 3, 4].map((id) => makeOrder({ id, customer: id, at: "2025-01-10" })),
        event: [
            // A unit before the price change and one after it: 10 + 9.99, and 10 + 9.24075.
            inCart(1, 1, 1, "2025-01-09 23:50:00"),
            inCart(2, 1, 1, "2025-01-10 00:00:00"),
            inCart(3, 1, 2, "2025-01-10 00:01:00"),
            placed(4, 1, "2025-01-10 00:02:00"),
            // Nothing added.
            placed(5, 2, "2025-01-10 00:02:00"),
            // No price known.
            inCart(6, 3, null, "2025-01-10 00:01:00"),
            placed(7, 3, "2025-01-10 00:02:00"),
            // The order was not in the last session.
            placed(8, 4, "2025-01-10 00:02:00"),
            inCart(9, 4, 1, "2025-01-10 00:32:00.000001"),
            // Nobody's order.
            placed(10, 5, "2025-01-10 00:02:00"),
        ],
    };
    const columns = ["customer_id", "email", "items_added_count", "cart_value", "cart_value_after_discount"];
    expect(project(landing, "mart_last_session_carts", columns)).toEqual([
        ["1", "new@x", "3", "19.99", "19.24"],
        ["2", null, "0", "0", "0"],
        ["3", null, "1", null, null],
    ]);
});
