import { setImmediate as nextRound } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { bindSignal } from "../../src/database/bind-signal.js";
import type { Connection } from "../../src/database/connection.js";
import { withDatabase, type Database } from "../../src/database/database.js";
import { quoteLiteral } from "../../src/sql/identifiers.js";
import { describeOnBothDatabases, describeOnServer, type TestDatabase } from "../setup/databases.js";
import { withProxy } from "../setup/proxy.js";
import { waitForSessions } from "../setup/wait-for-sessions.js";

// No sleep: that would be one long call of the system for PostgreSQL in WebAssembly.
const endless =
    "with recursive numbers as (select 1 as n union all select n from numbers) select count(*) from numbers";

const interrupted = { code: "interrupted", message: "Interrupted." };

/** Opens the same database once more, as another program would, with so many connections. */
function openAgain<T>(test: TestDatabase, maxConnections: number, use: (database: Database) => Promise<T>): Promise<T> {
    return withDatabase(test.settings.database, { ...test.settings, maxConnections }, use);
}

async function one(database: Database): Promise<unknown> {
    return (await database.query("select 1 as one")).rows;
}

/** A read that goes on until it is aborted. */
function startEndless(database: Database): { readonly stop: AbortController; readonly ended: Promise<unknown> } {
    const stop = new AbortController();
    const ended = database.withReadOnlyTransaction((connection) => connection.query(endless), { signal: stop.signal });
    ended.catch(() => undefined);
    return { stop, ended };
}

/** Resolves when the database runs `count` endless statements. */
async function untilRunning(test: TestDatabase, count: number): Promise<void> {
    if (test.kind === "embedded") {
        return;
    }
    await waitForSessions(test.connected, `state = 'active' and query = ${quoteLiteral(endless)}`, count);
}

async function durationMs(promise: Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    await promise;
    return performance.now() - startedAt;
}

describeOnBothDatabases("a read that is aborted", (test) => {
    beforeAll(async () => {
        await test.connected.query("create sequence public.calls");
    });

    it("does not begin when it was aborted before", async () => {
        let isCalled = false;
        const use = (connection: Connection): Promise<unknown> => {
            isCalled = true;
            return connection.query("select 1");
        };
        await expect(
            test.connected.withReadOnlyTransaction(use, { signal: AbortSignal.abort() }),
        ).rejects.toMatchObject(interrupted);
        await expect(test.connected.withTransaction(use, { signal: AbortSignal.abort() })).rejects.toMatchObject(
            interrupted,
        );
        expect(isCalled).toBe(false);
    });

    it("rejects at once, and its statement ends at the server", async () => {
        await openAgain(test, 1, async (database) => {
            const { stop, ended } = startEndless(database);
            await untilRunning(test, 1);
            stop.abort();
            expect(await durationMs(expect(ended).rejects.toMatchObject(interrupted))).toBeLessThan(100);
            // There is no other connection: this waits until the statement has ended.
            expect(await one(database)).toEqual([{ one: 1 }]);
            await untilRunning(test, 0);
        });
    });

    it("sends no further statement when it is aborted between two", async () => {
        for (const readOnly of [true, false]) {
            const stop = new AbortController();
            await expect(
                test.connected.withTransaction(
                    async (connection) => {
                        await connection.query("select 1");
                        stop.abort();
                        await connection.query("select setval('public.calls', 100)");
                    },
                    { readOnly, signal: stop.signal },
                ),
            ).rejects.toMatchObject(interrupted);
        }
        const { rows } = await test.connected.query("select last_value, is_called from public.calls");
        expect(rows).toEqual([{ last_value: "1", is_called: false }]);
    });

    it("rolls back what was written when it is aborted before the commit", async () => {
        const stop = new AbortController();
        await expect(
            test.connected.withTransaction(
                async (connection) => {
                    await connection.query("create table public.left_behind (id int)");
                    stop.abort();
                },
                { signal: stop.signal },
            ),
        ).rejects.toMatchObject(interrupted);
        const { rows } = await test.connected.query("select to_regclass('public.left_behind') is null as gone");
        expect(rows).toEqual([{ gone: true }]);
    });

    it("gives up waiting for a connection, and takes none from those who come later", async () => {
        await openAgain(test, 1, async (database) => {
            const stop = new AbortController();
            let waiting: Promise<unknown> = Promise.resolve();
            await database.withTransaction(async (connection) => {
                waiting = database.withReadOnlyTransaction((other) => other.query("select 1"), {
                    signal: stop.signal,
                });
                const ended = expect(waiting).rejects.toMatchObject(interrupted);
                await nextRound();
                stop.abort();
                expect(await durationMs(ended)).toBeLessThan(100);
                await connection.query("select 1");
            });
            expect(await one(database)).toEqual([{ one: 1 }]);
        });
    });

    it("is given up while another program's statement runs, which goes on", async () => {
        await openAgain(test, 1, (other) =>
            openAgain(test, 1, async (database) => {
                const running = startEndless(other);
                let hasOtherEnded = false;
                running.ended.catch(() => {
                    hasOtherEnded = true;
                });
                await untilRunning(test, 1);
                const { stop, ended } = startEndless(database);
                await untilRunning(test, 2);
                stop.abort();
                expect(await durationMs(expect(ended).rejects.toMatchObject(interrupted))).toBeLessThan(100);
                await untilRunning(test, 1);
                expect(hasOtherEnded).toBe(false);
                running.stop.abort();
                await expect(running.ended).rejects.toMatchObject(interrupted);
                expect(await one(database)).toEqual([{ one: 1 }]);
            }),
        );
    });

    it("ends at whatever moment it is aborted, and never hits the next statement of its connection", async () => {
        await openAgain(test, 1, async (database) => {
            for (let rounds = 0; rounds < 40; rounds++) {
                for (const sql of [endless, "select 1"]) {
                    const stop = new AbortController();
                    const read = database.withReadOnlyTransaction((connection) => connection.query(sql), {
                        signal: stop.signal,
                    });
                    read.catch(() => undefined);
                    for (let round = 0; round < rounds; round++) {
                        await nextRound();
                    }
                    stop.abort();
                    expect(await one(database)).toEqual([{ one: 1 }]);
                    if (sql === endless) {
                        await expect(read).rejects.toMatchObject(interrupted);
                    }
                }
            }
        });
    }, 60_000);

    it("cancels one statement of a transaction that goes on", async () => {
        const seen = await test.connected.withTransaction(async (connection) => {
            await connection.query("savepoint part");
            const stop = new AbortController();
            const part = connection.withSignal(stop.signal).query(endless);
            const ended = expect(part).rejects.toMatchObject(interrupted);
            await nextRound();
            stop.abort();
            await ended;
            await connection.query("rollback to savepoint part");
            return (await connection.query("select 1 as one")).rows;
        });
        expect(seen).toEqual([{ one: 1 }]);
    });

    it("ends with the signal that its database is bound to, whatever it is asked by", async () => {
        for (const read of [
            (database: Database) => database.query(endless),
            (database: Database) => database.withTransaction((connection) => connection.query(endless)),
            (database: Database) => database.withReadOnlyTransaction((connection) => connection.query(endless)),
            (database: Database) =>
                database.withReadOnlyTransaction((connection) => connection.query(endless), {
                    signal: new AbortController().signal,
                }),
        ]) {
            const stop = new AbortController();
            const ended = expect(read(bindSignal(test.connected, stop.signal))).rejects.toMatchObject(interrupted);
            await untilRunning(test, 1);
            stop.abort();
            await ended;
            await untilRunning(test, 0);
        }
        expect(await one(test.connected)).toEqual([{ one: 1 }]);
    });

    it("may take no longer than it is allowed to, waiting included", async () => {
        const timeout = {
            name: "ReadTimeoutError",
            code: "failed",
            message: "The database did not answer within 0.3 s.",
        };
        const read = (database: Database): Promise<unknown> =>
            database.withReadOnlyTransaction((connection) => connection.query(endless), { timeoutMs: 300 });
        await openAgain(test, 1, async (database) => {
            await expect(read(database)).rejects.toMatchObject(timeout);
            expect(await one(database)).toEqual([{ one: 1 }]);
            await database.withTransaction(async () => {
                await expect(read(database)).rejects.toMatchObject(timeout);
            });
        });
    });

    it("ends with its database, which is closed within a second", async () => {
        let ended: Promise<unknown> = Promise.resolve();
        let writing: Promise<unknown> = Promise.resolve();
        let late: () => Promise<unknown> = () => Promise.resolve();
        const closed = await openAgain(test, 2, (database) => {
            ended = expect(startEndless(database).ended).rejects.toMatchObject(interrupted);
            writing = expect(database.withTransaction((connection) => connection.query(endless))).rejects.toMatchObject(
                interrupted,
            );
            late = () => database.withReadOnlyTransaction((connection) => connection.query("select 1"));
            return Promise.resolve(performance.now());
        });
        await Promise.all([ended, writing]);
        expect(performance.now() - closed).toBeLessThan(1000);
        await expect(late()).rejects.toMatchObject(interrupted);
        expect(await one(test.connected)).toEqual([{ one: 1 }]);
        await untilRunning(test, 0);
    });
});

