import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import type { Connection } from "../../src/database/connection.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { ConnectionError, StardeckError, StatementError } from "../../src/database/errors.js";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { withProxy } from "../setup/proxy.js";

describeOnBothDatabases("a database", (test) => {
    beforeAll(async () => {
        await test.connected.query("create table public.note (id int primary key, text text)");
    });
    beforeEach(async () => {
        await test.connected.query("truncate public.note");
    });

    const ids = async (): Promise<unknown[]> => {
        const { rows } = await test.connected.query<{ id: number }>("select id from public.note order by 1");
        return rows.map(({ id }) => id);
    };

    async function errorOf(use: () => Promise<unknown>): Promise<StardeckError> {
        try {
            await use();
        } catch (error) {
            if (error instanceof StardeckError) {
                return error;
            }
            throw error;
        }
        throw new Error("nothing was refused");
    }

    it("gives values as JavaScript holds them without loss, and text otherwise", async () => {
        const { rows, rowCount } = await test.connected.query(
            `select
                true as yes, 1::int2 as small, 2 as int, 9007199254740993 as big, 1.10 as exact, 0.1::float8 as float,
                '{"a": [1, null]}'::jsonb as json, array['a', null, 'b "c"'] as texts, array[1, 2] as ints, 'null'::json as json_null,
                date '2025-01-02' as day, timestamp '2025-01-02 03:04:05.678901' as moment, timestamptz '2025-01-02 03:04+01' as instant,
                interval '1 day 2 hours' as span, 'NaN'::float8 as nan, null::int as nothing`,
        );
        expect(rowCount).toBe(1);
        expect(rows).toEqual([
            {
                yes: true,
                small: 1,
                int: 2,
                big: "9007199254740993",
                exact: "1.10",
                float: 0.1,
                json: { a: [1, null] },
                texts: ["a", null, 'b "c"'],
                ints: "{1,2}",
                json_null: null,
                day: "2025-01-02",
                moment: "2025-01-02 03:04:05.678901",
                instant: "2025-01-02 02:04:00+00",
                span: "1 day 02:00:00",
                nan: Number.NaN,
                nothing: null,
            },
        ]);
    });

    it("gives text results in column order, repeated names included", async () => {
        const result = await test.connected.withTransaction((connection) =>
            connection.queryText("select 1.0 as a, null as a, true as b, $1::text as c", ["é"]),
        );
        expect(result.fields.map(({ name }) => name)).toEqual(["a", "a", "b", "c"]);
        expect(result.fields[2]?.typeId).toBe(16);
        expect(result.rows).toEqual([["1.0", null, "t", "é"]]);
    });

    it("commits when all goes well", async () => {
        const result = await test.connected.withTransaction(async (connection) => {
            await connection.query("insert into public.note values (1, 'one')");
            return "done";
        });
        expect([result, await ids()]).toEqual(["done", [1]]);
    });

    it("rolls back when anything throws, and the connection is of use again", async () => {
        await expect(
            test.connected.withTransaction(async (connection) => {
                await connection.query("insert into public.note values (1, 'one')");
                throw new Error("changed my mind");
            }),
        ).rejects.toThrow("changed my mind");
        await expect(
            test.connected.withTransaction(async (connection) => {
                await connection.query("insert into public.note values (2, 'two')");
                await connection.query("insert into public.note values (2, 'two')");
            }),
        ).rejects.toThrow(StatementError);
        expect(await ids()).toEqual([]);
    });

    it("rolls back a rehearsal and gives its result", async () => {
        const seen = await test.connected.withTransaction(
            async (connection) => {
                await connection.query("insert into public.note values (1, 'one')");
                return (await connection.query("select id from public.note")).rows;
            },
            { isRehearsal: true },
        );
        expect([seen, await ids()]).toEqual([[{ id: 1 }], []]);
    });

    it.each([
        "insert into public.note values (1, 'one')",
        "truncate public.note",
        "create table public.other (id int)",
        "drop table public.note",
        "with written as (insert into public.note values (1, 'one') returning id) select * from written",
        "comment on table public.note is 'mine'",
    ])("refuses in a read-only transaction: %s", async (sql) => {
        const error = await errorOf(() =>
            test.connected.withReadOnlyTransaction((connection) => connection.query(sql)),
        );
        expect(error).toBeInstanceOf(StatementError);
        expect(error).toMatchObject({ sqlState: "25006" });
        expect(await ids()).toEqual([]);
    });

    it("does not let a transaction that was read-only become anything else", async () => {
        const readOnly = { readOnly: true };
        const writing = test.connected.withTransaction(
            (connection) => connection.query("set transaction read write"),
            readOnly,
        );
        await expect(writing).rejects.toThrow("transaction read-write mode must be set before any query");
        await test.connected.query("insert into public.note values (1, 'one')");
        expect(await ids()).toEqual([1]);
    });

    it("shows every statement of a repeatable-read transaction the same data", async () => {
        const levels = await test.connected.withTransaction(
            async (connection) =>
                (await connection.query("select current_setting('transaction_isolation') as level")).rows,
            { isolation: "repeatable read" },
        );
        expect(levels).toEqual([{ level: "repeatable read" }]);
    });

    it("keeps settings of a transaction to that transaction", async () => {
        await test.connected.withTransaction(
            async (connection) => {
                expect((await connection.query("select current_setting('statement_timeout') as value")).rows).toEqual([
                    { value: "7s" },
                ]);
            },
            { statementTimeoutMs: 7000 },
        );
        expect((await test.connected.query("select current_setting('statement_timeout') as value")).rows).toEqual([
            { value: "0" },
        ]);
    });

    it("depends on no settings of the server", async () => {
        const { rows } = await test.connected.query(
            "select current_setting('TimeZone') as zone, current_setting('DateStyle') as style, current_setting('IntervalStyle') as intervals",
        );
        expect(rows).toEqual([{ zone: "UTC", style: "ISO, MDY", intervals: "postgres" }]);
    });

    it("says where in a statement an error is", async () => {
        const sql = "select id,\n    colour\nfrom public.note";
        const error = await errorOf(() => test.connected.query(sql));
        expect(error).toBeInstanceOf(StatementError);
        expect(error).toMatchObject({
            code: "failed",
            message: 'column "colour" does not exist',
            sqlState: "42703",
            sql,
            position: sql.indexOf("colour") + 1,
            detail: undefined,
        });
    });

    it("keeps what PostgreSQL says in detail, and its hint", async () => {
        await test.connected.query("insert into public.note values (1, 'one')");
        expect(
            await errorOf(() => test.connected.query("insert into public.note values ($1, 'two')", [1])),
        ).toMatchObject({
            message: 'duplicate key value violates unique constraint "note_pkey" (Key (id)=(1) already exists.)',
            sqlState: "23505",
            detail: "Key (id)=(1) already exists.",
            position: undefined,
        });
        expect(await errorOf(() => test.connected.query("select txet from public.note"))).toMatchObject({
            hint: 'Perhaps you meant to reference the column "note.text".',
        });
    });

    // No sleep: that would be one long call of the system for PostgreSQL in WebAssembly.
    const endless =
        "with recursive numbers as (select 1 as n union all select n from numbers) select count(*) from numbers";

    it("ends a statement that takes longer than it may, and the connection is of use again", async () => {
        const error = await errorOf(() =>
            test.connected.withTransaction((connection) => connection.query(endless), { statementTimeoutMs: 300 }),
        );
        expect(error).toBeInstanceOf(StatementError);
        expect(error).toMatchObject({
            sqlState: "57014",
            sql: endless,
            message: "canceling statement due to statement timeout",
            hint: "Raise --statement-timeout, or narrow the selection.",
        });
        await test.connected.withTransaction(
            async (connection) => {
                await expect(connection.queryText(endless)).rejects.toMatchObject({ message: error.message });
            },
            { statementTimeoutMs: 300 },
        );
        expect(await ids()).toEqual([]);
    });

    it("names itself without credentials", () => {
        expect(test.connected.name).toMatch(
            test.kind === "embedded" ? /^embedded$/ : /^stardeck_test@127\.0\.0\.1:\d+\/\w+$/,
        );
        expect(test.connected.serverVersion).toBeGreaterThanOrEqual(150_000);
    });
});

