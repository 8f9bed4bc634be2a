import { beforeEach, expect, it } from "vitest";
import {
    loadMigrationStatus,
    previewRollback,
    rollbackMigrations,
    runMigrations,
    unlockMigrations,
} from "../../src/warehouse/migrations.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { createLandingTables } from "../setup/landing-tables.js";

const parameters = { sourceSchema: "the Shop's" };

describeOnBothDatabases("migrations", (test) => {
    beforeEach(async () => {
        for (const schema of ['"the Shop\'s"', "marts", "warehouse", "prep", "ops"]) {
            await test.connected.query(`drop schema if exists ${schema} cascade`);
        }
    });

    it("are all pending in a database that was never migrated, and asking changes nothing", async () => {
        const { completed, pending } = await loadMigrationStatus(test.connected);
        expect([completed, pending.length > 20, pending[0]]).toEqual([[], true, "20250101000000_operations"]);
        expect([...pending].sort()).toEqual(pending);
        expect((await test.connected.query("select from pg_namespace where nspname = 'ops'")).rowCount).toBe(0);
    });

    it("leave nothing when one of them fails, and all run once its cause is gone", async () => {
        const { pending } = await loadMigrationStatus(test.connected);
        await expect(runMigrations(test.connected, parameters)).rejects.toMatchObject({
            code: "failed",
            message: `20250101000100_sources: ${["customer", "product", "orders", "orderitem", "event"]
                .map((name) => `The landing table the Shop's.${name} is missing.`)
                .join("\n")}`,
            hint: "Correct the landing table, or the extract that makes it, and migrate again.\nNothing was changed.",
        });
        expect(await loadMigrationStatus(test.connected)).toEqual({ completed: [], pending });
        const { rows } = await test.connected.query(
            "select nspname as name from pg_namespace where nspname in ('ops', 'prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([]);

        await createLandingTables(test.connected, parameters.sourceSchema);
        expect(await runMigrations(test.connected, parameters)).toEqual(pending);
        expect(await loadMigrationStatus(test.connected)).toEqual({ completed: pending, pending: [] });
        expect(await runMigrations(test.connected, parameters)).toEqual([]);
        const sources = await test.connected.query("select distinct source_schema from ops.source");
        expect(sources.rows).toEqual([{ source_schema: "the Shop's" }]);

        expect(await rollbackMigrations(test.connected, parameters, { all: false })).toEqual([...pending].reverse());
        expect(await loadMigrationStatus(test.connected)).toEqual({ completed: [], pending });
        expect(await rollbackMigrations(test.connected, parameters, { all: false })).toEqual([]);
    });

    it("take turns when two processes run them at once", async () => {
        await createLandingTables(test.connected, parameters.sourceSchema);
        const { pending } = await loadMigrationStatus(test.connected);
        const both = await Promise.all([
            runMigrations(test.connected, parameters),
            runMigrations(test.connected, parameters),
        ]);
        expect(both.map((names) => names.length).sort()).toEqual([0, pending.length].sort());
    });

    const ours = `select format('%s.%s', nspname, relname) as name
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in ('ops', 'prep', 'warehouse', 'marts') and relkind in ('r', 'v')
        order by 1`;

    it("are not taken back while others have anything in or on what would go, and name all of it", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await runMigrations(connected, parameters);
        const { rows: before } = await connected.query(ours);
        await connected.query("create table marts.budget (week date)");
        await connected.query("create function warehouse.margin() returns integer language sql as 'select 1'");
        await connected.query("create schema reports");
        await connected.query("create view reports.customers as select * from warehouse.dim_customer");
        await connected.query("create table reports.vip (key bigint references warehouse.dim_customer)");
        await connected.query("create view reports.runs as select * from ops.run");
        const refusal = {
            code: "failed",
            message:
                "Not all that would go was made by stardeck: function warehouse.margin(), table constraint vip_key_fkey on reports.vip, table marts.budget, view reports.customers, view reports.runs.",
            hint: "Move or drop it first. Nothing was changed.",
        };
        await expect(previewRollback(connected, parameters, { all: true })).rejects.toMatchObject(refusal);
        await expect(rollbackMigrations(connected, parameters, { all: true })).rejects.toMatchObject(refusal);
        await connected.query("drop schema reports cascade");
        await connected.query("drop table marts.budget");
        await connected.query("drop function warehouse.margin()");
        expect((await connected.query(ours)).rows).toEqual(before);
        const loss = await previewRollback(connected, parameters, { all: true });
        expect((await connected.query(ours)).rows).toEqual(before);
        const names = await rollbackMigrations(connected, parameters, { all: true });
        expect([loss.migrations, loss.models.length, loss.runCount]).toEqual([names, 18, 0]);
        expect((await connected.query(ours)).rows).toEqual([{ name: "ops.migration" }, { name: "ops.migration_lock" }]);
    });

    it("leave alone what was in a schema before them, and the schema", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await connected.query("create schema marts");
        await connected.query("create table marts.budget (week date)");
        await runMigrations(connected, parameters);
        await rollbackMigrations(connected, parameters, { all: true });
        const { rows } = await connected.query(
            "select nspname as name from pg_namespace where nspname in ('prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([{ name: "marts" }]);
        expect((await connected.query("select from marts.budget")).rowCount).toBe(0);
    });

    it("refuse a table of a model's name that was there before them", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await connected.query("create schema marts");
        await connected.query("create table marts.mart_weekly_discounts (week date)");
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject({
            code: "failed",
            message:
                "20250101004200_mart_weekly_discounts: marts.mart_weekly_discounts is there already, and stardeck did not make it.",
            hint: "Rename it, or move it to another schema, and migrate again.\nNothing was changed.",
        });
        const { rows } = await connected.query(ours);
        expect(rows).toEqual([{ name: "marts.mart_weekly_discounts" }]);
    });

    it("tell all problems at once, each with the file, the line, and what PostgreSQL says", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await connected.query(`alter table "the Shop's".customer alter column name type varchar`);
        await connected.query("create schema prep");
        await connected.query("create function prep.date_key(day date) returns integer language sql as 'select 1'");
        await connected.query("create view prep.stg_product as select 1 as one");
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject({
            message: [
                '20250101000200_prep_functions: function "date_key" already exists with same argument types',
                "",
                "20250101000400_stg_product: prep.stg_product is there already, and stardeck did not make it.",
                "",
                '20250101002200_dim_product: The SELECT of "dim_product" is none that PostgreSQL accepts: column "product_id" does not exist.',
                "migrations/sql/20250101002200_dim_product.sql:4",
                "4 │         product_id,",
                "            ^",
            ].join("\n"),
        });
    });

    it("say that a newer stardeck was here, and that only a part was restored", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await runMigrations(connected, parameters);
        await connected.query("insert into ops.migration (name, batch) values ('20990101000000_future', 2)");
        const newer = {
            code: "failed",
            message: "A newer stardeck has migrated this database: this one does not know 20990101000000_future.",
            hint: "Use that version of stardeck, or one that is newer still.",
        };
        for (const use of [loadMigrationStatus, loadRegistry]) {
            await expect(use(connected)).rejects.toMatchObject(newer);
        }
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject(newer);
        await connected.query("drop schema ops cascade");
        const torn = {
            code: "failed",
            message:
                "Only a part of this warehouse was restored: marts, prep, warehouse are there, but the tables in ops that say what it holds are missing.",
        };
        for (const use of [loadMigrationStatus, loadRegistry]) {
            await expect(use(connected)).rejects.toMatchObject(torn);
        }
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject(torn);
    });

    it("say how the lock of a killed `npx knex` is taken away", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await runMigrations(connected, parameters);
        await connected.query("update ops.migration_lock set is_locked = 1");
        await expect(rollbackMigrations(connected, parameters, { all: true })).rejects.toMatchObject({
            message: "Knex's lock on the migrations is taken: `npx knex` migrates just now, or was killed.",
            hint: "Where nobody migrates any more, `stardeck migrate --unlock` takes the lock away. Nothing was changed.",
        });
        expect([await unlockMigrations(connected), await unlockMigrations(connected)]).toEqual([true, false]);
    });
});
