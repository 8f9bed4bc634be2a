import { beforeAll, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { planMigrations } from "../../src/warehouse/migrations.js";
import { build, landCustomers, landOrders } from "../engine/small-builds.js";
import { smallProject } from "../engine/small-warehouse.js";
import { describeOnServer } from "../setup/databases.js";
import { makeProject, migrateTo, sourceSchema, type TestProject } from "../setup/models.js";

const select = smallProject.models
    .find(({ name }) => name === "dim_customer")
    ?.select.replace(
        "select customer_id, name, modified_at as valid_from",
        "select customer_id, name, length(name) as name_length, modified_at as valid_from",
    );

/** One column more than before. */
const changed: TestProject = {
    ...smallProject,
    models: smallProject.models.map((model) =>
        model.name === "dim_customer" && select !== undefined ? { ...model, select } : model,
    ),
};

interface Seen {
    readonly rows: number;
    readonly names: number;
    readonly reported: number;
    readonly oid: string;
    readonly grants: string;
}

describeOnServer("a reader of a built warehouse, every 10 ms", { template: "small" }, (test) => {
    beforeAll(async () => {
        const { connected } = test;
        await landCustomers(connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(connected, { id: 1 }, { id: 2, customer: 2, amount: "20" });
        await build(connected);
        await connected.query("create schema reports");
        await connected.query("create view reports.customers as select * from warehouse.dim_customer");
        await connected.query("grant select on warehouse.dim_customer to pg_monitor");
        await connected.query("create table reports.note (customer_id int references marts.mart_customers)");
    });

    it("misses no table, column or row while a column is planned, added, built and taken back", async () => {
        const before = await look(test.connected);
        expect(before).toMatchObject({ rows: 2, names: 2, reported: 2 });
        const seen: Seen[] = [];
        const stopping = new AbortController();
        const reading = (async () => {
            while (!stopping.signal.aborted) {
                seen.push(await look(test.connected));
                await new Promise((resolve) => {
                    setTimeout(resolve, 10);
                });
            }
        })();
        const { models } = await planMigrations(test.connected, { project: makeProject(changed), sourceSchema });
        expect(models[0]?.foreign).toEqual(["grant select to pg_monitor", "view reports.customers"]);
        await migrateTo(test.connected, changed);
        const count = "select count(name_length)::int as count from warehouse.dim_customer";
        expect((await test.connected.query(count)).rows).toEqual([{ count: 0 }]);
        expect((await build(test.connected)).status).toBe("ok");
        expect((await test.connected.query(count)).rows).toEqual([{ count: 2 }]);
        await migrateTo(test.connected, smallProject);
        expect((await build(test.connected)).status).toBe("ok");
        stopping.abort();
        await reading;
        expect(seen.length).toBeGreaterThan(10);
        expect(seen.filter((each) => JSON.stringify(each) !== JSON.stringify(before))).toEqual([]);
    });
});

async function look(database: Database): Promise<Seen> {
    const { rows } = await database.query<Seen>(
        `select
            count(*)::int as rows, count(name)::int as names, (select count(*)::int from reports.customers) as reported,
            'warehouse.dim_customer'::regclass::oid::text as oid,
            (select relacl::text from pg_class where oid = 'warehouse.dim_customer'::regclass) as grants
        from warehouse.dim_customer`,
    );
    const [seen] = rows;
    if (seen === undefined) {
        throw new Error("a SELECT of counts gave no row");
    }
    return seen;
}
