import { beforeEach, describe, expect, it } from "vitest";
import { buildIsListedSql } from "../../src/engine/source-delta.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { previewBuild } from "../../src/engine/preview-build.js";
import { verifyModels } from "../../src/engine/verify.js";
import { build, changesOf, landCustomers, landOrders, modelOf, rowsOf, statusesOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

describeOnBothDatabases("a list of keys in a condition", (test) => {
    it.each(["a", "", " ", "null", '"', "\\", "\\n", "two\nlines", "a\ttab", "{a,b}", "it's", "\u001b[31m", "ä🦊"])(
        "finds %j and no other",
        async (key) => {
            const { rows } = await test.connected.query(
                `select key from (values ($1), ('other'), (null)) as given (key) where ${buildIsListedSql("key", ["x,y", key])}`,
                [key],
            );
            expect(rows).toEqual([{ key }]);
        },
    );
});

describeOnBothDatabases("new landing rows", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await landOrders(
            test.connected,
            { id: 1, modifiedAt: "2025-01-01 10:00" },
            { id: 2, modifiedAt: "2025-01-05 10:00" },
            { id: 3, modifiedAt: "2025-01-10 10:00" },
        );
        expect((await build(test.connected)).status).toBe("ok");
    });

    /** Builds, returns the result for orders, and checks that a full refresh would change nothing. */
    async function buildOrders(): Promise<[string | undefined, string | undefined]> {
        const summary = await build(test.connected);
        expect(summary.models.filter(({ status }) => status !== "ok")).toEqual([]);
        const refreshed = await build(test.connected, { fullRefresh: true });
        expect(Object.values(changesOf(refreshed)).filter((change) => !change.startsWith("all: +0 ~0 -0"))).toEqual([]);
        return [changesOf(summary).fct_orders, modelOf(summary, "fct_orders").scope?.reason];
    }

    it("are found above the newest version seen", async () => {
        await landOrders(
            test.connected,
            { id: 1, amount: "11", modifiedAt: "2025-01-11" },
            { id: 4, modifiedAt: "2025-01-12" },
        );
        expect(await buildOrders()).toEqual(["2 entities: +1 ~1 -0 =0", "orders: 2 new rows"]);
    });

    it("are found although their version is old", async () => {
        await landOrders(
            test.connected,
            { id: 4, modifiedAt: "2024-06-01" },
            { id: 2, amount: "99", modifiedAt: "2025-01-05 09:00" },
        );
        expect(await buildOrders()).toEqual(["2 entities: +1 ~0 -0 =1", "orders: 2 new rows, late ones among them"]);
    });

    it("are found although their version is the newest seen", async () => {
        await landOrders(test.connected, { id: 4, modifiedAt: "2025-01-10 10:00" });
        expect(await buildOrders()).toEqual(["1 entities: +1 ~0 -0 =0", "orders: 1 new row, late ones among them"]);
    });

    it("are found late and recent at once", async () => {
        await landOrders(test.connected, { id: 5, modifiedAt: "2025-01-20" }, { id: 4, modifiedAt: "2024-01-01" });
        expect(await buildOrders()).toEqual(["2 entities: +2 ~0 -0 =0", "orders: 2 new rows, late ones among them"]);
    });

    it.each([null, "infinity", "-infinity", "0044-03-15 BC", "12025-01-01"])(
        "are found with the version %s",
        async (modifiedAt) => {
            await landOrders(test.connected, { id: 4, modifiedAt });
            const [change] = await buildOrders();
            expect(change).toBe("1 entities: +1 ~0 -0 =0");
            await landOrders(test.connected, { id: 5, modifiedAt }, { id: 6, modifiedAt: "2025-01-20" });
            expect(await buildOrders()).toEqual([
                "2 entities: +2 ~0 -0 =0",
                "orders: 2 new rows, late ones among them",
            ]);
        },
    );

    it("change nothing when they are delivered again", async () => {
        await landOrders(
            test.connected,
            { id: 3, modifiedAt: "2025-01-10 10:00" },
            { id: 1, modifiedAt: "2025-01-01 10:00" },
        );
        expect(await buildOrders()).toEqual(["2 entities: +0 ~0 -0 =2", "orders: 2 new rows, late ones among them"]);
        expect(await buildOrders()).toEqual([undefined, "nothing new"]);
    });

    it("without an id affect nothing", async () => {
        await landOrders(test.connected, { id: null, modifiedAt: "2025-01-20" });
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ fct_orders: "none: +0 ~0 -0 =0" });
        expect(changesOf(await build(test.connected))).toEqual({});
    });

    it("are found in a source that was empty, and after a build that found nothing", async () => {
        expect(changesOf(await build(test.connected))).toEqual({});
        await landCustomers(test.connected, [1, "Ada", "2020-01-01"]);
        expect(changesOf(await build(test.connected))).toEqual({
            dim_customer: "1 entities: +1 ~0 -0 =0",
            // Only the customer's key has changed in fct_orders, and mart_customers does not read it.
            fct_orders: "3 entities: +0 ~3 -0 =0",
        });
    });

    it("are counted for each model that reads them on its own", async () => {
        await landOrders(test.connected, { id: 4, modifiedAt: "2025-01-20" });
        await build(test.connected, { select: ["fct_visits"] });
        expect(changesOf(await build(test.connected))).toMatchObject({ fct_orders: "1 entities: +1 ~0 -0 =0" });
    });

    describe("that are fewer than before", () => {
        const isGone =
            "The landing table staging.orders had 3 rows and now has 2: landing rows must never go away. If that is meant to be so, build with --accept-source-shrink: everything that reads it is then rebuilt.";

        it("fail the models that read them, until that is accepted, and no others", async () => {
            await test.connected.query("delete from staging.orders where id = 2");
            await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
            const refused = await build(test.connected);
            expect(statusesOf(refused)).toEqual({
                stg_customer: "ok",
                stg_order: "ok",
                stg_visit: "ok",
                dim_customer: "ok",
                fct_visits: "ok",
                fct_orders: "failed",
                paid_orders: "skipped",
                mart_customers: "skipped",
            });
            expect(modelOf(refused, "fct_orders").message).toBe(isGone);
            expect(changesOf(refused)).toEqual({ dim_customer: "1 entities: +1 ~0 -0 =0" });
            expect(await rowsOf(test.connected, "select count(*) from warehouse.fct_orders")).toEqual([["3"]]);
            expect(
                await rowsOf(
                    test.connected,
                    "select status, message from ops.model_run where model_name = 'fct_orders' order by run_id desc limit 1",
                ),
            ).toEqual([["failed", isGone]]);
            const accepted = await build(test.connected, { acceptSourceShrink: true });
            expect(changesOf(accepted)).toEqual({
                fct_orders: "all: +0 ~2 -1 =0",
                mart_customers: "1 entities: +0 ~1 -0 =0",
            });
            expect(modelOf(accepted, "fct_orders").scope?.reason).toBe("orders: rows are gone: 3 before, 2 now");
            expect(changesOf(await build(test.connected))).toEqual({});
        });

        it("are what a full refresh builds from, and a build after it", async () => {
            await test.connected.query("delete from staging.orders where id = 2");
            const refreshed = await build(test.connected, { fullRefresh: true });
            expect(refreshed.status).toBe("ok");
            expect(changesOf(refreshed)).toMatchObject({
                fct_orders: "all: +0 ~0 -1 =2",
                mart_customers: "all: +0 ~1 -0 =0",
            });
            expect(changesOf(await build(test.connected))).toEqual({});
        });

        it("are reported as gone by a preview and by verify", async () => {
            await test.connected.query("delete from staging.orders where id = 2");
            const wish = {
                command: "build" as const,
                select: ["fct_orders", "mart_customers"],
                exclude: [],
                threads: 1,
                signal: new AbortController().signal,
            };
            const plan = async (fullRefresh: boolean): Promise<unknown> =>
                (await previewBuild(test.connected, { ...wish, fullRefresh })).models.map(
                    ({ modelName, action, reason }) => [modelName, action, reason],
                );
            expect(await plan(false)).toEqual([
                [
                    "fct_orders",
                    "refused",
                    "The landing table staging.orders had 3 rows and now has 2: landing rows must never go away.",
                ],
                ["mart_customers", "none", "nothing new"],
            ]);
            expect(await plan(true)).toEqual([
                ["fct_orders", "all", "full refresh"],
                ["mart_customers", "all", "full refresh"],
            ]);
            const verified = await verifyModels(test.connected, {
                select: ["fct_orders"],
                exclude: [],
                onResult: () => undefined,
            });
            expect(verified.map(({ status, reason, isRefused }) => [status, reason, isRefused])).toEqual([
                [
                    "behind",
                    "The landing table staging.orders had 3 rows and now has 2: landing rows must never go away.",
                    true,
                ],
            ]);
        });

        it("have everything read again when more have come than gone", async () => {
            await test.connected.query("delete from staging.orders where id = 2");
            await landOrders(test.connected, { id: 4, modifiedAt: "2025-01-20" }, { id: 5, modifiedAt: "2025-01-20" });
            expect(await buildOrders()).toEqual([
                "all: +2 ~0 -1 =2",
                "orders: rows were changed in place: all are read",
            ]);
        });
    });
});

