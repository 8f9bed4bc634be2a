import { beforeAll, expect, it } from "vitest";
import { findSources } from "../../src/warehouse/find-sources.js";
import { describeOnBothDatabases } from "../setup/databases.js";

describeOnBothDatabases("findSources", (test) => {
    beforeAll(async () => {
        await test.connected.query("create schema shop");
        await test.connected.query('create schema "Back Office"');
        await test.connected.query(
            "create table shop.orders (id uuid primary key, total numeric, updated_at timestamptz)",
        );
        await test.connected.query("comment on table shop.orders is 'What was ordered.'");
        await test.connected.query(
            'create table shop."Order Items" ("order" uuid not null, position int not null, note text, unique ("order", position) include (note))',
        );
        await test.connected.query("create table shop.landed (id int, modified_at timestamp, updated_at timestamp)");
        await test.connected.query("create table shop.heap (a int, b text, unique (a))");
        await test.connected.query("create view shop.totals as select 1 as total");
        await test.connected.query("create materialized view shop.sums as select 1 as sums_id, now() as updated_at");
        await test.connected.query(
            "create table shop.events (id int, day date, primary key (id, day)) partition by list (day)",
        );
        await test.connected.query("create table shop.events_rest partition of shop.events default");
        await test.connected.query('create table "Back Office".orders (id int primary key)');
        await test.connected.query('create table "Back Office".staff (id int primary key, "Modified" date)');
        await test.connected.query("create table shop.nothing ()");
    });

    it("tells kind, key and version column of every table and view", async () => {
        const { sources, left, schemas } = await findSources(test.connected);
        expect(
            sources.map(({ schema, name, table, kind, key, isKeyKnown, versionColumn }) =>
                [
                    schema,
                    name === table ? name : `${name} of ${table}`,
                    kind,
                    key.join("+"),
                    isKeyKnown ? "" : "?",
                    versionColumn ?? "",
                ].join(" | "),
            ),
        ).toEqual([
            "Back Office | orders | table | id |  | ",
            "Back Office | staff | table | id |  | Modified",
            "shop | Order Items | table | order+position |  | ",
            "shop | events | table | id+day |  | ",
            "shop | heap | table | a | ? | ",
            "shop | landed | versions | id |  | modified_at",
            "shop | shop_orders of orders | table | id |  | updated_at",
            "shop | sums | view | sums_id | ? | ",
            "shop | totals | view | total | ? | ",
        ]);
        expect(left).toEqual(["shop.nothing has no columns."]);
        expect(schemas).toEqual(expect.arrayContaining(["Back Office", "shop", "public"]));
    });
});

describeOnBothDatabases("findSources in a warehouse", { template: "models" }, (test) => {
    it("finds the landing tables, and nothing that stardeck made of them", async () => {
        const { sources } = await findSources(test.connected);
        expect([...new Set(sources.map(({ schema }) => schema))]).toEqual(["staging"]);
        expect(sources.map(({ name }) => name)).toEqual(
            expect.arrayContaining(["customer", "event", "orderitem", "orders", "product"]),
        );
    });
});
