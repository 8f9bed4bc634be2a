import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import {
    loadMigrationStatus,
    previewRollback,
    rollbackMigrations,
    runMigrations,
    unlockMigrations,
} from "../../src/warehouse/migrations.js";
import type { Queryable } from "../../src/warehouse/queryable.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { makeProject, readWebshop } from "../setup/models.js";

const parameters = { project: readWebshop(), sourceSchema: "the Shop's" };

describeOnBothDatabases("migrations", (test) => {
    beforeEach(async () => {
        for (const schema of ['"the Shop\'s"', "reports", "marts", "warehouse", "prep", "ops"]) {
            await test.connected.query(`drop schema if exists ${schema} cascade`);
        }
    });

    it("are all pending in a database that was never migrated, and asking changes nothing", async () => {
        const { completed, pending } = await loadMigrationStatus(test.connected, parameters);
        expect([completed, pending.length, pending[0], pending[1], pending.at(-1)]).toEqual([
            [],
            31,
            "20250101000000_prep_functions",
            "project v1",
            "models/marts/mart_weekly_fulfilment v1",
        ]);
        expect((await test.connected.query("select from pg_namespace where nspname = 'ops'")).rowCount).toBe(0);
    });

    it("leave nothing when one of them fails, and all run once its cause is gone", async () => {
        const { pending } = await loadMigrationStatus(test.connected, parameters);
        const failure: unknown = await runMigrations(test.connected, parameters).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: "failed", hint: "Nothing was changed." });
        for (const name of ["customer", "product", "orders", "orderitem", "event"]) {
            expect((failure as Error).message).toMatch(
                new RegExp(`migrations/sources/webshop.ts:\\d+: The landing table the Shop's.${name} is missing.\n`),
            );
        }
        expect(await loadMigrationStatus(test.connected, parameters)).toMatchObject({ completed: [], pending });
        const { rows } = await test.connected.query(
            "select nspname as name from pg_namespace where nspname in ('ops', 'prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([]);

        await createLandingTables(test.connected, parameters.sourceSchema);
        expect((await runMigrations(test.connected, parameters)).names).toEqual(pending);
        expect(await loadMigrationStatus(test.connected, parameters)).toMatchObject({
            completed: pending,
            pending: [],
        });
        expect((await runMigrations(test.connected, parameters)).names).toEqual([]);
        const sources = await test.connected.query("select distinct source_schema from ops.source");
        expect(sources.rows).toEqual([{ source_schema: "the Shop's" }]);

        expect(await rollbackMigrations(test.connected, parameters, { all: false })).toEqual([...pending].reverse());
        expect(await loadMigrationStatus(test.connected, parameters)).toMatchObject({ completed: [], pending });
        expect(await rollbackMigrations(test.connected, parameters, { all: false })).toEqual([]);
    });

    it("take turns when two processes run them at once", async () => {
        await createLandingTables(test.connected, parameters.sourceSchema);
        const both = await Promise.all([
            runMigrations(test.connected, parameters),
            runMigrations(test.connected, parameters),
        ]);
        expect(both.map(({ names }) => names.length).sort()).toEqual([0, 31]);
    });

    const ours = `select format('%s.%s', nspname, relname) as name
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in ('prep', 'warehouse', 'marts') and relkind in ('r', 'v')
        order by 1`;

    it("are not taken back while others have anything on what would go, and name all of it", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await runMigrations(connected, parameters);
        const { rows: before } = await connected.query(ours);
        await connected.query("create schema reports");
        await connected.query("create view reports.customers as select * from warehouse.dim_customer");
        await connected.query("create table reports.vip (key bigint references warehouse.dim_customer)");
        await connected.query("create policy everybody on marts.mart_weekly_discounts using (true)");
        await connected.query("create rule nobody as on delete to marts.mart_weekly_discounts do instead nothing");
        await connected.query("create publication changes for table marts.mart_weekly_discounts");
        await connected.query(
            "create statistics marts.both on week_start, item_count from marts.mart_weekly_discounts",
        );
        const refusal = {
            code: "failed",
            message: [
                "migrations/models/marts/mart_weekly_discounts.sql: marts.mart_weekly_discounts cannot be dropped: stardeck did not make policy everybody, publication changes, rule nobody, statistics both.",
                "Move or drop them first, or keep the model.",
                "",
                "migrations/models/warehouse/dim_customer.sql: warehouse.dim_customer cannot be dropped: stardeck did not make table constraint vip_key_fkey on reports.vip, view reports.customers.",
                "Move or drop them first, or keep the model.",
            ].join("\n"),
            hint: "Nothing was changed.",
        };
        const failure: unknown = await previewRollback(connected, parameters, { all: true }).catch(
            (error: unknown) => error,
        );
        expect({ ...(failure as object), message: (failure as Error).message }).toMatchObject(refusal);
        await expect(rollbackMigrations(connected, parameters, { all: true })).rejects.toMatchObject(refusal);
        await connected.query("drop schema reports cascade");
        await connected.query(
            `drop policy everybody on marts.mart_weekly_discounts;
            drop rule nobody on marts.mart_weekly_discounts;
            drop publication changes;
            drop statistics marts.both`,
        );
        expect((await connected.query(ours)).rows).toEqual(before);
        const loss = await previewRollback(connected, parameters, { all: true });
        expect((await connected.query(ours)).rows).toEqual(before);
        const names = await rollbackMigrations(connected, parameters, { all: true });
        expect([loss.migrations, loss.models.length]).toEqual([names, 18]);
        expect((await connected.query(ours)).rows).toEqual([]);
    });

    it("leave alone what others have in a schema, and the schema", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await connected.query("create schema marts");
        await connected.query("create table marts.budget (week date)");
        await runMigrations(connected, parameters);
        await connected.query("create table warehouse.plan (week date)");
        await rollbackMigrations(connected, parameters, { all: true });
        const { rows } = await connected.query(
            "select nspname as name from pg_namespace where nspname in ('prep', 'warehouse', 'marts') order by 1",
        );
        expect(rows).toEqual([{ name: "marts" }, { name: "warehouse" }]);
        expect((await connected.query("select from marts.budget, warehouse.plan")).rowCount).toBe(0);
    });

    it("tell all problems at once: a name that is taken, and a column that a landing table lacks", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await connected.query(`alter table "the Shop's".customer rename column email to mail`);
        await connected.query("create schema marts");
        await connected.query("create table marts.mart_weekly_discounts (week date)");
        const failure: unknown = await runMigrations(connected, parameters).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: "failed", hint: "Nothing was changed." });
        const { message } = failure as Error;
        expect(message).toContain(
            "migrations/models/marts/mart_weekly_discounts.sql: marts.mart_weekly_discounts is there already, and stardeck did not make it.\nRename it, or move it to another schema, and migrate again.\n",
        );
        expect(message).toMatch(
            /\nmigrations\/models\/prep\/stg_customer.sql:(\d+): Column "email" does not exist.\n\1 │ .*email.*\n +\^\n/,
        );
        expect(message).toMatch(
            /\nmigrations\/sources\/webshop.ts:\d+: The landing table the Shop's.customer is not as declared: column email \(text\) is missing.\n/,
        );
        expect((await connected.query(ours)).rows).toEqual([{ name: "marts.mart_weekly_discounts" }]);
    });

    it("say that a newer stardeck was here, a newer state of the project, and that only a part was restored", async () => {
        const { connected } = test;
        await createLandingTables(connected, parameters.sourceSchema);
        await runMigrations(connected, parameters);
        await connected.query("insert into ops.tool_migration (name, batch) values ('0099_future', 2)");
        const newer = {
            code: "failed",
            message: "A newer stardeck has worked on this database, and keeps there what this one does not know.",
            hint: "Use that version of stardeck, or one that is newer still.",
        };
        await expect(loadMigrationStatus(connected, parameters)).rejects.toMatchObject(newer);
        await expect(loadRegistry(connected)).rejects.toMatchObject(newer);
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject(newer);
        await connected.query("delete from ops.tool_migration where name = '0099_future'");
        await connected.query("insert into ops.migration (name, batch) values ('20990101000000_future', 2)");
        await expect(runMigrations(connected, parameters)).rejects.toMatchObject({
            message:
                "A newer state of the project has migrated this database: the files have no 20990101000000_future.",
        });
        await connected.query("drop table ops.run cascade");
        for (const open of [() => loadRegistry(connected), () => runMigrations(connected, parameters)]) {
            await expect(open()).rejects.toMatchObject({
                code: "failed",
                message: "Only a part of this warehouse was restored: ops.run is missing.",
            });
        }
        await connected.query("drop schema ops cascade");
        const torn = {
            code: "failed",
            message:
                "Only a part of this warehouse was restored: marts, prep, warehouse are there, but the tables in ops that say what it holds are missing.",
        };
        await expect(loadMigrationStatus(connected, parameters)).rejects.toMatchObject(torn);
        await expect(loadRegistry(connected)).rejects.toMatchObject(torn);
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

    it("that are versioned run once, in TypeScript as it is, and are refused when they were edited afterwards", async () => {
        const { connected } = test;
        const folder = await mkdtemp(join(tmpdir(), "stardeck-migrations-"));
        try {
            const name = "20260101000000_add_function";
            const path = `migrations/${name}.ts`;
            const text = `import type { Knex } from "knex";
export async function up(knex: Knex): Promise<void> {
    await knex.raw("create function prep.seven() returns int language sql immutable as 'select 7'");
}
export async function down(knex: Knex): Promise<void> {
    await knex.raw("drop function prep.seven()");
}
`;
            await mkdir(join(folder, "migrations"));
            await writeFile(join(folder, path), text);
            const project = (checksum: string, select: string): typeof parameters => ({
                project: makeProject({
                    folder,
                    migrations: [{ name, path, checksum }],
                    models: [{ name: "seven", layer: "prep", select }],
                }),
                sourceSchema: "staging",
            });
            const first = project("one", "select prep.seven() as seven");
            await writeFile(join(folder, path), text.replace("select 7", "select seven from prep.seven"));
            await expect(runMigrations(connected, first)).rejects.toHaveProperty(
                "hint",
                expect.stringContaining("prep.seven is made by the same `stardeck migrate`, but after all versioned"),
            );
            await writeFile(join(folder, path), text);
            const counts: number[] = [];
            const counting = {
                ...first,
                check: async (queryable: Queryable) => {
                    counts.push((await queryable.query("update ops.model set tags = tags")).rowCount);
                },
            };
            const { names } = await runMigrations(connected, counting);
            expect([names, counts]).toEqual([[name, "project v1", "models/prep/seven v1"], [1]]);
            expect((await connected.query("select seven from prep.seven")).rows).toEqual([{ seven: 7 }]);
            await expect(runMigrations(connected, project("two", "select 1 as seven"))).rejects.toMatchObject({
                message: `${path} was edited after it ran: nothing of the edit would reach this database.`,
                hint: "Undo the edit, and write what is to change into a new migration.",
            });
            expect(await rollbackMigrations(connected, first, { all: true })).toEqual([
                "models/prep/seven v1",
                "project v1",
                name,
            ]);
            expect((await connected.query("select from pg_namespace where nspname = 'prep'")).rowCount).toBe(0);
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});
