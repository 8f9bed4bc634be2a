import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { formatCopyRow, sendCopy } from "../../src/database/copy-in.js";
import { makeBackend } from "../../src/database/embedded/backend.js";
import { makeLayout, port, socketName } from "../../src/database/embedded/layout.js";
import { openData } from "../../src/database/embedded/open-data.js";
import { openEmbedded, type EmbeddedServer } from "../../src/database/embedded/open-embedded.js";
import { Sessions } from "../../src/database/embedded/sessions.js";
import { connectForTest, makeTestFolder, queryRow } from "./embedded-folder.js";

let folder: string;
let server: EmbeddedServer;

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stardeck-sessions-"));
    server = await openEmbedded(folder);
});

afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
});

function openPool(max: number): pg.Pool {
    const pool = new pg.Pool({ ...server.connection, max });
    onTestFinished(() => pool.end());
    return pool;
}

async function openTwoClients(config: pg.ClientConfig = {}): Promise<[pg.Client, pg.Client]> {
    return [await connectForTest(server, config), await connectForTest(server, config)];
}

describe("connections to the embedded database", () => {
    it("get the answers to their own queries, also when these come in several pieces", async () => {
        const pool = openPool(8);
        // A large parameter reaches the server in pieces: between them other connections' messages arrive.
        const inputs = Array.from({ length: 300 }, (_, index) => ({ index, text: "x".repeat((index % 3) * 150_000) }));
        const answers = await Promise.all(
            inputs.map(async ({ index, text }) => {
                const sql =
                    index % 2 === 0
                        ? "select $1::integer as index, $2 as text"
                        : "select $2 as text, $1::text as index";
                const { rows } = await pool.query<{ index: unknown; text: string }>(sql, [index, text]);
                return rows.map((row) => ({ index: Number(row.index), textLength: row.text.length }));
            }),
        );
        expect(answers).toEqual(inputs.map(({ index, text }) => [{ index, textLength: text.length }]));
    });

    it("get very large results whole", async () => {
        const pool = openPool(4);
        const letters = ["a", "b", "c", "d"];
        const results = await Promise.all(
            letters.map(async (letter) => {
                const { rows } = await pool.query<{ text: string }>(
                    "select repeat($1, 1000) as text from generate_series(1, 20000)",
                    [letter],
                );
                return [rows.length, rows.every(({ text }) => text === letter.repeat(1000))];
            }),
        );
        expect(results).toEqual(letters.map(() => [20_000, true]));
    });

    it("keep their own prepared statements of the same name", async () => {
        const [first, second] = await openTwoClients();
        const run = async (client: pg.Client, text: string): Promise<unknown[]> =>
            (await client.query<{ answer: number }>({ name: "same", text, values: [] })).rows;
        for (let round = 0; round < 3; round++) {
            expect(await run(first, "select 1 as answer")).toEqual([{ answer: 1 }]);
            expect(await run(second, "select 2 as answer")).toEqual([{ answer: 2 }]);
        }
        await first.query("begin");
        expect(await run(first, "select 1 as answer")).toEqual([{ answer: 1 }]);
        await first.query("commit");
    });

    it("keep their own settings, from the start and set later", async () => {
        const [first, second] = await openTwoClients({ application_name: "stardeck", options: "-c work_mem=8MB" });
        const readSettings = (client: pg.Client): Promise<unknown[]> =>
            queryRow(
                client,
                "select current_setting('application_name'), current_setting('work_mem'), current_setting('DateStyle')",
            );
        await first.query("set work_mem = '16MB'; set datestyle = 'German'");
        expect(await readSettings(second)).toEqual(["stardeck", "8MB", "ISO, MDY"]);
        expect(await readSettings(first)).toEqual(["stardeck", "16MB", "German, DMY"]);
        await first.end();
        expect(await readSettings(second)).toEqual(["stardeck", "8MB", "ISO, MDY"]);
    });

    it("leave no temporary table, role, lock or statement to others", async () => {
        const [first, second] = await openTwoClients();
        await first.query("create temp table left_behind (id integer)");
        await first.query("prepare left_behind as select 1");
        await first.query("select pg_advisory_lock(1)");
        await first.query("drop role if exists reader; create role reader");
        await first.query("set role reader");
        await first.end();
        expect(
            await queryRow(
                second,
                `select
                    to_regclass('left_behind'),
                    (select count(*) from pg_prepared_statements where from_sql),
                    (select count(*) from pg_locks where locktype = 'advisory'),
                    current_user`,
            ),
        ).toEqual([null, "0", "0", "postgres"]);
    });

    it("see a transaction only when it is committed, and wait for its end", async () => {
        const [first, second] = await openTwoClients();
        await first.query("create table seen_when_committed (id integer)");
        await first.query("begin");
        await first.query("insert into seen_when_committed values (1)");
        const count = queryRow(second, "select count(*) from seen_when_committed");
        await first.query("insert into seen_when_committed values (2)");
        await first.query("commit");
        expect(await count).toEqual(["2"]);
    });

    it("go on after an error, in a transaction and outside", async () => {
        const [first, second] = await openTwoClients();
        await expect(first.query("select $1::integer", ["many"])).rejects.toMatchObject({ code: "22P02" });
        await first.query("begin");
        await expect(first.query("select 1 / 0")).rejects.toMatchObject({ code: "22012" });
        await expect(first.query("select 1")).rejects.toMatchObject({ code: "25P02" });
        await first.query("rollback");
        expect(await queryRow(first, "select 1")).toEqual(["1"]);
        expect(await queryRow(second, "select 2")).toEqual(["2"]);
    });

    it("can be cancelled while they run a statement, in a transaction too, and while they wait", async () => {
        const [first, second] = await openTwoClients();
        const backendPid = (client: pg.Client): number => (client as unknown as { processID: number }).processID;
        expect(await server.cancel(backendPid(first))).toBe(false);

        await first.query("begin");
        const endless = expect(
            first.query(
                "with recursive numbers as (select 1 as n union all select n from numbers) select count(*) from numbers",
            ),
        ).rejects.toMatchObject({ code: "57014" });
        const waiting = expect(second.query("select $1::integer", [1])).rejects.toMatchObject({ code: "57014" });
        // Until the server has read a statement there is nothing to cancel.
        const cancel = (client: pg.Client): Promise<void> =>
            vi.waitFor(async () => {
                expect(await server.cancel(backendPid(client))).toBe(true);
            });
        await cancel(first);
        await endless;
        await cancel(second);
        await first.query("rollback");
        await waiting;
        expect(await queryRow(first, "select 1")).toEqual(["1"]);
        expect(await queryRow(second, "select 2")).toEqual(["2"]);
    });

    it("take COPY FROM STDIN, whole or not at all, and live on", async () => {
        const [client, other] = await openTwoClients();
        await client.query("create table orders (order_id integer, status text)");
        const copy = (sql: string, rows: string): Promise<void> => sendCopy(client, sql, rows, "the test");
        const large = Array.from({ length: 60_000 }, (_, id) => formatCopyRow([String(id), "PAID"])).join("");
        await Promise.all([copy("-- all of them\ncopy orders\nfrom stdin", large), queryRow(other, "select 1")]);
        await copy(
            "copy orders from stdin",
            formatCopyRow(["60000", "a\ttab, a\nline, \\N"]) + formatCopyRow([null, null]),
        );
        await expect(copy("copy orders from stdin", "1\tPAID\nx\tPAID\n")).rejects.toThrow(
            'invalid input syntax for type integer: "x"',
        );
        await expect(copy("copy missing from stdin", "1\n")).rejects.toThrow('relation "missing" does not exist');
        await expect(client.query("copy orders from stdin")).rejects.toThrow("No source stream defined");
        await expect(client.query("select 1; copy orders from stdin")).rejects.toThrow(
            "the embedded database takes a COPY FROM STDIN as text, and as the first statement of a simple query",
        );
        await expect(client.query("copy orders from stdin (format binary)")).rejects.toThrow("COPY from stdin failed");
        expect(
            await queryRow(
                client,
                "select count(*), count(order_id), min(status) from orders where status is distinct from 'PAID'",
            ),
        ).toEqual(["2", "1", "a\ttab, a\nline, \\N"]);
        expect(await queryRow(client, "select count(*) from orders")).toEqual(["60002"]);
    });
});

