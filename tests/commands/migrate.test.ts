import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { describeOnBothDatabases, describeOnServer } from "../setup/databases.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { parseJsonLines, runStardeck } from "./run-stardeck.js";

describeOnBothDatabases("migrate", {}, (database) => {
    it("makes models before any data has landed, says what it did, and has nothing to do afterwards", async () => {
        const before = parseJsonLines((await runStardeck(database, ["migrate", "--status", "--json"])).stdout);
        expect(new Set(before.map((line) => line.status))).toEqual(new Set(["pending"]));
        const first = await runStardeck(database, ["migrate"]);
        expect(first.exitCode).toBe(0);
        expect(first.stdout).toMatch(/^completed {4}\d{14}_operations\n/);
        expect(first.stderr).toBe(`Made empty landing tables in schema staging.\nRan ${before.length} migrations.\n`);
        const second = await runStardeck(database, ["migrate"]);
        expect(second).toEqual({ exitCode: 0, stdout: "", stderr: "Nothing to migrate.\n" });
    });

    it("takes everything back and goes forward again", { timeout: 240_000 }, async () => {
        expect((await runStardeck(database, ["migrate", "--rollback", "--all"])).exitCode).toBe(0);
        const { rows } = await database.connected.query(
            "select nspname from pg_namespace where nspname in ('prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([]);
        expect((await runStardeck(database, ["ls"])).stderr).toBe(
            "This database holds no stardeck warehouse yet.\nRun `stardeck migrate` first.\n",
        );
        expect((await runStardeck(database, ["migrate"])).exitCode).toBe(0);
    });

    it.each([
        [["--all"], "--all goes with --rollback.\n"],
        [["--status", "--rollback"], "--status and --rollback exclude each other.\n"],
    ])("refuses %j", async (flags, stderr) => {
        expect(await runStardeck(database, ["migrate", ...flags])).toEqual({ exitCode: 2, stdout: "", stderr });
    });
});

describe("with landing tables in another schema", () => {
    describeOnServer("migrate and debug", {}, (database) => {
        it("name the schema that holds them", async () => {
            await createLandingTables(database.connected, "public");
            expect(await runStardeck(database, ["migrate"])).toEqual({
                exitCode: 1,
                stdout: "",
                stderr: 'The schema "staging" holds no landing tables, but "public" does.\nUse --source-schema public, or set STARDECK_SOURCE_SCHEMA.\n',
            });
            const checked = await runStardeck(database, ["debug"]);
            expect(checked.exitCode).toBe(1);
            expect(checked.stdout).toContain(
                "✗ landing tables in staging: none; found in public\n  Use --source-schema public.\n",
            );
            const migrated = await runStardeck(database, ["migrate", "--source-schema", "public"]);
            expect(migrated.exitCode).toBe(0);
        });

        it("find a table that is missing and columns that are missing or of another type", async () => {
            await database.connected.query("alter table public.category rename to kategorie");
            await database.connected.query("alter table public.productbrand rename column modified_at to changed_at");
            await database.connected.query("alter table public.paymentprovider alter column id type bigint");
            const { exitCode, stdout } = await runStardeck(database, ["debug", "--source-schema", "public"]);
            expect(exitCode).toBe(1);
            expect(stdout).toContain("✗ source public.category: not found\n");
            expect(stdout).toContain(
                "✗ source public.productbrand: column modified_at (timestamp without time zone) is missing\n",
            );
            expect(stdout).toContain("✗ source public.paymentprovider: column id is bigint, expected integer\n");
            expect(stdout).toContain("✓ source public.orders: columns as expected, 0 rows, not watched\n");
            await database.connected.query("drop view prep.stg_customer cascade");
            expect((await runStardeck(database, ["debug", "--source-schema", "public"])).stdout).toContain(
                "✗ model stg_customer: the view prep.stg_customer is gone\n",
            );
        });
    });
});

describe("landing tables that models cannot read", () => {
    describeOnServer("migrate", {}, (database) => {
        const refused = async (sql: string): Promise<string> => {
            const { connected } = database;
            await connected.query("create schema shop");
            await createLandingTables(connected, "shop");
            await connected.query(sql);
            const { exitCode, stdout, stderr } = await runStardeck(database, ["migrate", "--source-schema", "shop"]);
            await connected.query("drop schema shop cascade");
            expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
            return stderr;
        };
        const correct =
            "Correct the landing table, or the extract that makes it, and migrate again: nothing was changed.\n";

        it("names a table that is missing", async () => {
            expect(await refused("drop table shop.orderitem")).toBe(
                `The landing table shop.orderitem is missing.\n${correct}`,
            );
        });

        it("names every column of a table that is missing or of another type", async () => {
            expect(await refused("alter table shop.orders drop column status, alter column id type bigint")).toBe(
                `The landing table shop.orders is not as declared: column status (text) is missing; column id is bigint, expected integer.\n${correct}`,
            );
        });

        it("takes any type of text for text", async () => {
            const { connected } = database;
            await connected.query("create schema shop");
            await createLandingTables(connected, "shop");
            await connected.query("alter table shop.customer alter name type varchar(50), alter email type char(9)");
            const migrated = await runStardeck(database, ["migrate", "--source-schema", "shop"]);
            expect(migrated.exitCode).toBe(0);
            const { stdout } = await runStardeck(database, ["debug", "--source-schema", "shop"]);
            expect(stdout).toContain("✓ source shop.customer: columns as expected, 0 rows, not watched\n");
        });
    });
});

describe("knexfile.ts", () => {
    describeOnServer("on a migrated database", { template: "migrated" }, (database) => {
        it("shows Knex the same migrations under the same names", async () => {
            const { stdout } = await promisify(execFile)(
                process.execPath,
                ["node_modules/knex/bin/cli.js", "--knexfile", "knexfile.ts", "migrate:status"],
                {
                    cwd: join(import.meta.dirname, "../.."),
                    env: { ...process.env, DATABASE_URL: database.flags[1] },
                },
            );
            expect(stdout).toContain("No Pending Migration files Found.");
            expect(stdout).toContain("_mart_weekly_discounts");
        });
    });
});
