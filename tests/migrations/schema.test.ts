import { beforeAll, expect, test } from "vitest";
import { loadMigrationStatus, rollbackMigrations } from "../../src/warehouse/migrations.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { migrateWebshop, readWebshop } from "../setup/models.js";
import { dumpSchema } from "./dump-schema.js";

const parameters = { project: readWebshop(), sourceSchema: "staging" };

describeOnBothDatabases("the schema that the webshop's files make", (database) => {
    let dump = "";

    beforeAll(async () => {
        await createLandingTables(database.connected, "staging");
        await migrateWebshop(database.connected);
        dump = await dumpSchema(database.connected);
    });

    test("is the one that is checked in (vitest -u writes it)", async () => {
        await expect(dump).toMatchFileSnapshot("schema.txt");
    });

    test("is the same again after all of it was rolled back", async () => {
        const { completed } = await loadMigrationStatus(database.connected, parameters);
        const rolledBack = await rollbackMigrations(database.connected, parameters, { all: true });
        expect(rolledBack).toEqual([...completed].reverse());
        const { rows } = await database.connected.query<{ name: string }>(
            "select nspname as name from pg_namespace where nspname in ('prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([]);
        expect((await database.connected.query("select from ops.model")).rowCount).toBe(0);
        await migrateWebshop(database.connected);
        expect(await dumpSchema(database.connected)).toBe(dump);
    });
});
