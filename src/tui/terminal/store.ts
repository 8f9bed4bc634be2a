/** A value that changes, with listeners for its changes. */
export interface Readable<T> {
    readonly get: () => T;
    /** Calls the listener after each change, until the returned function is called. */
    readonly subscribe: (listener: () => void) => () => void;
}

export interface Store<T> extends Readable<T> {
    readonly set: (value: T) => void;
    readonly update: (change: (value: T) => T) => void;
}

/** Holds one immutable value. Setting the same value again notifies no listener. */
export function makeStore<T>(initial: T): Store<T> {
    let value = initial;
    const listeners = new Set<() => void>();
    const set = (next: T): void => {
        if (Object.is(next, value)) {
            return;
        }
        value = next;
        // A listener may unsubscribe others while it runs.
        for (const listener of [...listeners]) {
            listener();
        }
    };
    return {
        get: () => value,
        set,
        update: (change) => {
            set(change(value));
        },
        subscribe: (listener) => {
            listeners.add(listener);
            return () => {
                listeners.delete(listener);
            };
        },
    };
}
