import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnBothDatabases, describeOnServer, type TestDatabase } from "../setup/databases.js";
import { parseJsonLines, runStardeck, type Place } from "./run-stardeck.js";

/** A role with settings of its own, and how to connect as it, for the tests of one `describe`. */
function useRole(test: TestDatabase, attributes: string): { readonly name: string; readonly place: () => Place } {
    const name = `role_${randomBytes(6).toString("hex")}`;
    beforeAll(async () => {
        await test.connected.query(`create role ${name} login password 'its own' ${attributes}`);
    });
    afterAll(async () => {
        await test.connected.query(`drop owned by ${name} cascade; drop role ${name}`);
    });
    return {
        name,
        place: () => {
            const url = new URL(test.flags[1] ?? "");
            url.username = name;
            url.password = "its own";
            return { workingFolder: test.workingFolder, flags: ["--database-url", url.href] };
        },
    };
}

/** Settings that change how SQL is read, how values are written, and when statements are given up. */
const hostileSettings: Readonly<Record<string, string>> = {
    standard_conforming_strings: "off",
    quote_all_identifiers: "on",
    bytea_output: "escape",
    datestyle: "German, DMY",
    intervalstyle: "iso_8601",
    timezone: "Asia/Kolkata",
    extra_float_digits: "-15",
    transform_null_equals: "on",
    array_nulls: "off",
    xmlbinary: "hex",
    plan_cache_mode: "force_generic_plan",
    default_transaction_isolation: "serializable",
    default_transaction_deferrable: "on",
    lock_timeout: "100ms",
    idle_in_transaction_session_timeout: "1ms",
    idle_session_timeout: "500ms",
    statement_timeout: "2s",
    check_function_bodies: "off",
    row_security: "on",
    search_path: "public, pg_catalog",
};

