import { keymap } from "./keymap.js";

/** The cursor and scroll position in a list of lines. */
export interface ListState {
    /** The selected line. */
    readonly cursor: number;
    /** The first line in view. */
    readonly offset: number;
}

export const listStart: ListState = { cursor: 0, offset: 0 };

/** Moves the cursor by some lines and scrolls so that it stays in view. */
export function moveList(state: ListState, by: number, count: number, height: number): ListState {
    return placeList(state, state.cursor + by, count, height);
}

/** Puts the cursor on a line, or on the nearest that exists, and scrolls it into view. */
export function placeList(state: ListState, cursor: number, count: number, height: number): ListState {
    const next = Math.max(0, Math.min(cursor, count - 1));
    const lastOffset = Math.max(0, count - height);
    const offset = Math.max(next - height + 1, Math.min(state.offset, next));
    return { cursor: next, offset: Math.max(0, Math.min(offset, lastOffset)) };
}

/** The actions that move in a list. */
export const listMotions = ["move.up", "move.down", "move.pageUp", "move.pageDown", "move.start", "move.end"] as const;

/** How far an action moves in a list of this height; null for other actions. */
export function listMotionOrNull(actionId: string, height: number): number | null {
    const motions: Readonly<Record<string, number>> = {
        "move.up": -1,
        "move.down": 1,
        "move.pageUp": -Math.max(1, height - 1),
        "move.pageDown": Math.max(1, height - 1),
        "move.start": -Infinity,
        "move.end": Infinity,
    };
    return motions[actionId] ?? null;
}

/** How far a key moves in a list of this height, according to the keymap; null for other keys. */
export function listMotionOfKeyOrNull(key: string, height: number): number | null {
    const binding = keymap.find(({ id, keys }) => listMotions.some((motion) => motion === id) && keys.includes(key));
    return binding === undefined ? null : listMotionOrNull(binding.id, height);
}
