import type { ReadOptions } from "../../browse/relation.js";
import type { Database } from "../../database/database.js";
import { ConnectionError } from "../../database/errors.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** What is known of something that is read from the database. */
export interface Loaded<T> {
    /** The last that was read; stays while it is read again, and when that fails. */
    readonly value: T | null;
    readonly error: Error | null;
    readonly isLoading: boolean;
}

/** How long a read may take, for both kinds of databases or for each: the embedded one does one thing at a time. */
export type TimeLimit = number | Readonly<Record<Database["kind"], number>>;

/** Who has the database. */
export interface Reader {
    /**
     * Reads from the database when it is open. With the signal the read is given up at the server.
     *
     * @param use gets the options that `database.withReadOnlyTransaction` and all reads of `browse` take
     */
    readonly read: <T>(
        use: (database: Database, options: ReadOptions) => Promise<T>,
        signal?: AbortSignal,
        timeLimitMs?: TimeLimit,
    ) => Promise<T>;
}

/** Reads something; what it has found so far it may `report`. */
export type Read<T> = (database: Database, options: ReadOptions, report: (value: T) => void) => Promise<T>;

/** Something that is read from the database, later and perhaps again. Never rejects: errors are a state. */
export interface Load<T> extends Readable<Loaded<T>> {
    /** Reads it, also when it is known. A read under way is given up for the new one. */
    readonly load: () => Promise<void>;
    /** Reads it unless it is up to date; resolves when that is so, or a read under way has ended. */
    readonly need: () => Promise<void>;
    /** It may have changed: what is known stays, and is read again when it is needed. */
    readonly outdate: () => void;
    /** Gives up a read under way; false when there is none. */
    readonly cancel: () => boolean;
    /** `Reading the value …`, after a second `Reading the value: running 12 s, x cancels`; empty while nothing is read. */
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

/** The same for each of many things, by their keys: for what a cursor comes to. One of them is read at a time. */
export interface KeyedLoad<T> extends Readable<unknown> {
    /** Nothing, and not being read, until it was needed. */
    readonly of: (key: string) => Loaded<T>;
    /** Reads it unless it is up to date. A read of another is given up for it. */
    readonly need: (key: string) => void;
    /** Reads what is not up to date of all of these, and gives nothing up for them. */
    readonly needAll: (keys: readonly string[]) => void;
    /** All of it, or one, may have changed: what is known stays, and is read again when it is needed. */
    readonly outdate: (key?: string) => void;
    /** Gives up what is being read. */
    readonly cancel: () => void;
}

/** A cursor that moves on within this time was not there to look. */
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
    /** Runs while the cursor moves on quickly. */
    let rest: NodeJS.Timeout | null = null;

    function loadOf(key: string): Load<T> {
        const known = loads.get(key);
        // Those that were needed last are kept.
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
 * The error of one of several reads, as a state beside what the others find.
 *
 * @throws the error itself where none of them can go on: the signal was aborted or the connection lost.
 */
export function keepError(caught: unknown, { signal }: Pick<ReadOptions, "signal">): Error {
    if (signal.aborted || caught instanceof ConnectionError) {
        throw caught;
    }
    return caught instanceof Error ? caught : new Error(String(caught));
}