describeOnServer("a role with settings of its own", {}, (test) => {
    const role = useRole(test, "superuser");
    beforeAll(async () => {
        const later = test.connected.serverVersion >= 170_000 ? { transaction_timeout: "2s" } : {};
        for (const [name, value] of Object.entries({ ...hostileSettings, ...later })) {
            await test.connected.query(
                `alter role ${role.name} set ${name} = ${value.includes(",") ? value : `'${value}'`}`,
            );
        }
    });

    it("migrates, lands, builds, tests and shows the same as any other", async () => {
        const place = role.place();
        for (const command of [
            ["seed", "--days", "3", "--scale", "0.1", "--through", "2025-03-02"],
            ["migrate"],
            ["build"],
            ["verify"],
            ["debug"],
        ]) {
            const { exitCode, stdout, stderr } = await runStardeck(place, command);
            expect([command[0], exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([command[0], 0, ""]);
        }
        for (const command of [
            ["show", "fct_orders", "--limit", "3", "--format", "csv"],
            [
                "query",
                "select '\\x00ff'::bytea as bytes, 0.1::float8 as float, '1 day 02:00'::interval as span, date '2025-02-01' as day",
                "--format",
                "csv",
            ],
        ]) {
            const own = await runStardeck(place, command);
            const usual = await runStardeck(test, command);
            expect([own.exitCode, own.stdout]).toEqual([0, usual.stdout]);
        }
    }, 120_000);
});

describeOnServer("a server that lets a role only read", { template: "built" }, (test) => {
    const role = useRole(test, "superuser");
    beforeAll(async () => {
        await test.connected.query(`alter role ${role.name} set default_transaction_read_only = on`);
    });

    const countRuns = async (): Promise<unknown> =>
        (await test.connected.query("select count(*), (select count(*) from ops.build_lock) as locks from ops.run"))
            .rows;

    it.each([
        ["build"],
        ["build", "--full-refresh"],
        ["run"],
        ["test"],
        ["retry"],
        ["verify"],
        ["seed", "--days", "1"],
        ["migrate"],
        ["migrate", "--rollback"],
        ["--plain"],
    ])("is told before `%s %s` writes anything", async (...command) => {
        const before = await countRuns();
        const { exitCode, stdout, stderr } = await runStardeck(role.place(), command);
        expect([exitCode, stdout]).toEqual([3, ""]);
        expect(stderr).toContain("lets this role only read (default_transaction_read_only is on).");
        expect(stderr).toContain("Nothing was written.");
        expect(await countRuns()).toEqual(before);
    });

    it.each([
        ["ls"],
        ["show", "fct_orders"],
        ["query", "select 1"],
        ["history"],
        ["build", "--dry-run"],
        ["migrate", "--status"],
        ["debug", "--read-only"],
    ])("lets `%s` read", async (...command) => {
        const { exitCode, stderr } = await runStardeck(role.place(), command);
        expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    });

    it("is named by debug, with the way out", async () => {
        const { exitCode, stdout } = await runStardeck(role.place(), ["debug", "--json"]);
        const writing = parseJsonLines(stdout).find(({ name }) => name === "writing");
        expect([exitCode, writing?.status]).toEqual([1, "failed"]);
        expect(writing?.found).toContain("default_transaction_read_only is on");
        expect(writing?.hint).toContain("set default_transaction_read_only = off");
    });
});

describeOnServer("row-level security", { template: "seeded" }, (test) => {
    const builder = useRole(test, "");
    beforeAll(async () => {
        const { rows } = await test.connected.query<{ name: string }>("select quote_ident(current_database()) as name");
        await test.connected.query(
            `alter database ${rows[0]?.name ?? ""} owner to ${builder.name};
            alter table staging.orders enable row level security;
            grant usage on schema staging to ${builder.name};
            grant select on all tables in schema staging to ${builder.name};
            do $$
            declare
                owned record;
            begin
                for owned in select nspname from pg_namespace where nspname in ('ops', 'prep', 'warehouse', 'marts') loop
                    execute format('alter schema %I owner to ${builder.name}', owned.nspname);
                end loop;
                for owned in
                    select oid::regclass::text as name, relkind
                    from pg_class
                    where relnamespace in (select oid from pg_namespace where nspname in ('ops', 'prep', 'warehouse', 'marts'))
                        and relkind in ('r', 'v')
                loop
                    execute format('alter table %s owner to ${builder.name}', owned.name);
                end loop;
            end
            $$`,
        );
    });
    afterAll(async () => {
        const { rows } = await test.connected.query<{ name: string }>("select quote_ident(current_database()) as name");
        await test.connected.query(
            `alter database ${rows[0]?.name ?? ""} owner to current_user; reassign owned by ${builder.name} to current_user`,
        );
    });

    it("that hides landing rows ends a build instead of emptying the models", async () => {
        const { exitCode, stdout, stderr } = await runStardeck(builder.place(), ["build"]);
        expect(exitCode).toBe(1);
        expect(stdout + stderr).toContain("The landing table staging.orders hides rows by row-level security.");
        const { rows } = await test.connected.query(
            "select count(*)::int as count from ops.model_run where status = 'ok' and model_name = 'fct_orders'",
        );
        expect(rows).toEqual([{ count: 0 }]);
    });

    it("has a line of its own in debug", async () => {
        const { exitCode, stdout } = await runStardeck(builder.place(), ["debug", "--json"]);
        expect(exitCode).toBe(1);
        expect(
            parseJsonLines(stdout).find(({ name }) => name === "row-level security of staging.orders"),
        ).toMatchObject({
            status: "failed",
            found: `hides rows from ${builder.name}, so what reads it is refused`,
            hint: `Ask an administrator: alter role ${builder.name} bypassrls; or let the owner of the table build.`,
        });
    });

    it("stays as the server has it for a statement of a person, and refuses what shows a table as a whole", async () => {
        const place = builder.place();
        const asked = await runStardeck(place, ["query", "select count(*) from staging.orders", "--format", "csv"]);
        expect([asked.exitCode, asked.stdout]).toEqual([0, "count\r\n0\r\n"]);
        const shown = await runStardeck(place, ["show", "orders"]);
        expect(shown.exitCode).toBe(1);
        expect(shown.stderr).toContain("`stardeck query` shows what the role may see.");
    });

    it("lets this role migrate, as another one may build", async () => {
        const place = builder.place();
        expect(await runStardeck(place, ["migrate", "--rollback", "--all", "--yes"])).toMatchObject({ exitCode: 0 });
        expect(await runStardeck(place, ["migrate"])).toMatchObject({ exitCode: 0 });
        const { exitCode, stdout, stderr } = await runStardeck(place, ["build"]);
        expect(exitCode).toBe(1);
        expect(stdout + stderr).toContain("The landing table staging.orders hides rows by row-level security.");
    });
});

describeOnBothDatabases("a statement with a parameter", { template: "built" }, (test) => {
    it.each([
        [["query", "select $1::text"], "$1"],
        [["query", "select $1::text, $2::text"], "$1"],
        [["show", "fct_orders", "--where", "status = $1"], "$1"],
        [["show", "fct_orders", "--where", "order_id = $2"], "$2"],
    ])("is refused: %j", async (command, name) => {
        const { exitCode, stdout, stderr } = await runStardeck(test, command);
        expect([exitCode, stdout]).toEqual([1, ""]);
        expect(stderr).toContain(`there is no parameter ${name}: parameters have no values here`);
    });

    it("is not one where the sign stands in a text or a name", async () => {
        const { exitCode, stdout } = await runStardeck(test, [
            "query",
            `select '$1' as "$2", $$3$$ as a$4`,
            "--format",
            "csv",
        ]);
        expect([exitCode, stdout]).toEqual([0, "$2,a$4\r\n$1,3\r\n"]);
    });
});