describeOnBothDatabases("new landing rows of a source with a load cursor", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        await land([1, "home", "2025-01-01", "2025-02-01"]);
        await build(test.connected);
    });

    async function land(
        ...rows: readonly (readonly [id: number, page: string, modifiedAt: string | null, loadedAt: string])[]
    ): Promise<void> {
        for (const row of rows) {
            await test.connected.query(
                "insert into staging.visit (id, page, modified_at, loaded_at) values ($1, $2, $3, $4)",
                [...row],
            );
        }
    }

    it("are those above the cursor, whatever their version", async () => {
        await land(
            [2, "late", "1999-01-01", "2025-02-02"],
            [1, "cart", null, "2025-02-02"],
            [3, "new", "2025-03-01", "2025-02-03"],
        );
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ fct_visits: "3 entities: +2 ~1 -0 =0" });
        expect(modelOf(summary, "fct_visits").scope?.reason).toBe("visit: 3 new rows");
        expect(changesOf(await build(test.connected))).toEqual({});
        expect(
            await rowsOf(test.connected, "select newest, row_count from ops.source_cursor where source_name = 'visit'"),
        ).toEqual([["2025-02-03 00:00:00", "4"]]);
    });

    it("are found although their cursor is not above the greatest seen", async () => {
        await land([2, "same load", "2025-01-01", "2025-02-01"], [3, "earlier load", "2025-01-01", "2025-01-31"]);
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ fct_visits: "2 entities: +2 ~0 -0 =0" });
        expect(modelOf(summary, "fct_visits").scope?.reason).toBe("visit: 2 new rows, late ones among them");
    });

    it("fail what reads them when there are fewer", async () => {
        await test.connected.query("delete from staging.visit");
        expect(modelOf(await build(test.connected), "fct_visits").message).toMatch(
            /^The landing table staging.visit had 1 row and now has 0: /,
        );
        expect(changesOf(await build(test.connected, { acceptSourceShrink: true }))).toEqual({
            fct_visits: "all: +0 ~0 -1 =0",
        });
    });
});

