import type { ReadOptions } from "../../browse/relation.js";
import type { Database } from "../../database/database.js";
import { ConnectionError } from "../../database/errors.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** The state of a value that is read from the database. */
export interface Loaded<T> {
    /** The value read last; it stays while it is read again, and when that fails. */
    readonly value: T | null;
    readonly error: Error | null;
    readonly isLoading: boolean;
}

/** How long a read may take, for both kinds of database or for each: the embedded one runs one statement at a time. */
export type TimeLimit = number | Readonly<Record<Database["kind"], number>>;

/** Gives reads access to the database. */
export interface Reader {
    /**
     * Reads from the database as soon as it is open. The signal cancels the read at the server.
     *
     * @param use gets the options for `database.withReadOnlyTransaction` and all reads of `browse`
     */
    readonly read: <T>(
        use: (database: Database, options: ReadOptions) => Promise<T>,
        signal?: AbortSignal,
        timeLimitMs?: TimeLimit,
    ) => Promise<T>;
}

/** Reads a value; it may `report` what it has found so far. */
export type Read<T> = (database: Database, options: ReadOptions, report: (value: T) => void) => Promise<T>;

/** A value that is read from the database on demand, perhaps several times. Its promises never reject: errors are a state. */
export interface Load<T> extends Readable<Loaded<T>> {
    /** Reads the value even if it is known. Cancels a read that is running. */
    readonly load: () => Promise<void>;
    /** Reads the value unless it is up to date; resolves when it is, or when the read that is running ends. */
    readonly need: () => Promise<void>;
    /** The value may have changed: it stays until it is needed, and is read again then. */
    readonly outdate: () => void;
    /** Cancels the read that is running; returns false when none is. */
    readonly cancel: () => boolean;
    /** `Reading the value …`, after a second `Reading the value: running 12 s, x cancels`; empty when no read is running. */
    readonly describe: (what: string) => string;
}

const unread: Loaded<never> = { value: null, error: null, isLoading: false };

export function makeLoad<T>(reader: Reader, read: Read<T>, timeLimitMs?: TimeLimit): Load<T> {
    const store = makeStore<Loaded<T>>(unread);
    let current: { readonly controller: AbortController; readonly clock: NodeJS.Timeout } | null = null;
    let running: Promise<void> = Promise.resolve();
    let isUpToDate = false;
    let seconds = 0;

    function end(): boolean {
        const ended = current;
        current = null;
        clearInterval(ended?.clock);
        ended?.controller.abort();
        return ended !== null;
    }

    function cancel(): boolean {
        const wasRunning = end();
        if (wasRunning) {
            store.update(({ value, error }) => ({ value, error, isLoading: false }));
        }
        return wasRunning;
    }

    async function run(): Promise<void> {
        end();
        const controller = new AbortController();
        const { signal } = controller;
        const isCurrent = (): boolean => current?.controller === controller;
        seconds = 0;
        const clock = setInterval(() => {
            seconds++;
            store.update((state) => ({ ...state }));
        }, 1000);
        current = { controller, clock };
        store.update((state) => ({ ...state, isLoading: true }));
        const report = (value: T): void => {
            if (isCurrent()) {
                store.update((state) => ({ ...state, value }));
            }
        };
        let loaded: Partial<Loaded<T>>;
        try {
            const use = (database: Database, options: ReadOptions): Promise<T> => read(database, options, report);
            loaded = { value: await reader.read(use, signal, timeLimitMs), error: null };
        } catch (error) {
            loaded = { error: error instanceof Error ? error : new Error(String(error)) };
        }
        if (isCurrent()) {
            clearInterval(clock);
            current = null;
            isUpToDate = true;
            store.update((state) => ({ ...state, ...loaded, isLoading: false }));
        }
    }

    function load(): Promise<void> {
        running = run();
        return running;
    }

    return {
        get: store.get,
        subscribe: store.subscribe,
        load,
        need: () => (isUpToDate ? Promise.resolve() : current === null ? load() : running),
        outdate: () => {
            isUpToDate = false;
            cancel();
        },
        cancel,
        describe: (what) =>
            current === null ? "" : seconds < 1 ? `${what} …` : `${what}: running ${seconds} s, x cancels`,
    };
}

/** A load for each of many keys, such as the items of a list. `need` reads one at a time: the one that the cursor is on. */
export interface KeyedLoad<T> extends Readable<unknown> {
    /** The state for a key; without a value until the key was needed. */
    readonly of: (key: string) => Loaded<T>;
    /** Reads it unless it is up to date. Cancels the read of the key that was needed before. */
    readonly need: (key: string) => void;
    /** Reads all of these that are not up to date, without cancelling other reads. */
    readonly needAll: (keys: readonly string[]) => void;
    /** One value, or all without a key, may have changed: it stays until it is needed, and is read again then. */
    readonly outdate: (key?: string) => void;
    /** Cancels all reads that are running. */
    readonly cancel: () => void;
}

/** While the cursor moves on faster than this, nothing is read for the items that it passes. */
const restMs = 60;
const maxKept = 200;

export function makeKeyedLoad<T>(
    reader: Reader,
    read: (key: string, ...given: Parameters<Read<T>>) => Promise<T>,
    timeLimitMs?: TimeLimit,
): KeyedLoad<T> {
    const changes = makeStore(0);
    const loads = new Map<string, Load<T>>();
    let needed: Load<T> | null = null;
    /** Set while the cursor moves quickly. */
    let rest: NodeJS.Timeout | null = null;

    function loadOf(key: string): Load<T> {
        const known = loads.get(key);
        // Inserted again at the end, so that the first key of the map is the least recently used.
        loads.delete(key);
        const load = known ?? makeLoad<T>(reader, (...given) => read(key, ...given), timeLimitMs);
        if (known === undefined) {
            load.subscribe(() => {
                changes.update((count) => count + 1);
            });
        }
        loads.set(key, load);
        const [oldest = key] = loads.keys();
        if (loads.size > maxKept) {
            loads.delete(oldest);
        }
        return load;
    }

    return {
        get: changes.get,
        subscribe: changes.subscribe,
        of: (key) => loads.get(key)?.get() ?? unread,
        need: (key) => {
            const load = loadOf(key);
            const isMoving = rest !== null;
            if (load !== needed) {
                const before = needed;
                needed = load;
                clearTimeout(rest ?? undefined);
                rest = setTimeout(() => {
                    rest = null;
                    void load.need();
                }, restMs);
                before?.cancel();
            }
            if (!isMoving) {
                void load.need();
            }
        },
        needAll: (keys) => {
            for (const key of keys) {
                void loadOf(key).need();
            }
        },
        outdate: (key) => {
            for (const load of key === undefined ? loads.values() : [loads.get(key)]) {
                load?.outdate();
            }
        },
        cancel: () => {
            clearTimeout(rest ?? undefined);
            rest = null;
            needed = null;
            for (const load of loads.values()) {
                load.cancel();
            }
        },
    };
}

/**
 * Returns the error of one of several reads, to be kept as a state beside the results of the others.
 *
 * @throws the error itself when the others cannot go on either: the signal was aborted or the connection lost.
 */
export function keepError(caught: unknown, { signal }: Pick<ReadOptions, "signal">): Error {
    if (signal.aborted || caught instanceof ConnectionError) {
        throw caught;
    }
    return caught instanceof Error ? caught : new Error(String(caught));
}
