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
        const first = await runStardeck(database, ["migrate", "--landing-tables"]);
        expect(first.exitCode).toBe(0);
        expect(first.stdout).toMatch(/^completed {4}\d{14}_prep_functions\ncompleted {4}project v1\n/);
        expect(first.stderr).toBe(
            `Made empty landing tables in schema staging.\nRan ${before.length} migrations.\n\`stardeck build\` computes 12 tables whole.\n`,
        );
        const second = await runStardeck(database, ["migrate"]);
        expect(second).toEqual({ exitCode: 0, stdout: "", stderr: "Nothing to migrate.\n" });
    });

    it("takes everything back and goes forward again", { timeout: 240_000 }, async () => {
        const asked = await runStardeck(database, ["migrate", "--rollback", "--all"]);
        expect(asked).toMatchObject({ exitCode: 2, stdout: "" });
        expect(asked.stderr).toMatch(
            /^This takes back \d+ migrations, and with it:\n( {2}table (marts|prep|warehouse)\.\w+, \d+ [kM]B\n| {2}view prep\.\w+\n){18}Landing tables stay as they are\.\nNothing was taken back: nobody can be asked here\.\nAdd --yes to take it back without a question\.\n$/,
        );
        expect((await runStardeck(database, ["ls"])).exitCode).toBe(0);
        expect((await runStardeck(database, ["migrate", "--rollback", "--all", "--yes"])).exitCode).toBe(0);
        const { rows } = await database.connected.query(
            "select nspname from pg_namespace where nspname in ('prep', 'warehouse', 'marts')",
        );
        expect(rows).toEqual([]);
        expect((await runStardeck(database, ["ls"])).stderr).toBe("0 models\n");
        expect((await runStardeck(database, ["migrate"])).exitCode).toBe(0);
    });

    it.each([
        [["--all"], "--all goes with --rollback.\n"],
        [["--status", "--rollback"], "--status and --rollback exclude each other.\n"],
        [["--landing-tables", "--rollback"], "--landing-tables does not go with --rollback.\n"],
        [["--rollback", "--unlock"], "--rollback and --unlock exclude each other.\n"],
    ])("refuses %j", async (flags, stderr) => {
        expect(await runStardeck(database, ["migrate", ...flags])).toEqual({ exitCode: 2, stdout: "", stderr });
    });
});

const schemas = "select nspname from pg_namespace where nspname in ('staging', 'ops', 'prep', 'warehouse', 'marts')";

describeOnBothDatabases("migrate on a database that holds nothing", {}, (database) => {
    it("makes empty landing tables, for the demo", async () => {
        const { exitCode, stderr } = await runStardeck(database, ["migrate"]);
        expect([exitCode, stderr.split("\n")[0]]).toEqual([0, "Made empty landing tables in schema staging."]);
        expect((await database.connected.query(schemas)).rowCount).toBe(5);
    });
});

describeOnServer("migrate on a server where others have made something", {}, (database) => {
    it.each([
        ["a schema", "create schema others", "drop schema others"],
        ["a table", "create table public.others (id bigint)", "drop table public.others"],
        ["a function", "create function public.others() returns integer return 1", "drop function public.others"],
    ])("makes no landing tables beside %s without an explicit word, and says the way out", async (_, make, drop) => {
        await database.connected.query(make);
        expect(await runStardeck(database, ["migrate"])).toEqual({
            exitCode: 1,
            stdout: "",
            stderr: 'The schema "staging" does not exist: stardeck reads customer, product, orders, orderitem, event, category, productbrand, productcategory, customeraddress, paymentprovider, customerpaymentprovider from there, and among what others have made it makes them only when asked to.\nLet the extract land them and name its schema by --source-schema; or, for the demo, run `stardeck seed` first, or `stardeck migrate --landing-tables` for empty ones. Nothing was changed.\n',
        });
        expect((await database.connected.query(schemas)).rowCount).toBe(0);
        await database.connected.query(drop);
    });
});

describeOnBothDatabases("in a schema that somebody else made", {}, (database) => {
    const relations = async (): Promise<number> => {
        const { rowCount } = await database.connected.query(
            "select from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname in ('raw', 'ops', 'prep')",
        );
        return rowCount;
    };

    it("migrate and seed make nothing and say what is missing", async () => {
        await database.connected.query("create schema raw");
        expect(await runStardeck(database, ["migrate", "--source-schema", "raw"])).toEqual({
            exitCode: 1,
            stdout: "",
            stderr: 'The schema "raw" holds no landing tables: stardeck reads customer, product, orders, orderitem, event, category, productbrand, productcategory, customeraddress, paymentprovider, customerpaymentprovider from there, and makes them in no schema of yours.\nLet the extract land them; or name an unused schema for the demo: `stardeck seed --source-schema NAME`, then migrate with the same. Nothing was changed.\n',
        });
        expect(await runStardeck(database, ["seed", "--source-schema", "raw"])).toEqual({
            exitCode: 2,
            stdout: "",
            stderr: 'stardeck did not make the schema "raw", so it gets no demo data.\nName an unused schema by --source-schema, or build from the data that is there.\n',
        });
        expect(await relations()).toBe(0);
    });

    it("migrate makes no schema of a name that was given", async () => {
        const { exitCode, stderr } = await runStardeck(database, ["migrate", "--source-schema", "rwa"]);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/^The schema "rwa" does not exist: stardeck reads customer, /);
        const { rowCount } = await database.connected.query("select from pg_namespace where nspname in ('rwa', 'ops')");
        expect(rowCount).toBe(0);
    });
});

