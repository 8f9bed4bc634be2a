import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageFolder } from "../../../src/config/package-folder.js";
import { parseSettings } from "../../../src/config/settings.js";
import type { Connection } from "../../../src/database/connection.js";
import { StatementError } from "../../../src/database/errors.js";
import { describeOnBothDatabases, describeOnServer, openDatabase, type TestDatabase } from "../../setup/databases.js";
import { parseJsonLines, runStardeck, type Place } from "../run-stardeck.js";

const grants = /^### A role that can only read$[\s\S]*?```sql\n([\s\S]*?)```/m.exec(
    readFileSync(join(packageFolder, "README.md"), "utf8"),
)?.[1];

/** A role as the README makes it, for the tests of one `describe`; roles belong to the whole server, so its name is new. */
function useReaderRole(test: TestDatabase): string {
    const role = `reader_${randomBytes(6).toString("hex")}`;
    beforeAll(async () => {
        const { rows } = await test.connected.query<{ name: string }>("select quote_ident(current_database()) as name");
        await test.connected.query(
            (grants ?? "no grants in the README")
                .replace("database shop", `database ${rows[0]?.name ?? ""}`)
                .replaceAll("stardeck_reader", role),
        );
    });
    afterAll(async () => {
        await test.connected.query(`drop owned by ${role}; drop role ${role}`);
    });
    return role;
}

function flagsFor(test: TestDatabase, role: string): readonly string[] {
    const url = new URL(test.flags[1] ?? "");
    url.username = role;
    url.password = "one of your own";
    return ["--database-url", url.href];
}

describeOnBothDatabases("the README's role that can only read", { template: "built" }, (test) => {
    const role = useReaderRole(test);

    /** In a transaction that may write, if the server lets it: as the role itself, or where nobody logs in by taking it. */
    const asReader = <T>(use: (connection: Connection) => Promise<T>): Promise<T> =>
        test.kind === "server"
            ? openDatabase(
                  parseSettings({ databaseUrl: flagsFor(test, role)[1] }, {}, test.workingFolder),
                  (database) => database.withTransaction(use),
              )
            : test.connected.withTransaction(
                  async (connection) => {
                      await connection.query(`set local role ${role}`);
                      return use(connection);
                  },
                  { isRehearsal: true },
              );

    it("reads every table and view, those that are made later as well", async () => {
        await test.connected.query("create table marts.later (id integer); create view prep.later as select 1 as one");
        const { rows } = await test.connected.query<{ name: string }>(
            `select oid::regclass::text as name
            from pg_class
            where
                relkind in ('r', 'v')
                and relnamespace in (
                    select oid from pg_namespace where nspname in ('staging', 'prep', 'warehouse', 'marts', 'ops')
                )`,
        );
        expect(rows.length).toBeGreaterThan(40);
        const reads = rows.map(({ name }) => `(select 1 from ${name} limit 1)`).join("\nunion all\n");
        await expect(asReader((connection) => connection.query(reads))).resolves.toBeDefined();
    });

    it.each([
        "insert into marts.mart_weekly_discounts default values",
        "update warehouse.fct_orders set status = ''",
        "delete from staging.orders",
        "truncate ops.run",
        "drop table warehouse.fct_orders cascade",
        "alter table marts.mart_weekly_discounts add column more integer",
        "lock table ops.build_lock in share row exclusive mode",
        "create table marts.other (id integer)",
        "create table public.other (id integer)",
        "create view prep.other as select 1 as one",
        "create schema other",
        "comment on table warehouse.fct_orders is ''",
        "create role other",
    ])("is refused by the server: %s", async (statement) => {
        const error: unknown = await asReader((connection) => connection.query(statement)).catch(
            (caught: unknown) => caught,
        );
        expect(error).toBeInstanceOf(StatementError);
        expect((error as StatementError).sqlState).toBe("42501");
    });
});

describeOnServer("with the README's role, stardeck", { template: "built" }, (test) => {
    const role = useReaderRole(test);
    const place = (): Place => ({ workingFolder: test.workingFolder, flags: flagsFor(test, role) });

    it.each([
        [["show", "mart_weekly_discounts"]],
        [["query", "select count(*) from ops.run"]],
        [["ls", "--select", "state:stale"]],
        [["lineage", "mart_weekly_discounts", "--columns"]],
        [["history", "last"]],
        [["migrate", "--status"]],
        [["build", "--dry-run"]],
        [["demo"]],
    ])("%j reads, with --read-only", async (args) => {
        const { exitCode, stdout, stderr } = await runStardeck(place(), [...args, "--read-only"]);
        expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
        expect(stdout + stderr).not.toMatch(/permission denied/);
    });

    it("is told that it can only read", async () => {
        const { exitCode, stdout } = await runStardeck(place(), ["debug", "--read-only", "--json"]);
        const checks = parseJsonLines(stdout);
        expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
        expect(checks.find(({ name }) => name === "writing")).toMatchObject({
            status: "ok",
            found: `${role} can only read`,
        });
        expect(exitCode).toBe(0);
    });

    it("is told where it could write when it is another role", async () => {
        const writingOf = async (found: Place): Promise<unknown> =>
            parseJsonLines((await runStardeck(found, ["debug", "--read-only", "--json"])).stdout).find(
                ({ name }) => name === "writing",
            );
        const hint = 'stardeck alone holds it off; see "A role that can only read" in the README.';
        expect(await writingOf(test)).toMatchObject({
            status: "warning",
            found: expect.stringMatching(/^\w+ could write everywhere, as a superuser$/) as string,
            hint,
        });
        await test.connected.query(
            `grant update (status) on warehouse.fct_orders to ${role}; grant create on schema marts to ${role}`,
        );
        expect(await writingOf(place())).toMatchObject({
            status: "warning",
            found: `${role} could write in marts, warehouse`,
            hint,
        });
    });

    it("cannot build, and says what is missing", async () => {
        expect(await runStardeck(place(), ["build"])).toMatchObject({
            exitCode: 1,
            stderr: expect.stringMatching(/^permission denied for table build_lock\n/) as string,
        });
    });
});
