import { afterEach, expect, it } from "vitest";
import { verifyModels } from "../../src/engine/verify.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { loadSourceAge } from "../../src/warehouse/source-freshness.js";
import { loadSourceStatus } from "../../src/warehouse/source-status.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { migrateTo, type TestSource } from "../setup/models.js";
import { build, modelOf, rowsOf, statusesOf } from "./small-builds.js";

describeOnBothDatabases("sources of every kind", (test) => {
    afterEach(async () => {
        await test.connected.query("drop schema if exists shop cascade");
        await migrateTo(test.connected, { models: [] });
    });

    it("builds from a table and a view that have no version column", async () => {
        await makeShop(test, { name: "customer", schema: "shop", kind: "table", versionColumn: null });
        expect(statusesOf(await build(test.connected))).toEqual({ customers: "ok" });
        await test.connected.query("update shop.customer set name = 'Ada L.' where id = 1");
        await test.connected.query("delete from shop.customer where id = 2");
        await test.connected.query("insert into shop.customer values (3, 'Grace')");
        expect(statusesOf(await build(test.connected))).toEqual({ customers: "ok" });
        expect(await rowsOf(test.connected, "select * from marts.customers order by id")).toEqual([
            ["1", "Ada L."],
            ["3", "Grace"],
        ]);
        expect(modelOf(await build(test.connected), "customers").scope).toEqual({
            kind: "none",
            reason: "nothing new",
        });
        expect(await differences(test)).toBe(0);
    });

    if (test.kind === "server") {
        it("builds from a foreign table, whose rows are elsewhere", async () => {
            const { hostname, port, username, password, pathname } = new URL(test.flags[1] ?? "");
            await test.connected.query(`
                create schema shop;
                create schema far;
                create table far.customer (id int primary key, name text);
                insert into far.customer values (1, 'Ada'), (2, 'Bob');
                create extension postgres_fdw schema far;
                create server elsewhere foreign data wrapper postgres_fdw
                    options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
                create user mapping for current_user server elsewhere
                    options (user '${username}', password '${decodeURIComponent(password)}');
                create foreign table shop.customer (id int, name text) server elsewhere options (schema_name 'far')`);
            await migrateTo(test.connected, {
                sources: [{ name: "customer", schema: "shop", kind: "view", versionColumn: null }],
                models: [customers],
            });
            expect(statusesOf(await build(test.connected))).toEqual({ customers: "ok" });
            await test.connected.query(`
                update far.customer set name = 'Ada L.' where id = 1;
                delete from far.customer where id = 2;
                insert into far.customer values (3, 'Grace')`);
            expect(modelOf(await build(test.connected), "customers").rows).toEqual({
                inserted: 1,
                updated: 1,
                deleted: 1,
                unchanged: 0,
            });
            expect(modelOf(await build(test.connected), "customers").scope?.kind).toBe("none");
            expect(await differences(test)).toBe(0);
            await test.connected.query("drop schema far cascade");
        });
    }

    it("knows no age of a source without a time, and the age of one with a time zone in UTC", async () => {
        await makeShop(test, { name: "customer", schema: "shop", kind: "table", versionColumn: "id" });
        const [source] = (await loadRegistry(test.connected)).sources;
        if (source === undefined) {
            throw new Error("no source");
        }
        expect(await loadSourceAge(test.connected, source)).toEqual({
            kind: "found",
            newest: null,
            ageHours: null,
            freshness: "not watched",
        });
        expect(await loadSourceStatus(test.connected, source)).toEqual({
            kind: "found",
            rowCount: 2,
            newest: null,
            ageHours: null,
            freshness: "not watched",
        });
        await test.connected.query("alter table shop.customer add column seen timestamptz");
        await test.connected.query("update shop.customer set seen = '2025-01-02 03:00+03' where id = 1");
        await test.connected.query("update shop.customer set seen = 'infinity' where id = 2");
        const timed = { ...source, versionColumn: "seen" };
        expect(await loadSourceAge(test.connected, timed)).toMatchObject({ newest: "2025-01-02T00:00:00" });
        expect(await loadSourceStatus(test.connected, timed)).toMatchObject({
            rowCount: 2,
            newest: "2025-01-02T00:00:00",
        });
    });

    it.each([
        ["integer", ["1", "2", "3"]],
        ["bigint", ["9007199254740993", "9007199254740994", "9007199254740995"]],
        ["numeric", ["1", "1.5", "NaN"]],
        ["double precision", ["1", "Infinity", "2"]],
        ["date", ["2025-01-01", "infinity", "2025-01-02"]],
        ["timestamptz", ["2025-01-01 00:00+01", "2025-01-01 00:30+01", "2025-01-01 00:00+00"]],
        ["text", ["a", "b", "ä"]],
        ["varchar(9)", ["a", "b", "c"]],
        [
            "uuid",
            [
                "01940000-0000-7000-8000-000000000001",
                "01940000-0000-7000-8000-000000000002",
                "01950000-0000-7000-8000-000000000000",
            ],
        ],
        ["bytea", ["\\x01", "\\x02", "\\x03"]],
        ["json", ["1", "2", "3"]],
    ])("finds new versions by a version column of type %s, and late ones", async (type, versions) => {
        await test.connected.query("create schema shop");
        await test.connected.query(`create table shop.customer (id int, part text, name text, version ${type})`);
        await migrateTo(test.connected, {
            sources: [{ name: "customer", schema: "shop", key: ["id", "part"], versionColumn: "version" }],
            models: [
                {
                    ...customers,
                    select: "select id, string_agg(concat(part, name, version), ' ' order by part, name) as name from shop.customer group by id",
                    affectedBy: { customer: "select id from changed" },
                },
            ],
        });
        for (const [place, version] of [...versions, versions[0]].entries()) {
            await test.connected.query(
                `insert into shop.customer values (${(place % 2) + 1}, 'p', '${place}', '${version ?? ""}')`,
            );
            expect(statusesOf(await build(test.connected))).toEqual({ customers: "ok" });
            expect(await differences(test)).toBe(0);
        }
        expect(modelOf(await build(test.connected), "customers").scope?.kind).toBe("none");
    });
});

const customers = {
    name: "customers",
    layer: "marts",
    select: "select id, name from shop.customer",
    primaryKey: ["id"],
} as const;

async function makeShop(test: TestDatabase, source: TestSource): Promise<void> {
    await test.connected.query("create schema shop");
    await test.connected.query("create table shop.customer (id int primary key, name text)");
    await test.connected.query("insert into shop.customer values (1, 'Ada'), (2, 'Bob')");
    await migrateTo(test.connected, { sources: [source], models: [customers] });
}

/** How many models differ from what a full refresh would make of them. */
async function differences(test: TestDatabase): Promise<number> {
    const results = await verifyModels(test.connected, {
        select: [],
        exclude: [],
        onResult: () => undefined,
    });
    return results.filter(({ status }) => status !== "equal").length;
}
