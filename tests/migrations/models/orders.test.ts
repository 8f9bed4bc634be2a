import { expect, test } from "vitest";
import type { RunSummary } from "../../../src/engine/events.js";
import { emptyLanding, insertLanding } from "../../oracle/landing.js";
import { makeCustomer, makeOrder, makeOrderItem, makeProduct } from "../../oracle/make-rows.js";
import { build, changedModelsOf } from "../../properties/build.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import { prepareModels, publish, read } from "./publish.js";

const placed = "2025-01-08 10:00:00";

describeOnBothDatabases("orders and their lines", (database) => {
    prepareModels(database);

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
            ["2024-12-30", "1", "1", "10.00", "0.70", "9.30", "9.30", "0.70"],
            ["2025-01-06", "1", "3", "60.00", "0.00", "60.00", "-180.00", "240.00"],
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
            ["2025-01-06", "1", "3", null, null, null, "8.00", null],
        ]);
        const warned = Object.fromEntries(
            tests
                .filter(({ status }) => status === "warned")
                .map(({ testName, failingCount }) => [testName, failingCount]),
        );
        expect(warned).toMatchObject({
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
        expect(warnings(first)).toEqual([["warned", 1]]);
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
