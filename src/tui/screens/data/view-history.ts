import type { Arrangement } from "./arrangement.js";
import type { GridState } from "./grid-state.js";

/** How an arrangement comes to be shown: by a person, by going back or forward, or again. */
export type HistoryStep = "new" | "undo" | "redo" | "none";

type Histories = Pick<GridState, "past" | "future">;

/** The most steps back. */
const maxSteps = 100;

/** What can be taken back and made again once another arrangement is shown. */
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

/** Where one step back or forward leads; null when there is none. */
export function stepTarget({ past, future }: Histories, step: "undo" | "redo"): Arrangement | null {
    return (step === "undo" ? past.at(-1) : future[0]) ?? null;
}
