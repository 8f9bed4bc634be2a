import { beforeEach, expect, it } from "vitest";
import { loadMigrationStatus, rollbackMigrations, runMigrations } from "../../src/warehouse/migrations.js";
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
            message: "The landing table the Shop's.customer is missing.",
            hint: "Correct the landing table, or the extract that makes it, and migrate again: nothing was changed.",
        });
        expect(await loadMigrationStatus(test.connected)).toEqual({ completed: [], pending });
        const { rows } = await test.connected.query(
            "select nspname as name from pg_namespace where nspname in ('ops', 'prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([{ name: "ops" }]);

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
});
