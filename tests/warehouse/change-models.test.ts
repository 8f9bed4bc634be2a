import { expect, it } from "vitest";
import { loadRegistry } from "../../src/warehouse/registry.js";
import {
    planMigrations,
    rollbackMigrations,
    runMigrations,
    UnapprovedPlanError,
} from "../../src/warehouse/migrations.js";
import { loadRememberedSchemaOrNull } from "../../src/warehouse/project-history.js";
import { build, changesOf } from "../engine/small-builds.js";
import { smallProject } from "../engine/small-warehouse.js";
import { dumpSchema } from "../migrations/dump-schema.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { makeProject, migrateTo, sourceSchema, type TestModel, type TestProject } from "../setup/models.js";

type Change = Partial<TestModel> | null;

/** The small project with some of its models changed; null removes one. */
function change(changes: Readonly<Record<string, Change>>, added: readonly TestModel[] = []): TestProject {
    return {
        ...smallProject,
        models: [
            ...smallProject.models.flatMap((model) => {
                const changed = changes[model.name];
                return changed === null ? [] : [{ ...model, ...changed }];
            }),
            ...added,
        ],
    };
}

function selectOf(name: string): string {
    return smallProject.models.find((model) => model.name === name)?.select ?? "";
}

const withNameLength = selectOf("dim_customer").replace(
    "select customer_id, name, modified_at as valid_from",
    "select customer_id, name, length(name) as name_length, modified_at as valid_from",
);

