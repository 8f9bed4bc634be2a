import type { InputEvent } from "../terminal/parse-input.js";
import { makeStore, type Readable } from "../terminal/store.js";
import { listMotionOfKeyOrNull } from "./list-state.js";
import { listStart, moveList, placeList, type ListState } from "./list-state.js";

/** The cursor and scroll position in the list of a dialog. */
export interface ListArea {
    /** A change of it draws the dialog again. */
    readonly place: Readable<ListState>;
    /** The selected line. */
    readonly cursor: () => number;
    readonly moveTo: (index: number) => void;
    /** The position when `height` lines are in view; call it at each drawing. */
    readonly fit: (height: number) => ListState;
    /** Moves by the wheel and by the usual keys of a list. True when the event was taken. */
    readonly takeInput: (event: InputEvent) => boolean;
}

const typingKeys: ReadonlySet<string> = new Set(["up", "down", "pageup", "pagedown", "ctrl-p", "ctrl-n"]);
const otherKeys: Readonly<Record<string, string>> = { "ctrl-p": "up", "ctrl-n": "down" };

/** @param isTyping whether letters, Home and End go to a text field above the list */
export function makeListArea(countItems: () => number, { first = 0, isTyping = false } = {}): ListArea {
    const place = makeStore<ListState>({ ...listStart, cursor: first });
    let height = 10;
    const move = (by: number): void => {
        place.update((state) => moveList(state, by, countItems(), height));
    };
    return {
        place,
        cursor: () => place.get().cursor,
        moveTo: (index) => {
            place.update((state) => placeList(state, index, countItems(), height));
        },
        fit: (nextHeight) => {
            height = Math.max(1, nextHeight);
            return placeList(place.get(), place.get().cursor, countItems(), height);
        },
        takeInput: (event) => {
            if (event.kind === "mouse") {
                move(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key" || (isTyping && !typingKeys.has(event.name))) {
                return false;
            }
            const by = listMotionOfKeyOrNull(otherKeys[event.name] ?? event.name, height);
            if (by !== null) {
                move(by);
            }
            return by !== null;
        },
    };
}