describeOnServer("without a command, on a server", {}, (database) => {
    it("nothing is made before `stardeck migrate`; then it is built and printed", { timeout: 120_000 }, async () => {
        const first = await runStardeck(database, []);
        expect(first).toMatchObject({ exitCode: 2, stdout: "" });
        expect(first.stderr).toMatch(
            /^\S+ is not ready to be built\. `stardeck migrate` would make the schemas ops, prep, warehouse, and marts with the models of "webshop" in them; they read the landing tables in "staging"\.\nOn a server that is done only when you say so: run `stardeck migrate` first\.\n$/,
        );
        const { rowCount } = await database.connected.query(
            "select from pg_namespace where nspname in ('staging', 'ops', 'prep', 'warehouse', 'marts')",
        );
        expect(rowCount).toBe(0);
        await runStardeck(database, ["seed", "--scale", "0.1", "--days", "2"]);
        await runStardeck(database, ["migrate"]);
        const second = await runStardeck(database, []);
        expect(second.exitCode).toBe(0);
        expect(second.stdout).toMatch(/^week_start {2}order_count/m);
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
        it("names a table that is missing", async () => {
            expect(await refused("drop table shop.orderitem")).toEqual(
                expect.stringMatching(
                    /^migrations\/sources\/webshop.ts:\d+: The landing table shop.orderitem is missing.\n/m,
                ),
            );
        });

        it("names every column of a table that is missing or of another type", async () => {
            expect(await refused("alter table shop.orders drop column status, alter column id type bigint")).toEqual(
                expect.stringMatching(
                    /^migrations\/sources\/webshop.ts:\d+: The landing table shop.orders is not as declared: column status \(text\) is missing; column id is bigint, expected integer.\n/m,
                ),
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

/** Databases in these encodings cannot hold most characters: nothing of stardeck's own needs them. */
describe.each(["LATIN1", "WIN1252", "SQL_ASCII", "EUC_JP"])("a database in %s", (encoding) => {
    describeOnServer("", {}, (database) => {
        it("is seeded, migrated, built and shown", { timeout: 120_000 }, async () => {
            const url = new URL(database.flags[1] ?? "");
            const name = `${url.pathname.slice(1)}_${encoding.toLowerCase()}`;
            await database.connected.maintain(
                `create database "${name}" template template0 encoding '${encoding}' locale 'C'`,
            );
            try {
                url.pathname = `/${name}`;
                const place = { workingFolder: database.workingFolder, flags: ["--database-url", url.href] };
                for (const command of [["seed", "--scale", "0.1", "--days", "2"], ["migrate"], ["build"], []]) {
                    expect(await runStardeck(place, command)).toMatchObject({ exitCode: 0 });
                }
            } finally {
                await database.connected.maintain(`drop database "${name}" with (force)`);
            }
        });
    });
});

describeOnServer("a publication for all tables", { template: "built" }, (database) => {
    it("stops no build", { timeout: 120_000 }, async () => {
        await database.connected.query("create publication changes for all tables");
        expect((await runStardeck(database, ["seed"])).exitCode).toBe(0);
        expect(await runStardeck(database, ["build"])).toMatchObject({ exitCode: 0 });
        expect(await runStardeck(database, ["build", "--full-refresh"])).toMatchObject({ exitCode: 0 });
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
            expect(stdout).toContain("models/marts/mart_weekly_discounts v1");
        });

        it("takes nothing back while others have made anything on it", async () => {
            await database.connected.query("create view public.weeks as select * from marts.mart_weekly_discounts");
            const failed: unknown = await promisify(execFile)(
                process.execPath,
                ["node_modules/knex/bin/cli.js", "--knexfile", "knexfile.ts", "migrate:rollback"],
                {
                    cwd: join(import.meta.dirname, "../.."),
                    env: { ...process.env, DATABASE_URL: database.flags[1] },
                },
            ).catch((error: unknown) => error);
            expect(failed).toMatchObject({
                code: 1,
                stderr: expect.stringContaining(
                    "marts.mart_weekly_discounts cannot be dropped: stardeck did not make view public.weeks.",
                ) as string,
            });
            const { rowCount } = await database.connected.query("select from ops.model");
            expect(rowCount).toBe(18);
        });
    });
});
