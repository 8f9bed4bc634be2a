import { useEffect, useReducer, useRef, useSyncExternalStore } from "./ink.js";
import type { Readable } from "../terminal/store.js";

/** The value of a store; a change draws the component again. */
export function useReadable<T>(readable: Readable<T>): T {
    return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}

const none: readonly never[] = [];

/** Draws the component again whenever one of the stores changes. The list must stay the same from draw to draw. */
export function useChanges(readables: readonly Readable<unknown>[] = none): void {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    useEffect(() => subscribeToAll(readables, draw), [readables]);
}

/**
 * A value derived from stores; the component is drawn again only when the value changes, because Ink then draws its whole frame.
 * The list must stay the same from draw to draw. An error in `derive` is thrown in the component.
 */
export function useDerived<T>(
    readables: readonly Readable<unknown>[] | undefined,
    derive: () => T,
    isSame: (one: T, other: T) => boolean = Object.is,
): T {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    const value = derive();
    const drawn = useRef({ value, derive, isSame });
    useEffect(() => {
        drawn.current = { value, derive, isSame };
    });
    useEffect(
        () =>
            subscribeToAll(readables ?? none, () => {
                if (!isStill(drawn.current)) {
                    draw();
                }
            }),
        [readables],
    );
    return value;
}

function subscribeToAll(readables: readonly Readable<unknown>[], listener: () => void): () => void {
    const ends = readables.map((readable) => readable.subscribe(listener));
    return () => {
        for (const end of ends) {
            end();
        }
    };
}

function isStill<T>({
    value,
    derive,
    isSame,
}: {
    readonly value: T;
    readonly derive: () => T;
    readonly isSame: (one: T, other: T) => boolean;
}): boolean {
    try {
        return isSame(derive(), value);
    } catch {
        return false;
    }
}