describeOnBothDatabases("a change of models", { template: "small-built", isNewForEach: true }, (test) => {
    const plan = (project: TestProject): ReturnType<typeof planMigrations> =>
        planMigrations(test.connected, { project: makeProject(project), sourceSchema });
    const rows = async (sql: string): Promise<readonly object[]> => (await test.connected.query(sql)).rows;
    const takeBack = (project: TestProject): Promise<readonly string[]> =>
        rollbackMigrations(test.connected, { project: makeProject(project), sourceSchema }, { all: false });
    const oidOf = (name: string): Promise<readonly object[]> => rows(`select '${name}'::regclass::oid::text as oid`);

    it("is nothing where the files are as they were", async () => {
        expect(await plan(smallProject)).toEqual({
            migrations: [],
            sources: [],
            seeds: [],
            layers: null,
            models: [],
            rebuilt: [],
            warnings: [],
        });
    });

    it("adds a column: the table keeps its identity and its rows, and the way back its schema", async () => {
        const before = await dumpSchema(test.connected);
        const oid = await oidOf("warehouse.dim_customer");
        await test.connected.query("create schema reports");
        await test.connected.query("create view reports.customers as select * from warehouse.dim_customer");
        const project = change({ dim_customer: { select: withNameLength } });
        const planned = await plan(project);
        expect(planned).toMatchObject({
            models: [
                {
                    name: "dim_customer",
                    kind: "changed",
                    columns: [{ name: "name_length", kind: "added", type: "integer" }],
                    downstream: ["fct_orders", "mart_customers", "paid_orders"],
                    foreign: ["view reports.customers"],
                    breaking: [],
                },
            ],
            rebuilt: ["dim_customer"],
            warnings: [],
        });
        expect(await dumpSchema(test.connected)).toBe(before);
        expect((await migrateTo(test.connected, project)).names).toEqual(["models/warehouse/dim_customer v2"]);
        expect(await oidOf("warehouse.dim_customer")).toEqual(oid);
        expect(await rows("select name, name_length from warehouse.dim_customer")).toEqual([
            { name: "Ann", name_length: null },
        ]);
        expect(await takeBack(project)).toEqual(["models/warehouse/dim_customer v2"]);
        expect(await dumpSchema(test.connected)).toBe(before);
        expect(await plan(smallProject)).toMatchObject({ models: [] });
    });

    it("drops and retypes columns only when the next build publishes, and asks first", async () => {
        const select = selectOf("fct_orders")
            .replace("latest.status, latest.amount", "latest.amount::float8 as amount")
            .replace("order_id, customer_id, status, amount", "order_id, customer_id, amount");
        const project = change({
            fct_orders: {
                select,
                columns: {},
                tests: [],
            },
            paid_orders: { select: "select order_id, customer_id, amount from warehouse.fct_orders", tests: [] },
        });
        const parameters = { project: makeProject(project), sourceSchema };
        const refusal: unknown = await runMigrations(test.connected, parameters).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(UnapprovedPlanError);
        const { models, rebuilt } = (refusal as UnapprovedPlanError).plan;
        expect(rebuilt).toEqual(["fct_orders", "mart_customers"]);
        expect(models.map(({ name, breaking }) => [name, breaking])).toEqual([
            ["fct_orders", ["changes the column amount from numeric to double precision", "drops the column status"]],
            ["paid_orders", ["changes the column amount from numeric to double precision"]],
        ]);
        expect(models[0]?.columns).toEqual([
            { name: "amount", kind: "retyped", from: "numeric", type: "double precision", readers: ["paid_orders"] },
            { name: "status", kind: "removed", from: null, type: "text", readers: ["paid_orders"] },
        ]);
        await runMigrations(test.connected, parameters, { isApproved: true });
        expect(await rows("select status, pg_typeof(amount)::text as type from warehouse.fct_orders")).toEqual([
            { status: "PAID", type: "numeric" },
        ]);
        const { models: registered } = await loadRegistry(test.connected);
        expect(
            registered.find(({ name }) => name === "fct_orders")?.columns.map(({ name, type }) => [name, type]),
        ).toEqual([
            ["order_id", "integer"],
            ["customer_id", "integer"],
            ["customer_name", "text"],
            ["amount", "double precision"],
        ]);
    });

    it("gives a column that a build has dropped its place again", async () => {
        const before = await dumpSchema(test.connected);
        const oid = await oidOf("warehouse.fct_orders");
        const project = change({
            fct_orders: {
                select: selectOf("fct_orders").replace("customer.name as customer_name, ", ""),
                columns: {},
            },
        });
        await migrateTo(test.connected, project);
        expect((await build(test.connected)).status).toBe("ok");
        await takeBack(project);
        expect(await dumpSchema(test.connected)).toBe(before);
        expect(await oidOf("warehouse.fct_orders")).toEqual(oid);
        expect((await build(test.connected)).status).toBe("ok");
        expect(await rows("select customer_id, customer_name, status from warehouse.fct_orders")).toEqual([
            { customer_id: 1, customer_name: "Ann", status: "PAID" },
        ]);
    });

    it("renames a model and a column: rows, grants and the record stay", async () => {
        const before = await dumpSchema(test.connected);
        const oid = await oidOf("marts.mart_customers");
        const project = change({
            mart_customers: {
                name: "mart_buyers",
                renamedFrom: "mart_customers",
                select: selectOf("mart_customers").replace("as total", "as paid"),
                columns: { paid: { description: "Sum of amounts.", renamedFrom: "total" } },
                tests: [],
            },
        });
        const planned = await plan(project);
        expect(planned.models).toMatchObject([
            {
                name: "mart_buyers",
                kind: "renamed",
                renamedFrom: "mart_customers",
                columns: [{ name: "paid", kind: "renamed", from: "total" }],
                breaking: ["renames marts.mart_customers to marts.mart_buyers", "renames the column total to paid"],
            },
        ]);
        expect((await migrateTo(test.connected, project)).names).toEqual([
            "models/marts/mart_buyers v1",
            "models/marts/mart_customers v2",
        ]);
        expect(await oidOf("marts.mart_buyers")).toEqual(oid);
        expect(await rows("select customer_id, paid::int from marts.mart_buyers")).toEqual([
            { customer_id: 1, paid: 5 },
        ]);
        expect(await rows("select model_name as name from ops.model_state where model_name like 'mart%'")).toEqual([
            { name: "mart_buyers" },
        ]);
        await takeBack(project);
        expect(await dumpSchema(test.connected)).toBe(before);
        expect(await oidOf("marts.mart_customers")).toEqual(oid);
    });

    it("computes nothing anew where a renaming alone has changed", async () => {
        const project = change({
            fct_orders: {
                select: selectOf("fct_orders").replace("latest.amount", "latest.amount as price"),
                columns: { price: { renamedFrom: "amount" } },
                tests: [],
            },
            paid_orders: {
                name: "paid",
                renamedFrom: "paid_orders",
                select: selectOf("paid_orders").replace("amount", "price as amount"),
                tests: [],
            },
            mart_customers: { select: selectOf("mart_customers").replaceAll("paid_orders", "paid") },
        });
        const planned = await plan(project);
        expect(planned.models.map(({ name, kind }) => [name, kind])).toEqual([
            ["fct_orders", "changed"],
            ["paid", "renamed"],
            ["mart_customers", "changed"],
        ]);
        expect(planned.rebuilt).toEqual([]);
        // A copy of a built database counts as another database, so its sources are read whole once.
        await build(test.connected);
        await migrateTo(test.connected, project);
        expect(changesOf(await build(test.connected))).toEqual({});
        await takeBack(project);
        expect(changesOf(await build(test.connected))).toEqual({});
        const other = change({
            mart_customers: {
                name: "mart_buyers",
                renamedFrom: "mart_customers",
                select: selectOf("mart_customers").replace("sum(amount)", "max(amount)"),
                tests: [],
            },
        });
        expect((await plan(other)).rebuilt).toEqual(["mart_buyers"]);
    });

    it("retypes a column and what needs its new type in one go", async () => {
        const project = change({
            fct_orders: {
                select: selectOf("fct_orders").replace("latest.amount", "latest.amount::text as amount"),
                tests: [],
            },
            paid_orders: { select: selectOf("paid_orders").replace("amount", "length(amount) as amount"), tests: [] },
        });
        await migrateTo(test.connected, project);
        expect(await rows("select amount from warehouse.fct_orders")).toEqual([{ amount: "5" }]);
        expect((await build(test.connected)).status).toBe("ok");
        expect(await rows("select total::int as total from marts.mart_customers")).toEqual([{ total: 1 }]);
        const next = change({
            fct_orders: {
                select: selectOf("fct_orders").replace("latest.amount", "'{}'::jsonb as amount"),
                tests: [],
            },
            paid_orders: {
                select: selectOf("paid_orders").replace("amount", "(amount ->> 'x')::int as amount"),
                tests: [],
            },
        });
        await test.connected.query("update warehouse.fct_orders set amount = 'five'");
        await expect(migrateTo(test.connected, next)).rejects.toThrow("fct_orders will have them after the next build");
    });

    it("refuses a name in a file that was renamed elsewhere", async () => {
        const project = change({
            paid_orders: { name: "paid", renamedFrom: "paid_orders" },
        });
        await expect(plan(project)).rejects.toMatchObject({
            message: expect.stringContaining(
                "migrations/models/marts/mart_customers.sql:2: It reads warehouse.paid_orders, which is warehouse.paid now.",
            ) as string,
        });
    });

    it("removes a model that nothing reads, and none that is read", async () => {
        const before = await dumpSchema(test.connected);
        await expect(plan(change({ paid_orders: null }))).rejects.toMatchObject({
            message: expect.stringContaining(
                "migrations/models/marts/mart_customers.sql:2: It reads warehouse.paid_orders, whose file migrations/models/warehouse/paid_orders.sql was removed.",
            ) as string,
            hint: "Nothing was changed.",
        });
        const project = change({ paid_orders: null, mart_customers: null });
        expect((await plan(project)).models.map(({ name, breaking }) => [name, breaking])).toEqual([
            ["mart_customers", ["drops table marts.mart_customers"]],
            ["paid_orders", ["drops view warehouse.paid_orders"]],
        ]);
        await migrateTo(test.connected, project);
        expect(await rows("select to_regclass('marts.mart_customers')::text as name")).toEqual([{ name: null }]);
        await takeBack(project);
        expect(await dumpSchema(test.connected)).toBe(before);
    });

    it("changes a view in the middle: what reads it stays, and its grants", async () => {
        const before = await dumpSchema(test.connected);
        if (test.kind === "server") {
            await test.connected.query("grant select on warehouse.paid_orders to pg_monitor");
        }
        const grants = "select relacl::text as acl from pg_class where oid = 'warehouse.paid_orders'::regclass";
        const acl = await rows(grants);
        const project = change({
            paid_orders: {
                select: "select customer_id, order_id, amount, status from warehouse.fct_orders where status = 'PAID'",
            },
        });
        expect(await plan(project)).toMatchObject({
            models: [
                { name: "paid_orders", columns: [{ name: "status", kind: "added" }], downstream: ["mart_customers"] },
            ],
            rebuilt: ["mart_customers"],
            warnings: [],
        });
        await migrateTo(test.connected, project);
        expect(await rows("select * from warehouse.paid_orders")).toEqual([
            { customer_id: 1, order_id: 1, amount: "5", status: "PAID" },
        ]);
        expect(await rows(grants)).toEqual(acl);
        await takeBack(project);
        expect(await rows(grants)).toEqual(acl);
        expect(await dumpSchema(test.connected)).toBe(before);
    });

    it("keeps a view that others read, and refuses to take a column from them", async () => {
        await test.connected.query("create schema reports");
        await test.connected.query("create view reports.paid as select order_id, amount from warehouse.paid_orders");
        await migrateTo(
            test.connected,
            change({
                paid_orders: { select: "select status, order_id, customer_id, amount from warehouse.fct_orders" },
            }),
        );
        expect(await rows("select * from reports.paid")).toEqual([{ order_id: 1, amount: "5" }]);
        await expect(
            plan(
                change({
                    paid_orders: {
                        select: "select order_id, customer_id, 1 as amount from warehouse.fct_orders",
                        tests: [],
                    },
                }),
            ),
        ).rejects.toMatchObject({
            message: [
                "migrations/models/warehouse/paid_orders.sql:1: warehouse.paid_orders cannot lose or retype amount, status: view reports.paid reads it.",
                "Keep the columns as they were, or drop what reads it and make that again afterwards.",
            ].join("\n"),
        });
    });

    it("runs the tests of a changed view, and publishes none that fails", async () => {
        const tests = [{ kind: "expression", name: "amount_is_known", expression: "amount is not null" }] as const;
        await expect(
            migrateTo(
                test.connected,
                change({
                    paid_orders: {
                        select: "select order_id, customer_id, null::numeric as amount from warehouse.fct_orders",
                        tests,
                    },
                }),
            ),
        ).rejects.toMatchObject({
            message: expect.stringContaining(
                'The data test "paid_orders.amount_is_known" fails for 1 row of the changed view.',
            ) as string,
            hint: "Nothing was changed.",
        });
    });

    it("changes key, grain, tests, tags, descriptions and indexes in place", async () => {
        const before = await dumpSchema(test.connected);
        const project = change({
            fct_orders: {
                grain: "one row per order and customer",
                primaryKey: ["order_id", "customer_id"],
                columns: { order_id: { description: "The number." }, status: { notNull: true } },
                indexes: [["status"]],
                tags: ["sales"],
                tests: [{ kind: "not_null", column: "order_id", severity: "warn" }],
            },
        });
        const [planned] = (await plan(project)).models;
        expect(planned?.others).toEqual([
            "key: order_id, customer_id instead of order_id",
            "grain: one row per order and customer instead of one row per order",
            "descriptions of columns",
            "contract of columns",
            "tests: - not_null.amount, - accepted_values.status, - amount_is_positive, - relationships.customer_id",
            "tests changed: not_null.order_id",
            "tags: + sales, - orders",
            "indexes: + (status), - (customer_id)",
        ]);
        expect(planned?.breaking).toEqual(["changes the key"]);
        await migrateTo(test.connected, project);
        expect(await rows("select order_id, status from warehouse.fct_orders")).toEqual([
            { order_id: 1, status: "PAID" },
        ]);
        await takeBack(project);
        expect(await dumpSchema(test.connected)).toBe(before);
    });

    it("changes sources", async () => {
        const project: TestProject = {
            ...smallProject,
            sources: smallProject.sources.map((source) =>
                source.name === "visit"
                    ? { ...source, description: "Who came.", freshness: { warnAfterHours: 1, errorAfterHours: 2 } }
                    : source,
            ),
        };
        expect((await migrateTo(test.connected, project)).names).toEqual(["sources/visit v2"]);
        expect(
            await rows(
                "select description, warn_after_hours::int as hours from ops.source where source_name = 'visit'",
            ),
        ).toEqual([{ description: "Who came.", hours: 1 }]);
        await takeBack(project);
        expect(await rows("select description from ops.source where source_name = 'visit'")).toEqual([
            { description: "visit" },
        ]);
    });

    it("follows a change of layers alone, and takes it back", async () => {
        const before = await dumpSchema(test.connected);
        const layer = (name: string, schema = name): NonNullable<TestProject["layers"]>[number] => ({
            name,
            schema,
            materialisation: "view",
        });
        const more = { ...smallProject, layers: [layer("prep"), layer("warehouse"), layer("marts"), layer("reports")] };
        expect(await plan(more)).toMatchObject({
            layers: { from: "prep, warehouse, marts", to: "prep, warehouse, marts, reports" },
            models: [],
        });
        expect((await migrateTo(test.connected, more)).names).toEqual(["project v2"]);
        expect(await plan(more)).toMatchObject({ layers: null });
        const moved = { ...smallProject, layers: [layer("first"), layer("prep"), layer("warehouse"), layer("marts")] };
        await migrateTo(test.connected, moved);
        expect(
            await rows(
                "select distinct view_schema as schema from ops.model_view where view_name like '%\\_\\_select'",
            ),
        ).toEqual([{ schema: "first" }]);
        expect(
            await rows("select to_regnamespace('prep')::text as prep, to_regnamespace('reports')::text as reports"),
        ).toEqual([{ prep: "prep", reports: null }]);
        expect((await build(test.connected)).status).toBe("ok");
        await takeBack(moved);
        await takeBack(more);
        expect(await dumpSchema(test.connected)).toBe(before);
        await test.connected.query("drop schema if exists first cascade");
    });

    it("remembers the source schema that a flag said, until the configuration says another", async () => {
        const said = { ...makeProject(smallProject), sourceSchema: "landed" };
        const load = (schema: string): Promise<string | null> =>
            loadRememberedSchemaOrNull(test.connected, { ...said, sourceSchema: schema });
        await runMigrations(
            test.connected,
            { project: { ...said, models: said.models.slice(0, 1) }, sourceSchema },
            { isApproved: true },
        );
        expect(await load("landed")).toBe("staging");
        expect(await load("raw")).toBeNull();
    });

    it("keeps options, grants and comments of views that it replaces, or makes again", async () => {
        await test.connected.query("create role stardeck_view_reader").catch(() => undefined);
        for (const statement of [
            "alter view warehouse.paid_orders set (security_barrier = true)",
            "alter view prep.stg_order set (security_barrier = true)",
            "grant select on warehouse.paid_orders to stardeck_view_reader",
            "alter default privileges in schema warehouse grant select on tables to public",
        ]) {
            await test.connected.query(statement);
        }
        const load = (): Promise<readonly object[]> =>
            rows(
                `select relname::text as name, reloptions::text as options, relacl::text as grants
                from pg_class where oid in ('warehouse.paid_orders'::regclass, 'prep.stg_order'::regclass)
                order by 1`,
            );
        const before = await load();
        expect(before).toMatchObject([{ options: "{security_barrier=true}" }, { options: "{security_barrier=true}" }]);
        await migrateTo(
            test.connected,
            change({
                stg_order: { select: selectOf("stg_order").replace("is not null", "is not null and id > 0") },
            }),
        );
        await migrateTo(
            test.connected,
            change({
                fct_orders: {
                    select: selectOf("fct_orders").replace("latest.amount", "latest.amount::float8 as amount"),
                },
            }),
        );
        expect((await build(test.connected)).status).toBe("ok");
        expect(await load()).toEqual(before);
        await test.connected.query("alter default privileges in schema warehouse revoke select on tables from public");
    });

    it("says all problems of all files at once, each with its place, and changes nothing", async () => {
        const before = await dumpSchema(test.connected);
        const changes = change(
            {
                stg_visit: { select: "select id as visit_id,\n    pag as page\nfrom {source_schema}.visit" },
                dim_customer: { select: "select customer_id from prep.stg_custmer" },
                paid_orders: {
                    select: "select order_id, customer_id, amount from warehouse.fct_orders where now() > '2025-01-01'",
                },
            },
            [
                { name: "one", layer: "prep", select: "select two_id as one_id from prep.two" },
                { name: "two", layer: "prep", select: "select one_id as two_id from prep.one" },
                { name: "three", layer: "prep", select: "selec 1" },
                { name: "four", layer: "prep", select: "select * from public.elsewhere" },
                {
                    name: "five",
                    layer: "marts",
                    select: "select 1 as five_id",
                    primaryKey: ["id"],
                    columns: { five_name: { description: "Not there." } },
                    tests: [{ kind: "expression", name: "is_five", expression: "fiv_id = 5" }],
                },
                { name: "six", layer: "marts", select: "select five_name from marts.five", primaryKey: ["five_name"] },
                { name: "seven", layer: "prep", select: "select id from staging.nowhere" },
            ],
        );
        const project = { ...changes, sources: [...(changes.sources ?? []), { name: "nowhere" }] };
        await test.connected.query("create table if not exists public.elsewhere (id int)");
        await expect(plan(project)).rejects.toMatchObject({
            message: [
                'migrations/models/marts/five.sql: The SELECT of "five" has no column "five_name".',
                "Its columns are five_id.",
                "",
                'migrations/models/marts/five.sql: The SELECT of "five" has no column "id".',
                "Its columns are five_id.",
                "",
                'migrations/models/marts/five.sql:1: The data test "five.is_five" cannot be asked: Column "fiv_id" does not exist.',
                'Perhaps you meant to reference the column "five.five_id".',
                "",
                'migrations/models/marts/six.sql:1: Column "five_name" does not exist.',
                "1 │ select five_name from marts.five",
                "           ^",
                "",
                "migrations/models/prep/four.sql:1: It reads public.elsewhere, which is neither a model nor a declared source.",
                "1 │ select * from public.elsewhere",
                "                  ^",
                "Declare it in migrations/sources, so that builds know what it depends on.",
                "",
                "migrations/models/prep/one.sql:1: The models read each other in a circle: one → two → one.",
                "1 │ select two_id as one_id from prep.two",
                "                                 ^",
                "Move what both need into a model of its own.",
                "",
                'migrations/models/prep/seven.sql:1: Relation "staging.nowhere" does not exist.',
                "1 │ select id from staging.nowhere",
                caretBelow("select id from staging.nowhere", "staging"),
                'It is the landing table of the source "nowhere". Land its rows first: `stardeck land FILE.csv staging.nowhere` makes it. Or correct its schema or its name in migrations/sources/nowhere.ts.',
                "",
                'migrations/models/prep/stg_visit.sql:2: Column "pag" does not exist.',
                "2 │     pag as page",
                "        ^",
                'Perhaps you meant to reference the column "visit.page".',
                "",
                'migrations/models/prep/three.sql:1: Syntax error at or near "selec".',
                "1 │ selec 1",
                "    ^",
                "",
                "migrations/models/warehouse/dim_customer.sql:1: There is no prep.stg_custmer, neither as a model nor as a source.",
                "1 │ select customer_id from prep.stg_custmer",
                "                            ^",
                "Did you mean prep.stg_customer?",
                "",
                "migrations/models/warehouse/paid_orders.sql:1: now() gives something else at each call.",
                "1 │ select order_id, customer_id, amount from warehouse.fct_orders where now() > '2025-01-01'",
                caretBelow("select order_id, customer_id, amount from warehouse.fct_orders where now() > '", "now()"),
                'Leave it out, or set rebuild: "always" in the file beside it: each build then computes all its rows.',
            ].join("\n"),
            hint: "Nothing was changed.",
        });
        expect(await dumpSchema(test.connected)).toBe(before);
    });

    it("refuses SELECTs whose rows change by themselves, unless each build computes all of them", async () => {
        const select =
            "select order_id, customer_id, amount, now() as seen_at, 'today'::date as day from warehouse.fct_orders";
        await expect(plan(change({ paid_orders: { select } }))).rejects.toMatchObject({
            message: [
                "migrations/models/warehouse/paid_orders.sql:1: 'today' is another at each reading.",
                `1 │ ${select}`,
                caretBelow(select, "::date"),
                'Leave it out, or set rebuild: "always" in the file beside it: each build then computes all its rows.',
                "",
                "migrations/models/warehouse/paid_orders.sql:1: now() gives something else at each call.",
                `1 │ ${select}`,
                caretBelow(select, "now()"),
                'Leave it out, or set rebuild: "always" in the file beside it: each build then computes all its rows.',
            ].join("\n"),
        });
        await expect(plan(change({ paid_orders: { select, rebuild: "always" } }))).rejects.toMatchObject({
            message: expect.stringContaining(
                '"mart_customers" reads the view warehouse.paid_orders, which is another at each reading.',
            ) as string,
        });
    });

    it("warns of a declared entity key by which nothing is saved, and applies it all the same", async () => {
        const select =
            "select order_id, rank() over (partition by customer_id order by amount) as place from warehouse.fct_orders";
        const ranked = { name: "ranked", layer: "marts", select, primaryKey: ["order_id"] };
        const warningsBy = async (...entityKey: readonly string[]): Promise<readonly string[]> =>
            (await plan({ ...smallProject, models: [...smallProject.models, { ...ranked, entityKey }] })).warnings;
        expect(await warningsBy("order_id")).toEqual([
            "migrations/models/marts/ranked.sql: The entity key order_id does not reach the tables that ranked reads: PostgreSQL computes all its rows before it takes those of some entities, in the plan's node WindowAgg. `stardeck explain ranked` says more.",
        ]);
        expect(await warningsBy("place")).toEqual([
            expect.stringMatching(
                /^migrations\/models\/marts\/ranked\.sql: The entity key place saves nothing: whenever a table changes that ranked reads, all its rows are computed, because .+\.$/,
            ),
        ]);
    });

    it("holds a SELECT to the types that its files say", async () => {
        const columns = {
            order_id: { type: "int4" },
            amount: { type: "decimal(12, 2)" },
            customer_id: { type: "numbr" },
        };
        await expect(plan(change({ paid_orders: { columns } }))).rejects.toMatchObject({
            message: [
                'migrations/models/warehouse/paid_orders.sql: The SELECT of "paid_orders" gives amount the type numeric, and its contract says numeric(12,2).',
                "Cast it in the SELECT, or change the contract.",
                "",
                'migrations/models/warehouse/paid_orders.sql: PostgreSQL knows no type "numbr".',
            ].join("\n"),
        });
    });

    it("is refused for a database of another project", async () => {
        await expect(plan({ ...smallProject, name: "other" })).rejects.toMatchObject({
            code: "failed",
            message: 'This database holds the project "test", and the files are those of "other".',
        });
    });
});

/** The line below a line of a file, with a caret below a part of it. */
function caretBelow(line: string, part: string): string {
    return `${" ".repeat("1 │ ".length + line.indexOf(part))}^`;
}
