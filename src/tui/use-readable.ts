import { useEffect, useReducer, useSyncExternalStore } from "./ink.js";
import type { Readable } from "./store.js";

/** The value of a store, in a component that is drawn again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
    return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}

/** Draws the component again whenever one of the stores changes. The list must stay the same from draw to draw. */
export function useChanges(readables: readonly Readable<unknown>[]): void {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
        const ends = readables.map((readable) => readable.subscribe(draw));
        return () => {
            for (const end of ends) {
                end();
            }
        };
    }, [readables]);
}
