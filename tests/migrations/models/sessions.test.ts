import { expect, test } from "vitest";
import { emptyLanding, insertLanding } from "../../oracle/landing.js";
import { makeCustomer, makeEvent, makeOrder, makeProduct } from "../../oracle/make-rows.js";
import { build, failuresOf } from "../../properties/build.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import { publish, read } from "./publish.js";

const view = (id: number, at: string, customer: unknown = 1) =>
    makeEvent({ id, at, payload: { "customer-id": customer } });
const add = (id: number, at: string, product: unknown, customer: unknown = 1) =>
    makeEvent({ id, at, type: "ADD_PRODUCT_TO_CART", payload: { "customer-id": customer, product } });
const order = (id: number, at: string, orderId: number) =>
    makeEvent({ id, at, type: "PLACED_ORDER", payload: { order: orderId } });

describeOnBothDatabases("sessions", { template: "models" }, (database) => {
    test("end after more than 30 minutes without an event", async () => {
        await publish(database, {
            event: [
                view(3, "2025-01-06 11:00:00.000001"),
                view(1, "2025-01-06 10:00:00"),
                view(2, "2025-01-06 10:30:00"),
                view(4, "2025-01-06 11:00:00.000001"),
                view(5, "2025-01-06 10:29:00", 2),
                view(6, "2025-01-06 10:00:00", null),
            ],
        });
        expect(
            await read(
                database,
                "select customer_id, session_number, started_at, ended_at, event_count, is_last_session from warehouse.fct_sessions order by 1, 2",
            ),
        ).toEqual([
            ["1", "1", "2025-01-06 10:00:00", "2025-01-06 10:30:00", "2", "f"],
            ["1", "2", "2025-01-06 11:00:00.000001", "2025-01-06 11:00:00.000001", "2", "t"],
            ["2", "1", "2025-01-06 10:29:00", "2025-01-06 10:29:00", "1", "t"],
        ]);
    });

    test("value the cart of a last session that placed an order, at the prices of the moment", async () => {
        await publish(database, {
            customer: [
                makeCustomer({ id: 1, email: "old@x", at: "2025-01-01" }),
                makeCustomer({ id: 1, email: "new@x", at: "2025-02-01" }),
            ],
            product: [
                makeProduct({ id: 7, price: 10.005, discount_percent: 10, at: "2025-01-01" }),
                makeProduct({ id: 7, price: 99, discount_percent: 10, at: "2025-01-06 10:05:00" }),
            ],
            orders: [
                makeOrder({ id: 40, customer: 1, at: "2025-01-06 10:10:00" }),
                makeOrder({ id: 41, customer: 3, at: "2025-01-06" }),
            ],
            event: [
                add(1, "2025-01-05 09:00:00", 7),
                add(2, "2025-01-06 10:00:00", 7),
                add(3, "2025-01-06 10:04:59", 7),
                add(4, "2025-01-06 10:05:00", 8),
                order(5, "2025-01-06 10:10:00", 40),
                view(6, "2025-01-06 10:40:00"),
                // The order came in the session before the last one.
                order(7, "2025-01-06 12:00:00", 41),
                view(8, "2025-01-06 13:00:00", 3),
            ],
        });
        expect(await read(database, "select * from marts.mart_last_session_carts")).toEqual([
            ["1", "new@x", "2025-01-06 10:00:00", "2025-01-06 10:40:00", "3", "20.01", "18.01"],
        ]);
    });

    test("give a PLACED_ORDER event to the customer of its order, whoever its payload names", async () => {
        const placedBy = (id: number, orderId: unknown, customer: unknown) =>
            makeEvent({
                id,
                at: "2025-01-06 10:00:00",
                type: "PLACED_ORDER",
                payload: { order: orderId, "customer-id": customer },
            });
        const orders = [makeOrder({ id: 40, customer: 1, at: "2025-01-06" }), makeOrder({ id: 41, at: "2025-01-06" })];
        const event = [
            placedBy(1, 40, 2),
            placedBy(2, 40, null),
            // An order that names no customer, one never extracted, and none at all: the payload's customer is all there is.
            placedBy(3, 41, 3),
            placedBy(4, 99, 4),
            placedBy(5, "x", 5),
            // A customer that cannot be read.
            placedBy(6, 40, "1.5"),
            placedBy(7, 40, 2_147_483_648),
            placedBy(8, 99, "x"),
            // Only PLACED_ORDER asks its order.
            makeEvent({ id: 9, at: "2025-01-06 10:00:00", payload: { order: 40, "customer-id": 6 } }),
        ];
        await publish(database, { orders, event });
        const customers = "select event_id, customer_id, problem from prep.int_events order by 1";
        expect(await read(database, customers)).toEqual([
            ["1", "1", null],
            ["2", "1", null],
            ["3", "3", null],
            ["4", "4", null],
            ["5", "5", "order is no id"],
            ["6", "1", "customer-id is no id"],
            ["7", "1", "customer-id is no id"],
            ["8", null, "customer-id is no id"],
            ["9", "6", null],
        ]);
        expect(await read(database, "select customer_id, order_count from warehouse.fct_sessions order by 1")).toEqual([
            ["1", "4"],
            ["3", "1"],
            ["4", "1"],
            ["5", "1"],
            ["6", "0"],
        ]);

        await insertLanding(
            database.connected,
            { ...emptyLanding, orders: [makeOrder({ id: 99, customer: 1, at: "2025-01-07" })] },
            "staging",
        );
        expect(failuresOf(await build(database, { fullRefresh: false }))).toEqual([]);
        expect((await read(database, customers)).map(([id, customer]) => [id, customer])).toEqual([
            ["1", "1"],
            ["2", "1"],
            ["3", "3"],
            ["4", "1"],
            ["5", "5"],
            ["6", "1"],
            ["7", "1"],
            ["8", "1"],
            ["9", "6"],
        ]);
    });

    test("keep apart what has no customer yet and what cannot be read", async () => {
        const { tests } = await publish(database, {
            event: [
                order(1, "2025-01-06 10:00:00", 77),
                { ...view(2, "2025-01-06 10:00:00"), event: '"{broken"' },
                makeEvent({ id: 3, at: null, payload: { "customer-id": 1 } }),
                view(4, "2025-01-06 10:00:00", null),
            ],
        });
        expect(
            await read(database, "select event_id, customer_id, order_id, problem from prep.int_events order by 1"),
        ).toEqual([
            ["1", null, "77", null],
            ["2", null, null, "malformed JSON"],
            ["3", null, null, "no time"],
        ]);
        expect(await read(database, "select count(*) from prep.int_session_events")).toEqual([["0"]]);
        const counts = new Map(tests.map(({ testName, failingCount }) => [testName, failingCount]));
        expect(counts.get("int_events.payload_is_readable")).toBe(2);
        expect(counts.get("int_events.placed_order_has_its_order")).toBe(1);
    });
});
