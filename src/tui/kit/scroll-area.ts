import { listMotionOfKeyOrNull } from "./list-state.js";
import { makeStore, type Readable } from "../terminal/store.js";
import type { InputEvent } from "../terminal/parse-input.js";

/** The scroll position in the lines of a dialog. */
export interface ScrollArea {
    /** A change of it draws the dialog again. */
    readonly top: Readable<number>;
    /** The first line in view; call it at each drawing with the number of lines and the height. */
    readonly place: (lineCount: number, height: number) => number;
    /** Scrolls by the wheel and by the usual keys of a list; Enter and q close. True when the event was taken. */
    readonly takeInput: (event: InputEvent) => boolean;
}

export function makeScrollArea(close: () => void): ScrollArea {
    const top = makeStore(0);
    let height = 10;
    let lineCount = 0;
    const lowest = (): number => Math.max(0, lineCount - height);
    const scroll = (by: number): void => {
        top.update((line) => Math.max(0, Math.min(line + by, lowest())));
    };
    return {
        top,
        place: (nextLineCount, nextHeight) => {
            lineCount = nextLineCount;
            height = Math.max(1, nextHeight);
            return Math.min(top.get(), lowest());
        },
        takeInput: (event) => {
            if (event.kind === "mouse") {
                scroll(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            if (event.name === "enter" || event.name === "q") {
                close();
                return true;
            }
            const by = listMotionOfKeyOrNull(event.name, height);
            if (by !== null) {
                scroll(by);
            }
            return by !== null;
        },
    };
}

/** `3–12 of 40` when not all fit; else empty. */
export function describeWindow(from: number, shownCount: number, count: number): string {
    return count > shownCount ? `${from + 1}–${from + shownCount} of ${count}` : "";
}
