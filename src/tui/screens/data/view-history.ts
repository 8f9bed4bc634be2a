import type { Arrangement } from "./arrangement.js";
import type { GridState } from "./grid-state.js";

/** Why an arrangement is shown: a new change, undo, redo, or none of these (the same arrangement is read again). */
export type HistoryStep = "new" | "undo" | "redo" | "none";

type Histories = Pick<GridState, "past" | "future">;

/** The most steps back. */
const maxSteps = 100;

/** The undo and redo steps after another arrangement is shown. */
export function stepHistory(
    { arrangement, past, future }: Histories & Pick<GridState, "arrangement">,
    step: HistoryStep,
): Histories {
    if (arrangement === null || step === "none") {
        return { past, future };
    }
    switch (step) {
        case "new":
            return { past: [...past, arrangement].slice(-maxSteps), future: [] };
        case "undo":
            return { past: past.slice(0, -1), future: [arrangement, ...future] };
        case "redo":
            return { past: [...past, arrangement], future: future.slice(1) };
    }
}

/** The arrangement that undo or redo would show; null when there is none. */
export function stepTarget({ past, future }: Histories, step: "undo" | "redo"): Arrangement | null {
    return (step === "undo" ? past.at(-1) : future[0]) ?? null;
}