describeOnServer("a database on a server", {}, (test) => {
    it("reads again on a new connection when the server has cut the old one, and does not write again", async () => {
        let attempts = 0;
        const cutOnce = async (connection: Connection): Promise<unknown> => {
            attempts++;
            if (attempts === 1) {
                const { rows } = await connection.query<{ pid: number }>("select pg_backend_pid() as pid");
                await test.connected.query("select pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
            }
            return (await connection.query("select 1 as one")).rows;
        };
        expect(await test.connected.withReadOnlyTransaction(cutOnce)).toEqual([{ one: 1 }]);
        expect(attempts).toBe(2);
        attempts = 0;
        await expect(test.connected.withTransaction(cutOnce)).rejects.toMatchObject({
            code: "no-database",
            hint: "What was committed is kept. Try again when the database is back.",
        });
        expect(attempts).toBe(1);
        expect((await test.connected.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    });

    it("replaces idle connections that the server has cut", async () => {
        await openDatabase(test.settings, async (other) => {
            const { rows } = await other.query<{ pid: number }>("select pg_backend_pid() as pid");
            await test.connected.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
            expect(
                await other.withReadOnlyTransaction(
                    async (connection) => (await connection.query("select 2 as two")).rows,
                ),
            ).toEqual([{ two: 2 }]);
        });
    });

    it("refuses a server that is older than PostgreSQL 15", async () => {
        const version = String(test.connected.serverVersion);
        const makeOlder = (answer: Buffer): void => {
            const place = answer.indexOf(version);
            if (place >= 0) {
                answer.write("140011", place);
            }
        };
        await expect(withProxy(test, { changeAnswer: makeOlder }, () => Promise.resolve())).rejects.toMatchObject({
            code: "no-database",
            message: expect.stringMatching(/^stardeck_test@127\.0\.0\.1:\d+\/\w+ is PostgreSQL 14\.$/) as string,
            hint: "stardeck needs PostgreSQL 15 or later.",
        });
    });

    it("refuses a role what it may not do, and says whom to ask", async () => {
        await test.connected.query("create table public.secret (id int)");
        await expect(
            test.connected.withTransaction(async (connection) => {
                await connection.query("set local role pg_monitor");
                await connection.query("select * from public.secret");
            }),
        ).rejects.toMatchObject({
            message: "permission denied for table secret",
            sqlState: "42501",
            hint: "Ask the owner of the database for this privilege; `stardeck debug` lists what is needed.",
        });
    });
});

describe("a server that cannot be used", () => {
    const password = "s3cr3t-w0rd";

    /** The error of connecting; the test server's URL, changed. */
    async function refusal(
        change: (url: URL) => void,
        use: (database: Database) => Promise<void> = () => Promise.resolve(),
        options: { readonly connectTimeoutMs?: number; readonly maxConnections?: number } = {},
    ): Promise<ConnectionError> {
        const url = new URL(inject("testServer").url);
        change(url);
        const settings = parseSettings({ databaseUrl: url.href }, {}, inject("runFolder"));
        try {
            await withDatabase(settings.database, { ...settings, maxConnections: 1, ...options }, use);
        } catch (error) {
            if (!(error instanceof ConnectionError)) {
                throw error;
            }
            const words = [error.message, error.hint, error.stack, String(error)].join("\n");
            expect(words).not.toContain(password);
            expect(words).not.toContain(decodeURIComponent(new URL(inject("testServer").url).password));
            return error;
        }
        throw new Error("it could be used");
    }

    async function findClosedPort(): Promise<number> {
        const probe = createServer().listen(0, "127.0.0.1");
        await once(probe, "listening");
        const { port } = probe.address() as AddressInfo;
        probe.close();
        await once(probe, "close");
        return port;
    }

    it("because nobody listens", async () => {
        const port = await findClosedPort();
        const error = await refusal((url) => {
            url.port = String(port);
        });
        expect(error).toMatchObject({
            code: "no-database",
            reason: "ECONNREFUSED",
            message: `No PostgreSQL server answers at stardeck_test@127.0.0.1:${port}/postgres.`,
            hint: "Start it, or check host and port. Without --database-url, DATABASE_URL and PG* stardeck uses its embedded database.",
        });
    });

    it("because its host is unknown", async () => {
        const error = await refusal((url) => {
            url.hostname = "no-such-host.invalid";
        });
        expect(error.message).toMatch(/^The host of stardeck_test@no-such-host\.invalid:\d+\/postgres is not known\.$/);
        expect(error.hint).toBe("Check its name and the network.");
    });

    it("because the password is wrong", async () => {
        const error = await refusal((url) => {
            url.password = password;
        });
        expect(error.reason).toBe("28P01");
        expect(error.message).toMatch(/^stardeck_test@127\.0\.0\.1:\d+\/postgres refuses the password\.$/);
        expect(error.hint).toBe("Check user and password (in the URL, PGPASSWORD or ~/.pgpass).");
    });

    it("because it asks for a password and none was given", async () => {
        const error = await refusal((url) => {
            url.password = "";
        });
        expect(error.message).toMatch(/ asks for a password and none was given\.$/);
        expect(error.hint).toBe("Give it in PGPASSWORD, ~/.pgpass or the URL.");
    });

    it("because the database does not exist", async () => {
        const error = await refusal((url) => {
            url.pathname = "/nowhere";
        });
        expect(error.reason).toBe("3D000");
        expect(error.message).toMatch(/^stardeck_test@127\.0\.0\.1:\d+\/nowhere: the database does not exist\.$/);
        expect(error.hint).toBe("Create it (createdb NAME), or name another one.");
    });

    it("because it demands what it does not offer", async () => {
        const error = await refusal((url) => {
            url.searchParams.set("sslmode", "require");
        });
        expect(error.message).toMatch(/ does not offer TLS\.$/);
        expect(error.hint).toBe("Use ?sslmode=prefer or ?sslmode=disable if that is meant to be so.");
    });

    it("because it says nothing", async () => {
        const silent = createServer().listen(0, "127.0.0.1");
        await once(silent, "listening");
        try {
            const error = await refusal(
                (url) => {
                    url.port = String((silent.address() as AddressInfo).port);
                    url.searchParams.set("sslmode", "disable");
                },
                undefined,
                { connectTimeoutMs: 300 },
            );
            expect(error.message).toMatch(/ did not answer in time\.$/);
            expect(error.hint).toBe("Check host and network, or raise PGCONNECT_TIMEOUT (seconds).");
        } finally {
            silent.close();
        }
    });

    it("because all its connections are taken", async () => {
        const admin = parseSettings({ databaseUrl: inject("testServer").url }, {}, inject("runFolder"));
        const role = `crowded_${process.pid}`;
        await withDatabase(admin.database, { ...admin, maxConnections: 1 }, async (server) => {
            await server.query(`create role ${role} login password '${password}' connection limit 1`);
            try {
                const asRole = (url: URL): void => {
                    url.username = role;
                    url.password = password;
                };
                const first = new URL(inject("testServer").url);
                asRole(first);
                const settings = parseSettings({ databaseUrl: first.href }, {}, inject("runFolder"));
                const error = await withDatabase(settings.database, { ...settings, maxConnections: 1 }, () =>
                    refusal(asRole),
                );
                expect(error.reason).toBe("53300");
                expect(error.message).toMatch(/^crowded_\d+@127\.0\.0\.1:\d+\/postgres has no connection left\.$/);
                expect(error.hint).toBe("Try again later, or with fewer --threads.");
            } finally {
                await server.query(`drop role ${role}`);
            }
        });
    });
});
