import { beforeAll, expect, test } from "vitest";
import { rememberModelViews } from "../../src/warehouse/model-views.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { createSmallWarehouse } from "../engine/small-warehouse.js";
import { describeOnBothDatabases } from "../setup/databases.js";

describeOnBothDatabases("the fingerprints of models", (database) => {
    beforeAll(() => createSmallWarehouse(database.connected));

    const load = async (): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> => {
        await database.connected.withTransaction(rememberModelViews);
        const { models } = await loadRegistry(database.connected);
        return Object.fromEntries(models.map(({ name, fingerprint }) => [name, fingerprint]));
    };
    /** The parts of each model's fingerprint that a change alters. */
    const findChanges = async (statements: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> => {
        const before = await load();
        for (const statement of statements) {
            await database.connected.query(statement);
        }
        const after = await load();
        return Object.fromEntries(
            Object.entries(after)
                .map(([name, parts]) => [
                    name,
                    [...new Set([...Object.keys(parts), ...Object.keys(before[name] ?? {})])]
                        .filter((part) => parts[part] !== before[name]?.[part])
                        .sort(),
                ])
                .filter(([, parts]) => parts?.length !== 0),
        ) as Readonly<Record<string, readonly string[]>>;
    };

    test("name what a model reads through other views, up to the next tables", async () => {
        const fingerprints = await load();
        expect(Object.keys(fingerprints.mart_customers ?? {}).sort()).toEqual([
            "columns",
            "key",
            "select",
            "view warehouse.paid_orders",
        ]);
        expect(Object.keys(fingerprints.stg_order ?? {}).sort()).toEqual(["columns", "key", "select"]);
    });

    test("stay the same where nothing has changed, or only rows", async () => {
        expect(await findChanges(["insert into staging.orders (id, amount) values (1, '2')"])).toEqual({});
    });

    test("change in a view, and in every model that reads it", async () => {
        expect(
            await findChanges([
                "create or replace view warehouse.paid_orders as select order_id, customer_id, amount from warehouse.fct_orders where status in ('PAID', 'SHIPPED')",
            ]),
        ).toEqual({ mart_customers: ["view warehouse.paid_orders"], paid_orders: ["select"] });
    });

    test("change with a function that is called by a function of a model", async () => {
        expect(
            await findChanges([
                "create function prep.one() returns int language sql immutable as 'select 1'",
                "create function prep.two() returns int language sql immutable as 'select prep.one() + 1'",
                "create or replace view prep.stg_visit as select distinct on (id) id as visit_id, page || prep.two() as page from staging.visit order by id",
            ]),
        ).toEqual({
            fct_visits: ["function prep.one()", "function prep.two()", "view prep.stg_visit"],
            stg_visit: ["function prep.one()", "function prep.two()", "select"],
        });
        expect(
            await findChanges([
                "create or replace function prep.one() returns int language sql immutable as 'select 5'",
            ]),
        ).toEqual({ fct_visits: ["function prep.one()"], stg_visit: ["function prep.one()"] });
    });

    test("change with aggregates, operators, domains, enum and composite types", async () => {
        const parts = [
            "aggregate prep.total(integer)",
            "function prep.add(integer,integer)",
            "function prep.is_fine(integer)",
            "function prep.nearly(integer,integer)",
            "operator prep.~~~(integer,integer)",
            "type prep.mood",
            "type prep.pair",
            "type prep.positive",
        ];
        expect(
            await findChanges([
                "create function prep.add(integer, integer) returns integer language sql immutable as 'select $1 + $2'",
                "create function prep.nearly(integer, integer) returns boolean language sql immutable as 'select abs($1 - $2) < 2'",
                "create function prep.is_fine(integer) returns boolean language sql immutable as 'select $1 > 0'",
                "create aggregate prep.total(integer) (sfunc = prep.add, stype = integer, initcond = '0')",
                "create operator prep.~~~ (leftarg = integer, rightarg = integer, function = prep.nearly)",
                "create domain prep.positive as integer check (prep.is_fine(value))",
                "create type prep.mood as enum ('good', 'bad')",
                "create type prep.pair as (one integer)",
                `create or replace view prep.stg_visit as
                select distinct on (id) id as visit_id,
                    page || (select prep.total(1::prep.positive)) || (1 operator(prep.~~~) 2) || 'bad'::prep.mood || array[row(1)::prep.pair]::text as page
                from staging.visit order by id`,
            ]),
        ).toMatchObject({
            fct_visits: expect.arrayContaining([...parts, "view prep.stg_visit"]) as object,
            stg_visit: expect.arrayContaining([...parts, "select"]) as object,
        });
        for (const [statement, name] of [
            ["drop aggregate if exists prep.none(integer)", null],
            [
                "create or replace aggregate prep.total(integer) (sfunc = prep.add, stype = integer, initcond = '7')",
                parts[0],
            ],
            ["alter domain prep.positive add check (value < 100)", parts[7]],
            ["alter type prep.mood rename value 'good' to 'fine'", parts[5]],
            ["alter type prep.pair rename attribute one to two", parts[6]],
            [
                "create or replace function prep.is_fine(integer) returns boolean language sql immutable as 'select $1 > 1'",
                parts[2],
            ],
        ] as const) {
            expect(await findChanges([statement])).toEqual(
                name === null ? {} : { fct_visits: [name], stg_visit: [name] },
            );
        }
    });
});
