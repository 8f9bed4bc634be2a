import { ConnectionError } from "../../database/errors.js";
import type { Database } from "../../database/database.js";
import type { ConnectionState } from "./app.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** Opens the database for the time of a callback. */
export type OpenDatabase = (use: (database: Database) => Promise<void>) => Promise<void>;

export interface ConnectionLoop {
    readonly state: Readable<ConnectionState>;
    /** Waits for the database and uses it. A lost connection is noticed, and the database opened again. */
    readonly use: <T>(work: (database: Database) => Promise<T>) => Promise<T>;
    /** Says what is done before the database can be used. */
    readonly setDoing: (doing: string, progress: string | null) => void;
    readonly retryNow: () => void;
    /**
     * Runs until `stop`; after a loss it opens again and again, with growing pauses.
     *
     * @throws what opening throws the first time: settings that never worked are not retried.
     */
    readonly run: (work: ConnectionWork) => Promise<void>;
    readonly stop: () => void;
}

export interface ConnectionWork {
    readonly open: OpenDatabase;
    /** Before anything else uses a database that was opened the first time. */
    readonly prepare: (database: Database) => Promise<void>;
    /** Awaits what still uses the database, before it is closed. */
    readonly settle: () => Promise<void>;
}

const pausesMs = [1000, 2000, 5000, 10_000, 30_000];

export function makeConnectionLoop(now: () => number): ConnectionLoop {
    const state = makeStore<ConnectionState>({ kind: "opening", doing: "opening the database", progress: null });
    let current: Database | null = null;
    let waiting: (() => void)[] = [];
    let isStopped = false;
    // A function, as it changes while something is awaited.
    const hasStopped = (): boolean => isStopped;
    let endUse: () => void = () => undefined;
    let endPause: () => void = () => undefined;

    const lose = (error: unknown): void => {
        if (current !== null) {
            current = null;
            state.set({ kind: "lost", message: messageOf(error), retryAtMs: now() });
            endUse();
        }
    };

    async function use<T>(work: (database: Database) => Promise<T>): Promise<T> {
        while (current === null) {
            if (isStopped) {
                throw new Error("The interface has ended.");
            }
            await new Promise<void>((resolve) => waiting.push(resolve));
        }
        try {
            return await work(current);
        } catch (error) {
            // A server that has no connection left for a read is there, and a build on it goes on.
            if (error instanceof ConnectionError && error.reason !== "53300") {
                lose(error);
            }
            throw error;
        }
    }

    function wakeAll(): void {
        const woken = waiting;
        waiting = [];
        for (const wake of woken) {
            wake();
        }
    }

    return {
        state,
        use,
        setDoing: (doing, progress) => {
            state.set({ kind: "opening", doing, progress });
        },
        retryNow: () => {
            endPause();
        },
        stop: () => {
            isStopped = true;
            endUse();
            endPause();
            wakeAll();
        },
        run: async ({ open, prepare, settle }) => {
            let wasOpen = false;
            const hasBeenOpen = (): boolean => wasOpen;
            let failures = 0;
            while (!isStopped) {
                try {
                    await open(async (database) => {
                        const ended = new Promise<void>((resolve) => {
                            endUse = resolve;
                        });
                        if (!wasOpen) {
                            await prepare(database);
                        }
                        if (hasStopped()) {
                            return;
                        }
                        wasOpen = true;
                        failures = 0;
                        current = database;
                        state.set({ kind: "open" });
                        wakeAll();
                        await ended;
                        await settle();
                    });
                } catch (error) {
                    if (!hasBeenOpen()) {
                        throw error;
                    }
                    current = null;
                    const pauseMs = pausesMs[Math.min(failures++, pausesMs.length - 1)] ?? 0;
                    state.set({ kind: "lost", message: messageOf(error), retryAtMs: now() + pauseMs });
                    await new Promise<void>((resolve) => {
                        const timer = setTimeout(resolve, pauseMs);
                        endPause = () => {
                            clearTimeout(timer);
                            resolve();
                        };
                    });
                }
            }
        },
    };
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
