import { useEffect, useReducer, useRef, useSyncExternalStore } from "./ink.js";
import type { Readable } from "../terminal/store.js";

/** The value of a store, in a component that is drawn again when it changes. */
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
 * A text made of stores, in a component that is drawn again only when the text has become another one: Ink draws all it has for every
 * component. The list must stay the same from draw to draw; an error in `format` is thrown in the component.
 */
export function useText(readables: readonly Readable<unknown>[] | undefined, format: () => string): string {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    const text = format();
    const drawn = useRef({ text, format });
    useEffect(() => {
        drawn.current = { text, format };
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
    return text;
}

function subscribeToAll(readables: readonly Readable<unknown>[], listener: () => void): () => void {
    const ends = readables.map((readable) => readable.subscribe(listener));
    return () => {
        for (const end of ends) {
            end();
        }
    };
}

function isStill({ text, format }: { readonly text: string; readonly format: () => string }): boolean {
    try {
        return format() === text;
    } catch {
        return false;
    }
}
