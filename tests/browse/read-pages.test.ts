import { describe, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { StatementError } from "../../src/database/errors.js";
import { readPages } from "../../src/browse/read-pages.js";
import { describeOnBothDatabases, describeOnServer } from "../setup/databases.js";
import { waitForSessions } from "../setup/wait-for-sessions.js";

const never = new AbortController().signal;

const isReading = "state = 'active' and query like 'fetch%stardeck_rows%'";

async function readRows(database: Database, sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const rows: (readonly (string | null)[])[] = [];
    await readPages(
        database,
        sql,
        (page) => {
            rows.push(...page.rows);
            return Promise.resolve();
        },
        { signal: never },
    );
    return rows;
}

async function readError(database: Database, sql: string): Promise<StatementError> {
    const error = await readRows(database, sql).then(
        () => new Error(`no error: ${sql}`),
        (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StatementError);
    return error as StatementError;
}

describeOnBothDatabases("readPages", (database) => {
    it("gives a result page by page, as PostgreSQL's own text and in order", async () => {
        const sizes: number[] = [];
        await readPages(
            database.connected,
            "select number, 0.10 as amount, null as nothing from generate_series(1, 25) as number order by number desc",
            (page) => {
                sizes.push(page.rows.length);
                expect(page.fields.map((field) => field.name)).toEqual(["number", "amount", "nothing"]);
                expect(page.rows[0]?.slice(1)).toEqual(["0.10", null]);
                return Promise.resolve();
            },
            { signal: never, pageRows: 10 },
        );
        expect(sizes).toEqual([10, 10, 5]);
    });

    it("gives the columns of a result without rows", async () => {
        const fields: string[] = [];
        await readPages(
            database.connected,
            "select 1 as one where false",
            (page) => {
                fields.push(...page.fields.map((field) => field.name));
                return Promise.resolve();
            },
            { signal: never },
        );
        expect(fields).toEqual(["one"]);
    });

    it.each([
        ["with doubled as (select 2 as number) select * from doubled"],
        ["values (2)"],
        ["select 2;"],
        ["select 2 ;\n; "],
        ["select 2 -- and a comment"],
        ["select 2 /* and /* another */ */"],
    ])("reads %j", async (sql) => {
        expect(await readRows(database.connected, sql)).toEqual([["2"]]);
    });

    it.each([
        ["select 1; drop table kept"],
        ["select 1; commit; drop table kept"],
        ["commit"],
        ["rollback; drop table kept"],
        ["set transaction read write"],
        ["select 1) as stolen where $1; drop table kept; --"],
        ["select 1) as stolen where $1::boolean; commit; drop table kept; select (1"],
        ["drop table kept"],
        ["delete from kept returning *"],
        ["with gone as (delete from kept returning *) select * from gone"],
        ["select * into copied from kept"],
        ["select set_config('transaction_read_only', 'off', false)"],
        ["select nextval('numbers')"],
        ["select * from kept for update"],
        ["copy kept to stdout"],
        ["begin"],
        ["prepare stolen as select 1"],
        ["listen news"],
    ])("refuses %j and changes nothing", async (sql) => {
        await database.connected.query("create table if not exists public.kept as select 1 as value");
        await database.connected.query("create sequence if not exists public.numbers");
        await readError(database.connected, sql);
        const { rows } = await database.connected.query(
            "select (select count(*) from public.kept) as count, to_regclass('public.copied') as copied, current_setting('transaction_read_only') as read_only",
        );
        expect(rows).toEqual([{ count: "1", copied: null, read_only: "off" }]);
    });

    it("places an error in the statement as it was given", async () => {
        const error = await readError(database.connected, "select '🎉', missing\nfrom pg_class");
        expect(error.sql).toBe("select '🎉', missing\nfrom pg_class");
        expect(error.position).toBe(13);
        expect(error.message).toBe('column "missing" does not exist');
    });

    it("places an error that is found after the end at the end", async () => {
        const error = await readError(database.connected, "select 1 +");
        expect(error.message).toBe("syntax error at end of input");
        expect(error.position).toBe(11);
    });

    it("stops when the reader fails, and leaves the connection usable", async () => {
        const failure = readPages(
            database.connected,
            "select 1",
            () => Promise.reject(new Error("the reader is gone")),
            { signal: never },
        );
        await expect(failure).rejects.toThrow("the reader is gone");
        expect(await readRows(database.connected, "select 2")).toEqual([["2"]]);
    });

    it("does not begin once aborted", async () => {
        const reading = readPages(database.connected, "select 1", () => Promise.resolve(), {
            signal: AbortSignal.abort(),
        });
        await expect(reading).rejects.toMatchObject({ code: "interrupted" });
    });
});

describe("on a server", () => {
    describeOnServer("readPages", {}, (database) => {
        it("cancels the statement when aborted", async () => {
            const controller = new AbortController();
            const reading = readPages(database.connected, "select pg_sleep(60)", () => Promise.resolve(), {
                signal: controller.signal,
            });
            await waitForSessions(database.connected, isReading, 1);
            controller.abort();
            await expect(reading).rejects.toMatchObject({ code: "interrupted" });
            await waitForSessions(database.connected, isReading, 0);
        });

        it("does not show rows twice when the connection is lost on the way", async () => {
            const shown: (string | null)[] = [];
            const reading = readPages(
                database.connected,
                "select number, pg_backend_pid() from generate_series(1, 2000) as number",
                async (page) => {
                    shown.push(...page.rows.map((row) => row[0] ?? null));
                    await database.connected.query("select pg_terminate_backend($1, 5000)", [page.rows[0]?.[1]]);
                },
                { signal: never },
            );
            await expect(reading).rejects.toMatchObject({
                code: "no-database",
                hint: "The rows so far are not all. Start again when the database is back.",
            });
            expect(shown).toHaveLength(1000);
        });
    });
});
