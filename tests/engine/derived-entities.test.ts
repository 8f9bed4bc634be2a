import { beforeAll, expect, it } from "vitest";
import { previewBuild } from "../../src/engine/preview-build.js";
import { verifyModels, type VerifyResult } from "../../src/engine/verify.js";
import { loadRegistry, type TableModel } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { migrateTo, type TestModel } from "../setup/models.js";
import { build, changesOf, landCustomers, landOrders, modelOf, rowsOf } from "./small-builds.js";
import { createSmallWarehouse, smallProject } from "./small-warehouse.js";

const marts: readonly TestModel[] = [
    {
        name: "mart_rank",
        layer: "marts",
        select: "select order_id, rank() over (order by amount desc) as place from warehouse.fct_orders",
        primaryKey: ["order_id"],
    },
    {
        name: "mart_share",
        layer: "marts",
        select: `select customer_id, round(100 * sum(amount) / sum(sum(amount)) over ())::int as percent
            from warehouse.fct_orders group by customer_id`,
        primaryKey: ["customer_id"],
    },
    {
        name: "mart_top",
        layer: "marts",
        select: "select order_id, amount from warehouse.fct_orders order by amount desc, order_id limit 2",
        primaryKey: ["order_id"],
    },
    {
        name: "mart_figures",
        layer: "marts",
        select: "select 1 as one, count(*)::int as order_count, sum(amount) as total from warehouse.fct_orders",
        primaryKey: ["one"],
    },
    {
        name: "mart_names",
        layer: "marts",
        select: `select coalesce(customer_name, '(nobody)') as label, customer_name, count(*)::int as order_count
            from warehouse.fct_orders group by customer_name`,
        primaryKey: ["label"],
        entityKey: ["customer_name"],
    },
    {
        name: "mart_pairs",
        layer: "marts",
        select: `select customer_id, status, count(*)::int as order_count
            from warehouse.fct_orders where status is not null group by customer_id, status`,
        primaryKey: ["customer_id", "status"],
        entityKey: ["customer_id", "status"],
    },
    {
        name: "mart_versions",
        layer: "marts",
        select: `select md5(customer_id::text || valid_from::text) as version_key, customer_id,
                row_number() over (partition by customer_id order by valid_from) as version_number
            from warehouse.dim_customer`,
        primaryKey: ["version_key"],
    },
    {
        name: "mart_misled",
        layer: "marts",
        select: "select customer_id, sum(amount) as total from warehouse.fct_orders group by customer_id",
        primaryKey: ["customer_id"],
        affectedBy: { fct_orders: "select customer_id from changed where false" },
    },
];

const outcome: Readonly<Record<string, string>> = {
    mart_rank: "select order_id, place from marts.mart_rank order by 1",
    mart_share: "select customer_id, percent from marts.mart_share order by 1",
    mart_top: "select order_id, amount from marts.mart_top order by 1",
    mart_figures: "select one, order_count, total from marts.mart_figures",
    mart_names: "select label, order_count from marts.mart_names order by 1",
    mart_pairs: "select customer_id, status, order_count from marts.mart_pairs order by 1, 2",
};

