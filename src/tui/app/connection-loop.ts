import { ConnectionError } from "../../database/errors.js";
import type { Database } from "../../database/database.js";
import type { ConnectionState } from "./app.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** Opens the database while a callback runs. */
export type OpenDatabase = (use: (database: Database) => Promise<void>) => Promise<void>;

export interface ConnectionLoop {
    readonly state: Readable<ConnectionState>;
    /** Waits for the database and uses it. If the connection is lost, rejects, and the loop opens the database again. */
    readonly use: <T>(work: (database: Database) => Promise<T>) => Promise<T>;
    /** Sets what is shown while the database is prepared. */
    readonly setDoing: (doing: string, progress: string | null) => void;
    readonly retryNow: () => void;
    /**
     * Runs until `stop`; after a lost connection it tries to open again, with growing pauses.
     *
     * @throws the error of the first opening: settings that never worked are not retried.
     */
    readonly run: (work: ConnectionWork) => Promise<void>;
    readonly stop: () => void;
}

export interface ConnectionWork {
    readonly open: OpenDatabase;
    /** Called after the first opening, before anything else uses the database. */
    readonly prepare: (database: Database) => Promise<void>;
    /** Called before the database is closed: waits for what still uses it. */
    readonly settle: () => Promise<void>;
}

const pausesMs = [1000, 2000, 5000, 10_000, 30_000];

export function makeConnectionLoop(now: () => number): ConnectionLoop {
    const state = makeStore<ConnectionState>({ kind: "opening", doing: "opening the database", progress: null });
    let current: Database | null = null;
    let waiting: (() => void)[] = [];
    let isStopped = false;
    // A function, because `isStopped` changes during an `await` and TypeScript would narrow it.
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
            // 53300: the server has too many connections. It is reachable, and a build on it goes on.
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
