import { beforeAll, expect, it } from "vitest";
import type { UnitTestDefinition } from "../../../src/project/definitions.js";
import { runUnitTest, type UnitTestResult } from "../../../src/warehouse/unit-tests/run-unit-test.js";
import { describeOnBothDatabases } from "../../setup/databases.js";

const select = `with paid as (select * from shop.orders where status = 'PAID')
select customer.customer_id, customer.name, count(paid.order_id)::int as order_count, sum(paid.amount) as total, max(paid.placed_on) as last_on
from shop.customer
left join paid using (customer_id)
group by customer.customer_id, customer.name`;

describeOnBothDatabases("a unit test", (database) => {
    beforeAll(async () => {
        await database.connected.query(`
            create schema shop;
            create table shop.base (order_id int not null primary key, customer_id int, status text, amount numeric(12,2), placed_on date,
                tags text[], payload json, details jsonb);
            insert into shop.base values (99, 99, 'PAID', 1, '2020-01-01');
            create view shop.orders as select * from shop.base;
            create table shop.customer (customer_id int, name text);
            insert into shop.customer values (99, 'Landed');`);
    });

    const run = (
        definition: UnitTestDefinition,
        options: { select?: string; primaryKey?: readonly string[] } = {},
    ): Promise<UnitTestResult> =>
        database.connected.withTransaction((connection) =>
            runUnitTest(
                connection,
                {
                    name: "mart_customers",
                    select: options.select ?? select,
                    primaryKey: options.primaryKey ?? ["customer_id"],
                },
                { name: "counts_paid_orders", definition },
            ),
        );

    const given = {
        customer: [{ customer_id: 1, name: "Ada" }, { customer_id: 2 }],
        "shop.orders": [
            { order_id: 1, customer_id: 1, status: "PAID", amount: 10.5, placed_on: "2025-01-01" },
            { order_id: 2, customer_id: 1, status: "PAID", amount: "0.1", placed_on: "2025-02-01" },
            { order_id: 3, customer_id: 2, status: "PLACED" },
        ],
    };

    it("passes where the rows come out in any order, whatever else there is", async () => {
        const expect_ = [
            { customer_id: 2, name: null, order_count: 0, total: null, last_on: null },
            { customer_id: 1, name: "Ada", order_count: 2, total: 10.6, last_on: "2025-02-01" },
        ];
        expect(await run({ given, expect: expect_ })).toMatchObject({
            status: "passed",
            message: null,
            differences: [],
        });
        expect((await database.connected.query("select * from shop.base")).rowCount).toBe(1);
    });

    it("compares the columns that are named, and tells the cells that differ", async () => {
        expect(
            await run({
                given,
                expect: [
                    { customer_id: 1, order_count: 3 },
                    { customer_id: 3, order_count: 1 },
                ],
            }),
        ).toMatchObject({
            status: "failed",
            columns: ["customer_id", "order_count"],
            differences: [
                { expected: ["1", "3"], found: ["1", "2"] },
                { expected: ["3", "1"], found: null },
                { expected: null, found: ["2", "0"] },
            ],
        });
    });

    it("counts rows that are there more than once, where nothing tells them apart", async () => {
        expect(
            await run(
                { given: { orders: [{ status: "a" }, { status: "a" }] }, expect: [{ status: "a" }, { status: "b" }] },
                { select: "select status from shop.orders", primaryKey: [] },
            ),
        ).toMatchObject({
            status: "failed",
            differences: [
                { expected: ["b"], found: null },
                { expected: null, found: ["a"] },
            ],
        });
    });

    it("takes arrays, json, nulls and numbers as they are written", async () => {
        const row = { tags: ["x", null, "a b"], payload: { b: 1, a: [true] }, details: { a: [true], b: 1 }, amount: 2 };
        expect(
            await run(
                { given: { orders: [row] }, expect: [{ ...row, payload: { a: [true], b: 1 }, amount: "2.00" }] },
                { select: "select tags, payload, details, amount from shop.orders", primaryKey: [] },
            ),
        ).toMatchObject({ status: "passed", differences: [] });
    });

    it("takes what is not given as empty, and no expected rows for none", async () => {
        expect(await run({ given: {}, expect: [] })).toMatchObject({ status: "passed" });
        expect(await run({ given: { customer: [{ customer_id: 1, name: "Ada" }] }, expect: [] })).toMatchObject({
            status: "failed",
            columns: ["customer_id", "name", "order_count", "total", "last_on"],
            differences: [{ expected: null, found: ["1", "Ada", "0", null, null] }],
        });
    });

    it.each([
        {
            what: "a relation that the SELECT does not read",
            definition: { given: { custmer: [] }, expect: [] },
            message: 'mart_customers does not read "custmer". Did you mean customer?',
            path: ["given", "custmer"],
        },
        {
            what: "a column that is not there",
            definition: { given: { customer: [{ customer_id: 1 }, { nam: "Ada" }] }, expect: [] },
            message: 'There is no column "nam" of customer. Did you mean name?',
            path: ["given", "customer", 1, "nam"],
        },
        {
            what: "a value of another type",
            definition: { given: { customer: [{ customer_id: "one" }] }, expect: [] },
            message: '"customer_id" is integer: invalid input syntax for type integer: "one".',
            path: ["given", "customer", 0, "customer_id"],
        },
        {
            what: "an expected column that does not come out",
            definition: { given: {}, expect: [{ customers: 1 }] },
            message: 'There is no column "customers" of mart_customers. Did you mean customer_id?',
            path: ["expect", 0, "customers"],
        },
        {
            what: "rows over which the SELECT fails",
            select: "select 1 / amount as x from shop.orders",
            definition: { given: { orders: [{ amount: 0 }] }, expect: [] },
            message: "Its SELECT fails over these rows: division by zero.",
            path: [],
        },
    ])("is broken by $what", async ({ definition, message, path, select: other }) => {
        expect(await run(definition as UnitTestDefinition, other === undefined ? {} : { select: other })).toMatchObject(
            { status: "broken", message, path },
        );
    });
});