describeOnBothDatabases("entities that follow from the SELECT", {}, (database) => {
    async function verify(): Promise<readonly VerifyResult[]> {
        return verifyModels(database.connected, {
            select: [],
            exclude: [],
            onResult: () => undefined,
            signal: new AbortController().signal,
        });
    }

    async function keys(): Promise<Record<string, readonly string[]>> {
        const { models } = await loadRegistry(database.connected);
        const tables = models.filter((model): model is TableModel => model.materialisation === "table");
        return Object.fromEntries(tables.map(({ name, entityKey }) => [name, entityKey]));
    }

    beforeAll(async () => {
        await createSmallWarehouse(database.connected);
        await migrateTo(database.connected, { ...smallProject, models: [...smallProject.models, ...marts] });
        await landCustomers(database.connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(database.connected, { id: 1 }, { id: 2, amount: "5" }, { id: 3, customer: 2, amount: "20" });
        await build(database.connected);
    });

    it("are by the first column that tells them, or by none", async () => {
        expect(await keys()).toMatchObject({
            mart_rank: [],
            mart_share: [],
            mart_top: [],
            // One row is one entity.
            mart_figures: ["one"],
            mart_names: ["customer_name"],
            mart_pairs: ["customer_id", "status"],
            // The key is a hash, so PostgreSQL would number all versions before it selects those of one key.
            mart_versions: ["customer_id"],
            mart_misled: ["customer_id"],
        });
    });

    it("are rebuilt alone, and whole what has none, and the plan says why", async () => {
        // One order moves to another customer, and one has an unknown customer.
        await landOrders(
            database.connected,
            { id: 2, customer: 2, amount: "5", modifiedAt: "2025-01-02" },
            { id: 4, customer: 9, amount: "30", modifiedAt: "2025-01-02" },
        );
        const { models } = await previewBuild(database.connected, {
            command: "build",
            select: ["mart_rank", "fct_orders", "mart_names"],
            exclude: [],
            fullRefresh: false,
            threads: 1,
            signal: new AbortController().signal,
        });
        expect(models.map(({ modelName, action, reason }) => `${modelName}: ${action}, ${reason}`)).toEqual([
            "fct_orders: affected, orders: 2 new rows",
            "mart_names: if-upstream-changes, if fct_orders changes",
            "mart_rank: if-upstream-changes, if fct_orders changes, and then whole: a window without PARTITION BY lets each row reach all others",
        ]);
        const built = await build(database.connected);
        expect(changesOf(built)).toEqual({
            fct_orders: "2 entities: +1 ~1 -0 =0",
            mart_customers: "3 entities: +1 ~2 -0 =0",
            mart_figures: "1 entities: +0 ~1 -0 =0",
            mart_names: "3 entities: +1 ~2 -0 =0",
            mart_pairs: "3 entities: +1 ~2 -0 =0",
            mart_rank: "all: +1 ~3 -0 =0",
            mart_share: "all: +1 ~2 -0 =0",
            mart_top: "all: +1 ~0 -1 =1",
        });
        expect(modelOf(built, "mart_rank").scope).toEqual({
            kind: "all",
            reason: "changes in fct_orders: a window without PARTITION BY lets each row reach all others",
        });
        const rows = await Promise.all(
            Object.entries(outcome).map(async ([name, sql]) => [name, await rowsOf(database.connected, sql)] as const),
        );
        expect(Object.fromEntries(rows)).toEqual({
            mart_rank: [
                ["1", "3"],
                ["2", "4"],
                ["3", "2"],
                ["4", "1"],
            ],
            mart_share: [
                ["1", "15"],
                ["2", "38"],
                ["9", "46"],
            ],
            mart_top: [
                ["3", "20"],
                ["4", "30"],
            ],
            mart_figures: [["1", "4", "65"]],
            mart_names: [
                ["(nobody)", "1"],
                ["Ada", "1"],
                ["Bob", "2"],
            ],
            mart_pairs: [
                ["1", "PAID", "1"],
                ["2", "PAID", "2"],
                ["9", "PAID", "1"],
            ],
        });
    });

    it("are held against a full refresh, also where the model's file says them", async () => {
        const differing = (await verify()).filter(({ status }) => status !== "equal");
        expect(differing).toMatchObject([{ modelName: "mart_misled", status: "differs" }]);
    });

    it("are derived anew when somebody changes a view that the model reads", async () => {
        const mapping = "select affected_by from ops.model_upstream where model_name = 'mart_customers'";
        expect((await rowsOf(database.connected, mapping))[0]?.[0]).not.toContain("order_id > 0");
        await database.connected.query(
            `create or replace view warehouse.paid_orders as
            select order_id, customer_id, amount from warehouse.fct_orders where status = 'PAID' and order_id > 0`,
        );
        await build(database.connected);
        expect((await rowsOf(database.connected, mapping))[0]?.[0]).toContain("order_id > 0");
        expect(changesOf(await build(database.connected))).toEqual({});
    });
});
