import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildShowSql } from "../../../src/commands/show.js";
import { openDatabase as openForCommand } from "../../../src/commands/open-database.js";
import type { Database } from "../../../src/database/database.js";
import { StatementError } from "../../../src/database/errors.js";
import { makeGridView, type GridView } from "../../../src/browse/grid-view.js";
import { loadPage } from "../../../src/browse/load-page.js";
import { openQuery } from "../../../src/browse/open-query.js";
import { openRelation } from "../../../src/browse/open-relation.js";
import { readPages } from "../../../src/browse/read-pages.js";
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

const options = { signal: new AbortController().signal, timeoutMs: 60_000 };
const page = { ...options, pageRows: 10 };
const note = { kind: "model", schema: "public", name: "note", description: "", primaryKey: ["id"] } as const;

/** A way in which a person gives SQL, and what that comes to. */
type Way = (database: Database, attack: Attack) => Promise<unknown>;

const gridOf = new WeakMap<Database, Promise<GridView>>();

/** The rows of a table, opened once for all conditions. */
async function openGrid(database: Database): Promise<GridView> {
    const opened = gridOf.get(database) ?? openRelation(database, note, options).then(makeGridView);
    gridOf.set(database, opened);
    return opened;
}

/** `query`, `show --where`, the SQL prompt, and the conditions of the grid. */
const ways = {
    query: (database, { statement }) => readPages(database, statement, () => Promise.resolve(), options),
    show: (database, { condition }) =>
        readPages(database, buildShowSql(note, ["id"], [], condition, 5), () => Promise.resolve(), options),
    prompt: async (database, { statement }) => {
        const view = makeGridView(await openQuery(database, statement, options));
        return loadPage(database, view, { at: "start" }, page);
    },
    grid: async (database, { condition }) => {
        const view = { ...(await openGrid(database)), where: condition };
        return loadPage(database, view, { at: "start" }, page);
    },
} as const satisfies Readonly<Record<string, Way>>;

type WayName = keyof typeof ways;

/** What happened to an attack in each way: `refused` is what a person is told. */
async function tryEach(
    database: Database,
    attack: Attack,
    wayNames: readonly WayName[],
    refusal: (error: StatementError) => string = () => "refused",
): Promise<Readonly<Record<string, string>>> {
    const outcomes: [string, string][] = [];
    for (const name of wayNames) {
        const outcome = await ways[name](database, attack).then(
            () => "done",
            (error: unknown) => (error instanceof StatementError ? refusal(error) : String(error)),
        );
        outcomes.push([name, outcome]);
    }
    return Object.fromEntries(outcomes);
}

describeOnBothDatabases("what may not write", (test) => {
    const file = (): string => join(test.workingFolder, "written");

    beforeAll(async () => {
        await test.connected.query(targetSql);
        await test.connected.query(ordinaryDefinitionsSql);
    });

    const withMode = (readOnly: boolean, use: (database: Database) => Promise<void>): Promise<void> =>
        openForCommand({ settings: { ...test.settings, readOnly }, output: null }, use);

    /** Tries each attack and compares the whole database, and everybody's connections, before and after. */
    async function expectHeldOff(
        database: Database,
        attacks: readonly Attack[],
        wayNames: readonly WayName[],
        victim: number | null,
    ): Promise<void> {
        const before = await loadDatabaseState(test.connected);
        const refused = Object.fromEntries(wayNames.map((name) => [name, "refused"]));
        for (const attack of attacks) {
            expect
                .soft({ [attack.name]: await tryEach(database, attack, wayNames) })
                .toEqual({ [attack.name]: refused });
        }
        expect(await loadDatabaseState(test.connected)).toEqual(before);
        expect(existsSync(file())).toBe(false);
        // Whoever was to be thrown out is still there.
        const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
        expect(rows[0]?.pid).toBe(victim);
    }

    // The prompt and the grid read by pages, `query` and `show` by a cursor: each kind of text goes through both.
    it.each([
        ["with --read-only", true, ["prompt", "grid"]],
        ["without it", false, ["query", "show"]],
    ] as const)("is nothing that SQL can be made to do, %s", async (_name, readOnly, wayNames) => {
        const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
        const victim = rows[0]?.pid ?? null;
        await withMode(readOnly, (database) => expectHeldOff(database, listAttacks(victim, file()), wayNames, victim));
    });

    it.each([
        ["with --read-only", true, ["prompt"]],
        ["without it", false, ["query"]],
    ] as const)("is nothing that lies behind what others have defined, %s", async (_name, readOnly, wayNames) => {
        const { rows } = await test.connected.query<{ pid: number }>("select pg_backend_pid() as pid");
        await withMode(readOnly, (database) =>
            expectHeldOff(database, listHiddenAttacks(), wayNames, rows[0]?.pid ?? null),
        );
    });

    it("is nothing that another connection of the server's own could do", async () => {
        if (test.kind === "embedded") {
            // It takes no connections from outside of its process, and has nothing that makes some.
            const remote = "select from pg_available_extensions where name in ('dblink', 'postgres_fdw')";
            expect((await test.connected.query(remote)).rowCount).toBe(0);
            return;
        }
        await test.connected.query("create extension if not exists dblink schema public");
        const { rows } = await test.connected.query<{ pid: number; name: string }>(
            `select pg_backend_pid() as pid, format('dbname=%s user=%s', current_database(), current_user) as name`,
        );
        const [found] = rows;
        for (const readOnly of [true, false]) {
            await withMode(readOnly, (database) =>
                expectHeldOff(database, listRemoteAttacks(found?.name ?? ""), ["query", "grid"], found?.pid ?? null),
            );
        }
    });

    it("is not what people ask of a warehouse", async () => {
        await withMode(true, async (database) => {
            for (const statement of ordinaryQueries) {
                const outcome = await tryEach(
                    database,
                    { name: "", statement, condition: "id = 1" },
                    ["query", "prompt"],
                    ({ message }) => message,
                );
                expect.soft({ [statement]: outcome }).toEqual({
                    [statement]: { query: "done", prompt: "done" },
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
                message:
                    "pg_advisory_lock() may do more than read; it is reached through view public.far_from_locking, " +
                    "view public.locking, function public.lock_calmly()",
                position: 15,
            });
            await expect(ask("select public.run_text('select 1')")).rejects.toMatchObject({
                message: "public.run_text() runs EXECUTE",
                position: 8,
            });
        });
    });
});
