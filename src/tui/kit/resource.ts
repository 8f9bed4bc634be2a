import { makeStore, type Readable } from "../terminal/store.js";

/** What is known of something that is read from the database. */
export interface Loaded<T> {
    /** The last that was read; stays while it is read again, and when that fails. */
    readonly value: T | null;
    readonly error: Error | null;
    readonly isLoading: boolean;
}

export interface Resource<T> extends Readable<Loaded<T>> {
    /** Reads it, also when it is known already. A load under way is given up for the new one. */
    readonly load: () => Promise<void>;
    /** Gives up a load under way. */
    readonly cancel: () => void;
}

/** Something to be read, later and perhaps again. Never rejects: errors are a state. */
export function makeResource<T>(read: (signal: AbortSignal) => Promise<T>): Resource<T> {
    const store = makeStore<Loaded<T>>({ value: null, error: null, isLoading: false });
    let current: AbortController | null = null;
    const cancel = (): void => {
        current?.abort();
        current = null;
        store.update((state) => ({ ...state, isLoading: false }));
    };
    return {
        get: store.get,
        subscribe: store.subscribe,
        cancel,
        load: async () => {
            current?.abort();
            const own = new AbortController();
            current = own;
            store.update((state) => ({ ...state, isLoading: true }));
            try {
                const value = await read(own.signal);
                if (current === own) {
                    store.set({ value, error: null, isLoading: false });
                }
            } catch (error) {
                if (current === own) {
                    const failure = error instanceof Error ? error : new Error(String(error));
                    store.update(({ value }) => ({ value, error: failure, isLoading: false }));
                }
            }
        },
    };
}
