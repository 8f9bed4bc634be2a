import { beforeAll, expect, test } from "vitest";
import * as untimedMilestones from "../../migrations/20250103000000_untimed_milestones.js";
import * as pricedLines from "../../migrations/20250103000100_priced_lines.js";
import * as eventCustomers from "../../migrations/20250103000200_event_customers.js";
import { loadMigrationStatus, rollbackMigrations, runMigrations } from "../../src/warehouse/migrations.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { migrate } from "../engine/migrate.js";
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

    test("is the same again after the changes of models were taken back one by one", async () => {
        const changes = [untimedMilestones, pricedLines, eventCustomers];
        await migrate(database.connected, async (knex) => {
            for (const change of [...changes].reverse()) {
                await change.down(knex);
            }
        });
        const before = await dumpSchema(database.connected);
        expect(before).not.toContain("unpriced_item_count");
        expect(before).not.toContain("has_untimed_milestone");
        expect(before).not.toContain("nesting_depth");
        await migrate(database.connected, async (knex) => {
            for (const change of changes) {
                await change.up(knex);
            }
        });
        expect(await dumpSchema(database.connected)).toBe(dump);
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
