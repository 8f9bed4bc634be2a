import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { countRows } from "../../src/browse/count-rows.js";
import { findNext } from "../../src/browse/find-next.js";
import { makeGridView } from "../../src/browse/grid-view.js";
import { loadCatalogue } from "../../src/browse/load-catalogue.js";
import { loadExactStatistics } from "../../src/browse/load-exact-statistics.js";
import { loadPage } from "../../src/browse/load-page.js";
import { loadValueCounts } from "../../src/browse/load-value-counts.js";
import { openRelation } from "../../src/browse/open-relation.js";
import { packageFolder } from "../../src/config/package-folder.js";
import { describeOnServer } from "../setup/databases.js";
import { runStardeck } from "./run-stardeck.js";

/** Every name that may be a function in SQL of ours. */
const names = [
    ...new Set(
        ["src", "migrations", "seeds-sql"]
            .flatMap((folder) =>
                readdirSync(join(packageFolder, folder), { recursive: true, encoding: "utf8" }).map((file) =>
                    join(packageFolder, folder, file),
                ),
            )
            .filter((file) => /\.(ts|sql)$/.test(file))
            .flatMap((file) => readFileSync(file, "utf8").match(/\b[a-z_]\w*(?=\()/g) ?? []),
    ),
];

/**
 * In `public`, which comes first on everybody's path, a function and an operator of every name that we use, for the types that we use
 * and for those that fit better than PostgreSQL's own. Whoever calls one of them fails.
 */
const plantSql = `
    do $$
    declare
        types constant text[] = array[
            'text', 'varchar', 'name', '"char"', 'integer', 'bigint', 'smallint', 'numeric', 'float8', 'boolean', 'oid', 'regclass',
            'date', 'timestamp', 'timestamptz', 'interval', 'json', 'jsonb', 'text[]', 'integer[]', 'record', 'anyelement', 'anyarray'
        ];
        body constant text = 'begin raise exception ''a planted name was called''; end';
        called record;
        one text;
        other text;
        third text;
    -- Of two types at once only those that meet in our SQL: every pair would make the catalog ten times as large.
    begin
        create function public.planted() returns text language plpgsql as 'begin raise exception ''a planted name was called''; end';
        for called in select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any($names) loop
            execute format('create function public.%I() returns text language plpgsql as %L', called.name, body);
            foreach one in array types loop
                execute format('create function public.%I(%s) returns text language plpgsql as %L', called.name, one, body);
                foreach other in array types loop
                    continue when not (one = other or 'text' in (one, other) or other in ('integer', 'timestamptz'));
                    execute format('create function public.%I(%s, %s) returns text language plpgsql as %L', called.name, one, other, body);
                end loop;
                execute format('create function public.%I(%s, %s, %s) returns text language plpgsql as %L', called.name, one, one, one, body);
            end loop;
        end loop;
        foreach one in array types loop
            foreach other in array types loop
                continue when one in ('record', 'anyelement', 'anyarray') or other in ('record', 'anyelement', 'anyarray');
                continue when not (one = other or 'text' in (one, other) or other in ('integer', 'timestamptz'));
                execute format('create function public.planted(%s, %s) returns boolean language plpgsql as %L', one, other, body);
                foreach third in array array['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '||', '~', '!~', '~~', '!~~', '~~*', '&', '->', '->>', '&&', '@>'] loop
                    execute format(
                        'create operator public.%s (leftarg = %s, rightarg = %s, function = public.planted)', third, one, other
                    );
                end loop;
            end loop;
        end loop;
    end
    $$`;

const read = { signal: new AbortController().signal, timeoutMs: 60_000 };

describeOnServer("names that somebody has planted in public", {}, (test) => {
    beforeAll(async () => {
        const found = names.map((name) => `'${name}'`).join(", ");
        const { rows } = await test.connected.query<{ name: string }>("select quote_ident(current_database()) as name");
        await test.connected.query(`alter database ${rows[0]?.name ?? ""} set search_path = public, pg_catalog`);
        await test.connected.query(plantSql.replace("$names", `array[${found}]::name[]`));
    }, 120_000);

    it("are called by whoever has them on the path", async () => {
        const { exitCode, stderr } = await runStardeck(test, ["query", "select 1 + 1"]);
        expect([exitCode, stderr.includes("a planted name was called")]).toEqual([1, true]);
    });

    it.each([
        ["seed", "--days", "3", "--scale", "0.1", "--through", "2025-03-02"],
        ["migrate"],
        ["build"],
        ["seed", "--days", "1"],
        ["build", "--dry-run"],
        ["build", "--threads", "1"],
        ["build", "--full-refresh", "--atomic"],
        ["test"],
        ["retry"],
        ["verify"],
        ["plan"],
        ["explain", "fct_orders"],
        ["explain", "mart_weekly_discounts"],
        ["test", "--unit"],
        ["ls"],
        ["lineage", "mart_weekly_discounts"],
        ["lineage", "mart_weekly_discounts", "--columns"],
        ["history"],
        ["history", "1"],
        ["show", "mart_weekly_discounts"],
        ["show", "fct_orders", "--where", "true", "--format", "jsonl"],
        ["query", "table marts.mart_weekly_discounts"],
        ["debug"],
        ["debug", "--read-only"],
        ["demo", "--export", "deck.html"],
        ["demo"],
        ["migrate", "--status"],
        ["--plain"],
    ])(
        "are not called by `%s %s`",
        async (...command) => {
            const { exitCode, stdout, stderr } = await runStardeck(test, command);
            expect([exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
            expect(stdout + stderr).not.toContain("planted");
        },
        60_000,
    );

    it("are not called by what the interface reads", async () => {
        const { connected } = test;
        expect((await loadCatalogue(connected, read)).length).toBeGreaterThan(30);
        const view = makeGridView(await openRelation(connected, { schema: "warehouse", name: "fct_orders" }, read));
        const sorted = { ...view, sorts: [{ column: "status", descending: true }] };
        for (const each of [view, sorted]) {
            const page = await loadPage(connected, each, { at: "start" }, { ...read, pageRows: 5 });
            const [key] = page.rows.map((row) => row.key);
            if (key !== undefined) {
                await loadPage(connected, each, { at: "after", key }, { ...read, pageRows: 5 });
            }
            expect(await countRows(connected, each, read)).toBeGreaterThan(0);
            await findNext(connected, each, "1", null, "next", read);
        }
        for (const column of ["order_id", "status", "placed_at"]) {
            await loadExactStatistics(connected, view, column, read);
            await loadValueCounts(connected, view, column, { ...read, maxValues: 3 });
        }
    }, 120_000);

    it("are not called by a migration that is taken back", async () => {
        const { exitCode, stdout, stderr } = await runStardeck(test, ["migrate", "--rollback", "--yes"]);
        expect([exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    }, 60_000);
});
