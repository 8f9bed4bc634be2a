import { expect, test } from "vitest";
import type { RunSummary } from "../../../src/engine/events.js";
import { emptyLanding, insertLanding } from "../../oracle/landing.js";
import { makeCustomer, makeOrder, makeOrderItem, makeProduct } from "../../oracle/make-rows.js";
import { build, changedModelsOf } from "../../properties/build.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import { publish, read } from "./publish.js";

const placed = "2025-01-08 10:00:00";

/** How many rows each test that warned found, as was expected or not. */
function warningsOf(tests: RunSummary["tests"]): Readonly<Record<string, number | null>> {
    const warned = tests.filter(({ status }) => status === "warned" || status === "known");
    return Object.fromEntries(warned.map(({ testName, failingCount }) => [testName, failingCount]));
}

describeOnBothDatabases("orders and their lines", { template: "models" }, (database) => {
    test("follow an order from placed over paid to shipped, and average over the week of placement", async () => {
        await publish(database, {
            customer: [makeCustomer({ id: 1, name: "Ann", at: "2025-01-01" })],
            orders: [
                makeOrder({
                    id: 1,
                    customer: 1,
                    status: "SHIPPED",
                    created_at: placed,
                    modified_at: "2025-01-09 16:00:00",
                }),
                makeOrder({ id: 1, customer: 1, status: "PLACED", created_at: placed, modified_at: placed }),
                makeOrder({
                    id: 1,
                    customer: 1,
                    status: "PAID",
                    created_at: placed,
                    modified_at: "2025-01-08 11:30:00",
                }),
                makeOrder({
                    id: 1,
                    customer: 1,
                    status: "PAID",
                    created_at: placed,
                    modified_at: "2025-01-08 12:00:00",
                }),
                makeOrder({
                    id: 2,
                    customer: 1,
                    status: "SHIPPED",
                    created_at: placed,
                    modified_at: "2025-01-08 20:00:00",
                }),
                makeOrder({
                    id: 3,
                    customer: 1,
                    status: "PLACED",
                    created_at: "2025-01-12 23:59:59.999999",
                    modified_at: placed,
                }),
                makeOrder({ id: 4, customer: 1, status: "PLACED", created_at: "2025-01-13", modified_at: placed }),
            ],
        });
        expect(
            await read(
                database,
                "select order_id, paid_at, shipped_date_key, round(hours_to_pay, 1), round(hours_to_ship, 1) from warehouse.fct_orders order by 1",
            ),
        ).toEqual([
            ["1", "2025-01-08 11:30:00", "20250109", "1.5", "30.0"],
            ["2", null, "20250108", null, "10.0"],
            ["3", null, "-1", null, null],
            ["4", null, "-1", null, null],
        ]);
        expect(await read(database, "select * from marts.mart_weekly_fulfilment order by 1")).toEqual([
            ["2025-01-06", "3", "2", "20.00", "20.00", "28.00"],
            ["2025-01-13", "1", "0", null, null, null],
        ]);
    });

    test("leave a milestone unknown whose version came without a usable modified_at, and warn of it", async () => {
        const { tests } = await publish(database, {
            orders: [
                // Shipped at an unknown time, once in a row that loses to another of the same version.
                makeOrder({ id: 1, status: "SHIPPED", created_at: placed, modified_at: null }),
                makeOrder({ id: 2, status: "PLACED", at: placed }),
                makeOrder({ id: 2, status: "PAID", created_at: placed, modified_at: "infinity" }),
                makeOrder({ id: 3, status: "PAID", created_at: null, modified_at: "1899-12-31" }),
                // Paid at an unknown time, then seen at a known one; shipped before it was placed.
                makeOrder({ id: 4, status: "PAID", created_at: placed, modified_at: "-infinity" }),
                makeOrder({ id: 4, status: "PAID", created_at: placed, modified_at: "2025-01-08 12:00:00" }),
                makeOrder({ id: 4, status: "SHIPPED", created_at: placed, modified_at: "2025-01-08 06:00:00" }),
                // The same version with and without its time.
                makeOrder({ id: 5, status: "PAID", created_at: placed, modified_at: null }),
                makeOrder({ id: 5, status: "PAID", created_at: placed, modified_at: placed }),
                // A version that is neither, without a time.
                makeOrder({ id: 6, status: "PLACED", created_at: placed, modified_at: null }),
                makeOrder({ id: 6, status: "SHIPPED", created_at: null, modified_at: "2025-01-09" }),
            ],
        });
        expect(
            await read(
                database,
                "select order_id, status, placed_at, paid_at, paid_date_key, shipped_at, shipped_date_key, round(hours_to_ship, 1) from warehouse.fct_orders order by 1",
            ),
        ).toEqual([
            ["1", "SHIPPED", placed, null, "-1", null, "-1", null],
            ["2", "PLACED", placed, null, "-1", null, "-1", null],
            ["3", "PAID", null, null, "-1", null, "-1", null],
            ["4", "PAID", placed, "2025-01-08 12:00:00", "20250108", "2025-01-08 06:00:00", "20250108", "-4.0"],
            ["5", "PAID", placed, placed, "20250108", null, "-1", null],
            ["6", "SHIPPED", null, null, "-1", "2025-01-09 00:00:00", "20250109", null],
        ]);
        expect(await read(database, "select * from marts.mart_weekly_fulfilment")).toEqual([
            ["2025-01-06", "4", "1", "-4.00", "-4.00", "-4.00"],
        ]);
        expect(warningsOf(tests)).toMatchObject({
            "int_orders.milestones_have_a_time": 5,
            "int_orders.not_null.placed_at": 2,
            "fct_orders.shipped_order_was_seen_paid": 1,
            "fct_orders.shipped_after_placed": 1,
            "fct_orders.shipped_after_paid": 1,
            "mart_weekly_fulfilment.hours_are_not_negative": 1,
        });
    });

    test("add up a week over the lines whose list price is known, an unknown discount counting as none", async () => {
        const { tests } = await publish(database, {
            product: [
                makeProduct({ id: 1, price: 9.99, discount_percent: 10, at: "2025-01-01" }),
                makeProduct({ id: 2, price: 0.005, discount_percent: null, at: "2025-01-01" }),
                makeProduct({ id: 3, price: 20, discount_percent: Number.NaN, at: "2025-01-01" }),
                makeProduct({ id: 4, price: Number.NaN, discount_percent: 50, at: "2025-01-01" }),
                makeProduct({ id: 5, price: Infinity, discount_percent: -Infinity, at: "2025-01-01" }),
                makeProduct({ id: 6, price: -5, discount_percent: 150, at: "2025-01-01" }),
                makeProduct({ id: 7, price: 0.1 + 0.2, discount_percent: 33.333, at: "2025-01-01" }),
            ],
            orders: [makeOrder({ id: 1, customer: 1, at: placed }), makeOrder({ id: 2, at: "2025-01-01" })],
            orderitem: [
                makeOrderItem({ id: 1, order: 1, product: 1, quantity: 2, price: 8.991, at: placed }),
                makeOrderItem({ id: 2, order: 1, product: 2, quantity: 1, price: 0.005, at: placed }),
                makeOrderItem({ id: 3, order: 1, product: 3, quantity: 1, price: Number.NaN, at: placed }),
                makeOrderItem({ id: 4, order: 1, product: 4, quantity: 7, price: 3, at: placed }),
                makeOrderItem({ id: 5, order: 1, product: 5, quantity: null, price: 3, at: placed }),
                makeOrderItem({ id: 6, order: 1, product: 6, quantity: 1, price: -Infinity, at: placed }),
                makeOrderItem({ id: 7, order: 1, product: 7, quantity: 1, price: 0.3, at: placed }),
                makeOrderItem({ id: 8, order: 1, product: 1, quantity: null, price: 1, at: placed }),
                makeOrderItem({ id: 9, order: 1, product: 99, quantity: 4, price: 2, at: placed }),
                makeOrderItem({ id: 10, order: 2, product: 1, quantity: 0, price: null, at: placed }),
            ],
        });
        expect(
            await read(
                database,
                "select order_item_id, discount_percent, trim_scale(gross_amount), trim_scale(discount_amount), trim_scale(net_amount) from warehouse.fct_order_items order by 1",
            ),
        ).toEqual([
            ["1", "10", "19.98", "1.998", "17.982"],
            ["2", null, "0.005", "0", "0.005"],
            ["3", null, "20", "0", "20"],
            ["4", "50", null, null, null],
            ["5", null, null, null, null],
            ["6", "150", "-5", "-7.5", "2.5"],
            ["7", "33.333", "0.3", "0.099999", "0.200001"],
            ["8", "10", null, null, null],
            ["9", null, null, null, null],
            ["10", "10", "0", "0", "0"],
        ]);
        // 35.285 less -5.402001 is 40.687001: the rounded amounts add up, and lines 3 and 6 have no recorded price.
        expect(await read(database, "select * from marts.mart_weekly_discounts order by 1")).toEqual([
            ["2024-12-30", "1", "0", "0.00", "0.00", "0.00", null, null, "0"],
            ["2025-01-06", "1", "17", "35.29", "-5.40", "40.69", "18.29", "2.00", "11"],
        ]);
        expect(warningsOf(tests)).toMatchObject({
            "dim_product.discount_is_known": 3,
            "dim_product.discount_is_between_0_and_100": 1,
            "dim_product.price_is_known": 2,
            "fct_order_items.discount_is_known": 2,
            "fct_order_items.list_price_is_known": 3,
            "fct_order_items.recorded_price_is_known": 3,
            "mart_weekly_discounts.every_unit_is_priced": 1,
        });
    });

    test("price a line from the product version valid when the order was placed, never from the recorded price", async () => {
        await publish(database, {
            product: [
                makeProduct({ id: 7, price: 10, discount_percent: 7, at: "2025-01-02" }),
                makeProduct({ id: 7, price: 20, discount_percent: 0, at: placed }),
                makeProduct({ id: 7, price: 30, discount_percent: 50, at: "2025-01-08 10:00:00.000001" }),
            ],
            orders: [makeOrder({ id: 1, at: placed }), makeOrder({ id: 2, at: "2024-12-31" })],
            orderitem: [
                makeOrderItem({ id: 1, order: 1, product: 7, quantity: 3, price: -60, at: placed }),
                makeOrderItem({ id: 2, order: 2, product: 7, quantity: 1, price: 9.3, at: placed }),
            ],
        });
        expect(
            await read(
                database,
                "select order_item_id, list_price, gross_amount, discount_amount, net_amount, recorded_amount from warehouse.fct_order_items order by 1",
            ),
        ).toEqual([
            ["1", "20", "60", "0.00", "60.00", "-180"],
            ["2", "10", "10", "0.70", "9.30", "9.3"],
        ]);
        expect(await read(database, "select * from marts.mart_weekly_discounts order by 1")).toEqual([
            ["2024-12-30", "1", "1", "10.00", "0.70", "9.30", "9.30", "0.70", "0"],
            ["2025-01-06", "1", "3", "60.00", "0.00", "60.00", "-180.00", "240.00", "0"],
        ]);
    });

    test("keep lines of unknown products without amounts, and lines of unknown orders out", async () => {
        const { tests } = await publish(database, {
            orders: [makeOrder({ id: 1, customer: 5, at: placed })],
            orderitem: [
                makeOrderItem({ id: 1, order: 1, product: 99, quantity: 2, price: 4, at: placed }),
                makeOrderItem({ id: 2, order: 1, product: null, quantity: 1, at: placed }),
                makeOrderItem({ id: 3, order: 66, product: 99, at: placed }),
            ],
        });
        expect(
            await read(
                database,
                "select order_item_id, name, gross_amount, recorded_amount from warehouse.fct_order_items join warehouse.dim_product using (product_key) order by 1",
            ),
        ).toEqual([
            ["1", "Not yet extracted", null, "8"],
            ["2", "Unknown product", null, null],
        ]);
        expect(await read(database, "select * from marts.mart_weekly_discounts")).toEqual([
            ["2025-01-06", "1", "3", null, null, null, null, null, "3"],
        ]);
        expect(warningsOf(tests)).toMatchObject({
            "int_order_items.relationships.order_id": 1,
            "int_order_items.not_null.product_id": 1,
            "fct_order_items.list_price_is_known": 2,
            "fct_orders.customer_was_extracted": 1,
            "dim_product.product_was_extracted": 1,
        });
    });

    test("that came before their order are warned of until it comes, although nothing else changes then", async () => {
        const warnings = ({ tests }: RunSummary): unknown =>
            tests
                .filter(({ testName }) => testName === "int_order_items.relationships.order_id")
                .map(({ status, failingCount }) => [status, failingCount]);
        const first = await publish(database, {
            orders: [makeOrder({ id: 1, at: placed })],
            orderitem: [makeOrderItem({ id: 1, order: 1, at: placed }), makeOrderItem({ id: 2, order: 2, at: placed })],
        });
        expect(warnings(first)).toEqual([["known", 1]]);
        const modelNames = first.models.map(({ modelName }) => modelName);
        expect(modelNames.indexOf("int_order_items")).toBeGreaterThan(modelNames.indexOf("int_orders"));
        await insertLanding(
            database.connected,
            { ...emptyLanding, orders: [makeOrder({ id: 2, at: placed })] },
            "staging",
        );
        const second = await build(database, { fullRefresh: false });
        expect(changedModelsOf(second)).toEqual([
            "int_orders",
            "fct_orders",
            "fct_order_items",
            "mart_weekly_fulfilment",
            "mart_weekly_discounts",
        ]);
        expect(warnings(second)).toEqual([["passed", 0]]);
    });
});
