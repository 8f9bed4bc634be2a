import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildShowSql } from "../../../src/commands/show.js";
import { openDatabase as openForCommand } from "../../../src/commands/open-database.js";
import type { Database } from "../../../src/database/database.js";
import { StatementError } from "../../../src/database/errors.js";
import { makeGridView } from "../../../src/explore/browse/grid-view.js";
import { loadPage } from "../../../src/explore/browse/load-page.js";
import { openQuery } from "../../../src/explore/browse/open-query.js";
import { openRelation } from "../../../src/explore/browse/open-relation.js";
import { readPages } from "../../../src/explore/read-pages.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import {
    listAttacks,
    listHiddenAttacks,
    listRemoteAttacks,
    ordinaryDefinitionsSql,
    ordinaryQueries,
    targetSql,
    type Attack,
} from "./attacks.js";
import { loadDatabaseState } from "./database-state.js";

const options = { signal: new AbortController().signal, timeoutMs: 20_000 };
const page = { ...options, pageRows: 10 };
const note = { kind: "model", schema: "public", name: "note", description: "", primaryKey: ["id"] } as const;

/** Every way in which a person gives SQL: `query`, `show --where`, the SQL prompt, and the conditions of the grid. */
const ways: Readonly<Record<string, (database: Database, attack: Attack) => Promise<unknown>>> = {
    query: (database, { statement }) => readPages(database, statement, () => Promise.resolve(), options),
    show: (database, { condition }) =>
        readPages(database, buildShowSql(note, ["id"], condition, 5), () => Promise.resolve(), options),
    prompt: async (database, { statement }) => {
        const view = makeGridView(await openQuery(database, statement, options));
        return loadPage(database, view, { at: "start" }, page);
    },
    grid: async (database, { condition }) => {
        const view = { ...makeGridView(await openRelation(database, note, options)), where: condition };
        return loadPage(database, view, { at: "start" }, page);
    },
};

/** What happened to an attack in each way: `refused` is what a person is told. */
async function tryEach(
    database: Database,
    attack: Attack,
    refusal: (error: StatementError) => string = () => "refused",
): Promise<Readonly<Record<string, string>>> {
    const outcomes: [string, string][] = [];
    for (const [way, attempt] of Object.entries(ways)) {
        const outcome = await attempt(database, attack).then(
            () => "done",
            (error: unknown) => (error instanceof StatementError ? refusal(error) : String(error)),
        );
        outcomes.push([way, outcome]);
    }
    return Object.fromEntries(outcomes);
}

const refused = { query: "refused", show: "refused", prompt: "refused", grid: "refused" };

describeOnBothDatabases("what may not write", (test) => {
    const file = (): string => join(test.workingFolder, "written");

    beforeAll(async () => {
        await test.connected.query(targetSql);
        await test.connected.query(ordinaryDefinitionsSql);
    });

    const withMode = (readOnly: boolean, use: (database: Database) => Promise<void>): Promise<void> =>
        openForCommand({ ...test.settings, readOnly }, use);

    /** Tries each attack and compares the whole database, and everybody's connections, before and after. */
    async function expectHeldOff(database: Database, attacks: readonly Attack[], victim: number | null): Promise<void> {
        const before = await loadDatabaseState(test.connected);
        for (const attack of attacks) {
            expect.soft({ [attack.name]: await tryEach(database, attack) }).toEqual({ [attack.name]: refused });
        }
        expect(await loadDatabaseState(test.connected)).toEqual(before);
        expect(existsSync(file())).toBe(false);
        // Whoever was to be thrown out is still there.
        const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
        expect(rows[0]?.pid).toBe(victim);
    }

    describe.each([
        ["with --read-only", true],
        ["without it", false],
    ])("%s", (_name, readOnly) => {
        it("is nothing that SQL can be made to do", { timeout: 300_000 }, async () => {
            const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
            const victim = rows[0]?.pid ?? null;
            await withMode(readOnly, (database) => expectHeldOff(database, listAttacks(victim, file()), victim));
        });
    });

    it("is nothing that lies behind what others have defined, with --read-only", { timeout: 120_000 }, async () => {
        const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
        await withMode(true, (database) => expectHeldOff(database, listHiddenAttacks(), rows[0]?.pid ?? null));
    });

    it("is nothing that another connection of the server's own could do", async ({ skip }) => {
        const { rowCount } = await test.connected.query("select from pg_available_extensions where name = 'dblink'");
        skip(rowCount === 0, "this PostgreSQL has no dblink");
        await test.connected.query("create extension if not exists dblink schema public");
        const { rows } = await test.connected.query<{ pid: number; name: string }>(
            `select pg_backend_pid() as pid, format('dbname=%s user=%s', current_database(), current_user) as name`,
        );
        const [found] = rows;
        for (const readOnly of [true, false]) {
            await withMode(readOnly, (database) =>
                expectHeldOff(database, listRemoteAttacks(found?.name ?? ""), found?.pid ?? null),
            );
        }
    });

    it("is not what people ask of a warehouse", async () => {
        await withMode(true, async (database) => {
            for (const statement of ordinaryQueries) {
                const outcome = await tryEach(
                    database,
                    { name: "", statement, condition: "id = 1" },
                    ({ message }) => message,
                );
                expect.soft({ [statement]: outcome }).toEqual({
                    [statement]: { query: "done", show: "done", prompt: "done", grid: "done" },
                });
            }
        });
    });

    it("says what is held off, and where it stands", async () => {
        await withMode(true, async (database) => {
            const ask = (sql: string): Promise<unknown> => openQuery(database, sql, options);
            await expect(ask("select id,\n  pg_advisory_lock(id)\nfrom public.note")).rejects.toMatchObject({
                message: "pg_advisory_lock() may do more than read",
                position: 14,
                hint: "Nothing was run. What may change anything is for psql.",
            });
            await expect(ask("select * from public.far_from_locking")).rejects.toMatchObject({
                message: "pg_advisory_lock(), to which far_from_locking leads, may do more than read",
                position: 22,
            });
            await expect(ask("select public.run_text('select 1')")).rejects.toMatchObject({
                message: "public.run_text() runs EXECUTE",
                position: 15,
            });
        });
    });
});
