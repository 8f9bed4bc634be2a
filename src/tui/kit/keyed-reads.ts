import type { Loaded } from "./resource.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** Things to be read one by one as a cursor comes to them, and kept. */
export interface KeyedReads<T> extends Readable<ReadonlyMap<string, Loaded<T>>> {
    readonly of: (key: string) => Loaded<T>;
    /** Reads it unless it is known. Of what is asked for while another read goes on, only the last is read. */
    readonly need: (key: string) => void;
    /** Forgets all, or one. */
    readonly forget: (key?: string) => void;
    /** Reads it once more; what is known of it stays until then. */
    readonly renew: (key: string) => void;
}

const unread: Loaded<never> = { value: null, error: null, isLoading: true };
const maxKept = 200;

/** @param read null for what there is nothing to read of */
export function makeKeyedReads<T>(read: (key: string) => Promise<T> | null): KeyedReads<T> {
    const store = makeStore<ReadonlyMap<string, Loaded<T>>>(new Map());
    let needed: string | null = null;
    let isReading = false;
    let generation = 0;
    const outdated = new Set<string>();

    async function load(key: string, started: Promise<T>): Promise<void> {
        const own = generation;
        let loaded: Loaded<T>;
        try {
            loaded = { value: await started, error: null, isLoading: false };
        } catch (error) {
            const failure = error instanceof Error ? error : new Error(String(error));
            loaded = { value: null, error: failure, isLoading: false };
        }
        // What was forgotten meanwhile is out of date.
        if (own === generation) {
            store.update((known) => new Map([...[...known].slice(-maxKept), [key, loaded]]));
        }
    }

    function readNeeded(): void {
        const key = needed;
        if (key === null || isReading || (store.get().has(key) && !outdated.has(key))) {
            return;
        }
        outdated.delete(key);
        const started = read(key);
        if (started === null) {
            return;
        }
        isReading = true;
        void load(key, started).finally(() => {
            isReading = false;
            readNeeded();
        });
    }

    return {
        get: store.get,
        subscribe: store.subscribe,
        of: (key) => store.get().get(key) ?? unread,
        need: (key) => {
            needed = key;
            readNeeded();
        },
        renew: (key) => {
            outdated.add(key);
            needed = key;
            readNeeded();
        },
        forget: (key) => {
            generation++;
            store.update((known) =>
                key === undefined ? new Map() : new Map([...known].filter(([each]) => each !== key)),
            );
        },
    };
}
