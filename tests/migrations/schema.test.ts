import { beforeAll, expect, test } from "vitest";
import { loadMigrationStatus, rollbackMigrations, runMigrations } from "../../src/warehouse/migrations.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { dumpSchema } from "./dump-schema.js";

const parameters = { sourceSchema: "staging" };

describeOnBothDatabases("the schema that all migrations make", (database) => {
    let dump = "";

    beforeAll(async () => {
        await createLandingTables(database.connected, "staging");
        await runMigrations(database.connected, parameters);
        dump = await dumpSchema(database.connected);
    });

    test("is the one that is checked in (vitest -u writes it)", async () => {
        await expect(dump).toMatchFileSnapshot("schema.txt");
    });

    test("is the same again after all of it was rolled back", async () => {
        const { completed } = await loadMigrationStatus(database.connected);
        const rolledBack = await rollbackMigrations(database.connected, parameters, { all: true });
        expect(rolledBack).toEqual([...completed].reverse());
        const { rows } = await database.connected.query<{ name: string }>(
            `select namespace.nspname || '.' || relname as name
            from pg_class
            join pg_namespace as namespace on namespace.oid = relnamespace
            where nspname in ('ops', 'prep', 'warehouse', 'marts') and relkind in ('r', 'v')
            order by 1`,
        );
        expect(rows.map((row) => row.name)).toEqual(["ops.migration", "ops.migration_lock"]);
        await runMigrations(database.connected, parameters);
        expect(await dumpSchema(database.connected)).toBe(dump);
    });
});
