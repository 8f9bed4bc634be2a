import type { Loaded } from "./resource.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** Something to be read for each of many things, one at a time: for what a person rests on. */
export interface KeyedResource<T> extends Readable<ReadonlyMap<string, Loaded<T>>> {
    readonly of: (key: string) => Loaded<T> | null;
    /** Reads it, unless it is known. Another that is not there yet is given up for it. */
    readonly need: (key: string) => void;
    /** All of it may have changed: it stays, and is read again when it is needed. */
    readonly outdate: () => void;
    readonly cancel: () => void;
}

/** Whoever moves on within this time did not want to see it. */
const restMs = 60;
const maxKept = 100;

export function makeKeyedResource<T>(read: (key: string, signal: AbortSignal) => Promise<T>): KeyedResource<T> {
    const store = makeStore<ReadonlyMap<string, Loaded<T>>>(new Map());
    let upToDate: Set<string> = new Set<string>();
    let current: { readonly key: string; readonly controller: AbortController; readonly timer: NodeJS.Timeout } | null =
        null;
    const set = (key: string, loaded: Loaded<T>): void => {
        const others = [...store.get()].filter(([each]) => each !== key).slice(-maxKept);
        store.set(new Map([...others, [key, loaded]]));
    };

    function cancel(): void {
        if (current === null) {
            return;
        }
        const { key, controller, timer } = current;
        current = null;
        clearTimeout(timer);
        controller.abort();
        set(key, { value: store.get().get(key)?.value ?? null, error: null, isLoading: false });
    }

    async function load(key: string, controller: AbortController): Promise<void> {
        const isCurrent = (): boolean => current?.controller === controller;
        const before = store.get().get(key)?.value ?? null;
        let loaded: Loaded<T>;
        try {
            loaded = { value: await read(key, controller.signal), error: null, isLoading: false };
        } catch (error) {
            const failure = error instanceof Error ? error : new Error(String(error));
            loaded = { value: before, error: failure, isLoading: false };
        }
        if (isCurrent()) {
            current = null;
            upToDate.add(key);
            set(key, loaded);
        }
    }

    return {
        get: store.get,
        subscribe: store.subscribe,
        of: (key) => store.get().get(key) ?? null,
        need: (key) => {
            if (current?.key === key) {
                return;
            }
            cancel();
            if (upToDate.has(key) && store.get().has(key)) {
                return;
            }
            const controller = new AbortController();
            const timer = setTimeout(() => {
                void load(key, controller);
            }, restMs);
            current = { key, controller, timer };
            set(key, { value: store.get().get(key)?.value ?? null, error: null, isLoading: true });
        },
        outdate: () => {
            cancel();
            upToDate = new Set();
        },
        cancel,
    };
}