describeOnServer(
    "landing rows of a transaction that is open while their source is read",
    { template: "small" },
    (test) => {
        beforeEach(async () => {
            await emptySmallWarehouse(test.connected);
            await landOrders(test.connected, { id: 1, modifiedAt: "2025-01-10" });
        });

        it.each([
            {
                within: "it",
                begin: "select 1",
                expected: ["1 entities: +1 ~0 -0 =0", "orders: 1 new row, late ones among them"],
            },
            {
                // A snapshot does not list the ids of savepoints.
                within: "a savepoint of it",
                begin: "savepoint landing",
                expected: ["all: +1 ~0 -0 =2", "orders: which rows are new cannot be told: all are read"],
            },
        ])("are found once it has ended, when they came in $within", async ({ begin, expected }) => {
            const late =
                "insert into staging.orders (id, customer, amount, modified_at) values (2, 1, 10, '2025-01-01')";
            await openDatabase(test.settings, (loader) =>
                loader.withTransaction(async (connection) => {
                    await connection.query("select pg_current_xact_id()");
                    await connection.query(begin);
                    await connection.query(late);
                    // Transactions that begin later and end earlier.
                    await landOrders(test.connected, { id: 3, modifiedAt: "2025-01-11" });
                    expect((await build(test.connected)).status).toBe("ok");
                }),
            );
            const summary = await build(test.connected);
            expect([changesOf(summary).fct_orders, modelOf(summary, "fct_orders").scope?.reason]).toEqual(expected);
            expect(await rowsOf(test.connected, "select order_id from warehouse.fct_orders order by 1")).toEqual([
                ["1"],
                ["2"],
                ["3"],
            ]);
        });
    },
);
