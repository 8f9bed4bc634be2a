import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { runBuild } from "../../src/engine/build.js";
import { verifyModels } from "../../src/engine/verify.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { searchTimeoutMs } from "../setup/effort.js";
import { migrateTo, type TestProject } from "../setup/models.js";
import { effortOn, failuresOf } from "./build.js";

// In worlds this small nearly every model would be rebuilt whole; mostly insist on rebuilding entities.
const share = fc.constantFrom(1000, 1000, 1000, 0.2);

// And mostly let the server's counters vouch for most of the few blocks.
const tail = fc.constantFrom(1, 1, 1024);

const id = fc.integer({ min: 1, max: 6 });
const amount = fc.constantFrom("null", "0", "1", "1.0", "2.5", "'NaN'");

/** What is done to the tables of the shop, as SQL. */
const deed = fc.oneof(
    fc.tuple(id, id, amount).map(([order, customer, value]) => [
        `insert into shop.orders values (${order}, ${customer}, ${value}, clock_timestamp()) on conflict (id)
        do update set customer = excluded.customer, amount = excluded.amount, updated_at = clock_timestamp()`,
    ]),
    fc.tuple(id, amount).map(([order, value]) => [`update shop.orders set amount = ${value} where id = ${order}`]),
    id.map((order) => [`delete from shop.orders where id = ${order}`]),
    fc
        .tuple(id, id)
        .map(([order, customer]) => [
            `update shop.orders set id = ${order} + 6, customer = ${customer} where id = ${order} and not exists (select from shop.orders where id = ${order} + 6)`,
        ]),
    fc.tuple(id, id).map(([order, customer]) => [
        `insert into shop.customer select ${order}, 'k${customer}', 'n${order}'
        where not exists (select from shop.customer where (part, code) = (${order}, 'k${customer}'))`,
    ]),
    fc.tuple(id, id).map(([order, name]) => [`update shop.customer set name = 'm${name}' where part = ${order}`]),
    id.map((order) => [`delete from shop.customer where part = ${order}`]),
    fc.constant([
        "create temporary table kept on commit drop as select * from shop.orders",
        "truncate shop.orders",
        "insert into shop.orders select * from kept",
    ]),
    fc.constant(["cluster shop.orders using orders_pkey"]),
    fc.constant([
        "do $$ begin insert into shop.orders values (99, 1, 1); raise exception 'no'; exception when others then null; end $$",
    ]),
);

const project: TestProject = {
    sources: [
        { name: "orders", schema: "shop", kind: "table", versionColumn: "updated_at" },
        { name: "customer", schema: "shop", kind: "table", key: ["part", "code"], versionColumn: null },
        { name: "large_orders", schema: "shop", kind: "view", versionColumn: null },
    ],
    models: [
        {
            name: "totals",
            layer: "warehouse",
            select: "select customer, count(*) as order_count, sum(amount) as amount from shop.orders group by customer",
            primaryKey: ["customer"],
        },
        {
            name: "named",
            layer: "warehouse",
            select: `select orders.id, orders.amount, customer.name
                from shop.orders left join shop.customer on customer.part = orders.customer and customer.code = 'k1'`,
            primaryKey: ["id"],
        },
        {
            name: "by_name",
            layer: "marts",
            select: `select customer.name, count(*) as order_count, sum(orders.amount) as amount
                from shop.customer join shop.orders on orders.customer = customer.part
                where customer.name is not null group by customer.name`,
            primaryKey: ["name"],
        },
        {
            name: "pairs",
            layer: "marts",
            select: `select one.id, count(other.id) as same_amount
                from shop.orders as one left join shop.orders as other on other.amount = one.amount and other.id <> one.id
                group by one.id`,
            primaryKey: ["id"],
        },
        {
            name: "large",
            layer: "marts",
            select: `select large_orders.customer, max(totals.order_count) as order_count, count(*) as large_count
                from shop.large_orders join warehouse.totals using (customer) group by 1`,
            primaryKey: ["customer"],
        },
        {
            name: "everything",
            layer: "marts",
            select: "select part, code, rank() over (order by name, part, code) as place from shop.customer",
            primaryKey: ["part", "code"],
        },
    ],
};

describeOnBothDatabases("builds after whatever was done to tables in place", (database) => {
    beforeAll(async () => {
        const { connected } = database;
        await connected.query("create schema shop");
        await connected.query(
            "create table shop.orders (id int primary key, customer int, amount numeric, updated_at timestamptz) with (fillfactor = 10)",
        );
        await connected.query("create index on shop.orders (updated_at)");
        await connected.query("create table shop.customer (part int, code text, name text)");
        await connected.query(
            "create view shop.large_orders as select id, customer, amount from shop.orders where amount > 1",
        );
        await migrateTo(connected, project);
    });

    test(
        "leave every table as a full refresh would, also when it is done while they run",
        async () => {
            await fc.assert(
                fc.asyncProperty(
                    fc.array(
                        fc.record({
                            deeds: fc.array(deed, { maxLength: 4 }),
                            during: fc.option(fc.tuple(fc.constantFrom("totals", "named", "large"), deed, deed)),
                            wholeModelShare: share,
                            tailBlocks: tail,
                        }),
                        { minLength: 1, maxLength: 4 },
                    ),
                    async (steps) => {
                        const { connected, kind } = database;
                        await connected.query("truncate shop.orders, shop.customer");
                        const perform = (statements: readonly string[]): Promise<void> =>
                            connected.withTransaction(async (connection) => {
                                for (const statement of statements) {
                                    await connection.query(statement);
                                }
                            });
                        const build = async (
                            options: { readonly wholeModelShare: number; readonly tailBlocks: number },
                            onStarted: (modelName: string) => void,
                        ): Promise<void> => {
                            const summary = await runBuild(connected, {
                                command: "build",
                                select: [],
                                exclude: [],
                                fullRefresh: false,
                                failFast: false,
                                threads: kind === "server" ? 2 : 1,
                                ...options,
                                signal: new AbortController().signal,
                                onEvent: (event) => {
                                    if (event.type === "model-started") {
                                        onStarted(event.modelName);
                                    }
                                },
                            });
                            expect(failuresOf(summary)).toEqual([]);
                        };
                        for (const { deeds, during, ...options } of steps) {
                            for (const statements of deeds) {
                                await perform(statements);
                            }
                            await connected.query("select pg_stat_force_next_flush()");
                            const doing: Promise<void>[] = [];
                            await build(options, (modelName) => {
                                if (during !== null && during[0] === modelName) {
                                    doing.push(perform(during[1]));
                                }
                            });
                            await Promise.all(doing);
                            if (during !== null) {
                                await perform(during[2]);
                                await connected.query("select pg_stat_force_next_flush()");
                                await build(options, () => undefined);
                            }
                            const verified = await verifyModels(connected, {
                                select: [],
                                exclude: [],
                                onResult: () => undefined,
                            });
                            expect(verified.filter(({ status }) => status !== "equal")).toEqual([]);
                        }
                    },
                ),
                effortOn(database, { embedded: 3, server: 10 }),
            );
        },
        searchTimeoutMs,
    );
});