describeOnServer("a read of a server that is aborted", {}, (test) => {
    const cancelRequestCode = 80877102;

    function isCancelRequest(bytes: Buffer): boolean {
        return bytes.length === 16 && bytes.readUInt32BE(4) === cancelRequestCode;
    }

    async function expectCancelled(database: Database): Promise<void> {
        const { stop, ended } = startEndless(database);
        await untilRunning(test, 1);
        stop.abort();
        await expect(ended).rejects.toMatchObject(interrupted);
        expect(await one(database)).toEqual([{ one: 1 }]);
        await untilRunning(test, 0);
    }

    it("is cancelled by a later request when the first is lost", async () => {
        let requests = 0;
        const loseFirst = (bytes: Buffer): boolean => !isCancelRequest(bytes) || ++requests > 1;
        // One connection, and none by SQL: only a second request of the same kind can do it.
        await withProxy(test, { passesOn: loseFirst, maxConnections: 1 }, expectCancelled);
        expect(requests).toBeGreaterThanOrEqual(1);
    });

    it("is cancelled behind a pooler that names a process of its own making and passes no request on", async () => {
        const backendKey = Buffer.from([0x4b, 0, 0, 0, 12]);
        const nameOtherProcess = (answer: Buffer): void => {
            const place = answer.indexOf(backendKey);
            if (place >= 0) {
                answer.writeUInt32BE(1, place + backendKey.length);
            }
        };
        await withProxy(
            test,
            { changeAnswer: nameOtherProcess, passesOn: (bytes) => !isCancelRequest(bytes), maxConnections: 1 },
            expectCancelled,
        );
    });

    it("is cancelled by a role that may have one connection only", async () => {
        await test.connected.query(
            "create role stardeck_single login connection limit 1 password 'single'; grant stardeck_single to current_user",
        );
        const { database } = test.settings;
        if (database.kind !== "server") {
            throw new Error("not on a server");
        }
        const single = {
            ...database,
            user: "stardeck_single",
            hosts: database.hosts.map((host) => ({ ...host, password: "single" })),
        };
        try {
            await withDatabase(single, { ...test.settings, maxConnections: 1 }, expectCancelled);
        } finally {
            await test.connected.query("drop role stardeck_single");
        }
    });
});
