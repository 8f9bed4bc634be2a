import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { loadCatalogue } from "../../src/browse/load-catalogue.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";

const read = { signal: new AbortController().signal, timeoutMs: 60_000 };

describeOnBothDatabases("loadCatalogue", (test) => {
    it("lists all that rows can be read from, with columns, and neither partitions nor the system's own", async () => {
        await test.connected.withTransaction(async (connection) => {
            for (const statement of [
                "create schema shop",
                'create table shop."Odd ""name" (id integer not null, "Select" numeric(12, 2), gone text, tags text[])',
                'alter table shop."Odd ""name" drop column gone',
                "create table shop.sales (sold_on date not null) partition by range (sold_on)",
                "create table shop.sales_2024 partition of shop.sales for values from ('2024-01-01') to ('2025-01-01')",
                "create view shop.counted as select count(*) as sale_count from shop.sales",
                "create materialized view shop.kept as select 1 as one",
                "create table shop.no_columns ()",
                "create sequence shop.numbers",
                "create type shop.pair as (left_part integer, right_part integer)",
                "create table public.near (id integer)",
                "create temporary table passing (id integer) on commit drop",
                ...(test.kind === "server"
                    ? [
                          "create foreign data wrapper nothing",
                          "create server elsewhere foreign data wrapper nothing",
                          "create foreign table shop.far (id integer) server elsewhere",
                      ]
                    : []),
            ]) {
                await connection.query(statement);
            }
        });
        const relations = await loadCatalogue(test.connected, read);
        expect(relations).toEqual([
            {
                schema: "public",
                name: "near",
                kind: "table",
                isVisible: true,
                columns: [{ name: "id", typeName: "integer" }],
            },
            {
                schema: "shop",
                name: 'Odd "name',
                kind: "table",
                isVisible: false,
                columns: [
                    { name: "id", typeName: "integer" },
                    { name: "Select", typeName: "numeric(12,2)" },
                    { name: "tags", typeName: "text[]" },
                ],
            },
            {
                schema: "shop",
                name: "counted",
                kind: "view",
                isVisible: false,
                columns: [{ name: "sale_count", typeName: "bigint" }],
            },
            ...(test.kind === "server"
                ? [
                      {
                          schema: "shop",
                          name: "far",
                          kind: "foreign table",
                          isVisible: false,
                          columns: [{ name: "id", typeName: "integer" }],
                      },
                  ]
                : []),
            {
                schema: "shop",
                name: "kept",
                kind: "materialised view",
                isVisible: false,
                columns: [{ name: "one", typeName: "integer" }],
            },
            { schema: "shop", name: "no_columns", kind: "table", isVisible: false, columns: [] },
            {
                schema: "shop",
                name: "sales",
                kind: "partitioned table",
                isVisible: false,
                columns: [{ name: "sold_on", typeName: "date" }],
            },
        ]);
    });
});

describeOnServer("loadCatalogue for a user with few privileges", {}, (test) => {
    it("leaves out relations and columns that may not be read", async () => {
        const role = `reader_${randomBytes(6).toString("hex")}`;
        await test.connected.query(`create role ${role} login password 'r3ader'`);
        try {
            for (const statement of [
                "create schema open_part",
                "create table open_part.half (seen integer, hidden integer)",
                "create table open_part.none (seen integer)",
                "create schema closed_part",
                "create table closed_part.all_columns (seen integer)",
                `grant usage on schema open_part to ${role}`,
                `grant select (seen) on open_part.half to ${role}`,
                `grant select on closed_part.all_columns to ${role}`,
            ]) {
                await test.connected.query(statement);
            }
            const url = new URL(test.flags[1] ?? "");
            url.username = role;
            url.password = "r3ader";
            const settings = parseSettings({ databaseUrl: url.href }, {}, test.workingFolder);
            const relations = await openDatabase(settings, (database) => loadCatalogue(database, read));
            expect(relations).toEqual([
                {
                    schema: "open_part",
                    name: "half",
                    kind: "table",
                    isVisible: false,
                    columns: [{ name: "seen", typeName: "integer" }],
                },
            ]);
        } finally {
            await test.connected.query(`drop owned by ${role}`);
            await test.connected.query(`drop role ${role}`);
        }
    });
});