describe("a connection to the embedded database that waits for an idle transaction", () => {
    it("gets an error after a while, and its turn when the transaction has ended", async () => {
        const folder = await makeTestFolder();
        const database = await openData(makeLayout(folder), () => undefined);
        const sessions = new Sessions(await makeBackend(database), {
            idleTransactionMs: 100,
            beforeTurn: () => undefined,
            onLog: () => undefined,
            onCountChanged: () => undefined,
            onFarewell: (socket) => socket.end(),
            onDeath: () => undefined,
            describeDeath: () => "",
        });
        const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
            sessions.add(socket);
        });
        await new Promise<void>((resolve) => listener.listen(join(folder, socketName), resolve));
        const config = { host: folder, port, user: "postgres", database: "postgres" };
        const holder = new pg.Client(config);
        const waiting = new pg.Client(config);
        await Promise.all([holder.connect(), waiting.connect()]);
        await holder.query("begin; create table orders (order_id integer)");
        for (const values of [[], [1]]) {
            const sql = values.length === 0 ? "select 1" : "select $1::integer";
            await expect(waiting.query(sql, values)).rejects.toMatchObject({
                code: "55P03",
                message: "another connection has kept a transaction open for 0 s without using it",
            });
        }
        await holder.query("commit");
        expect(await queryRow(waiting, "select count(*) from orders")).toEqual(["0"]);
        await Promise.all([holder.end(), waiting.end()]);
        listener.close();
        await database.close();
    });
});
