import type { PastRun } from "../../../runs/run-history.js";
import type { RunPage, RunPlace } from "../../../runs/run-pages.js";

/** The runs at hand: one stretch of the history, the newest first, cut where it is far from where a person looks. */
export interface RunWindow {
    readonly runs: readonly PastRun[];
    readonly hasNewer: boolean;
    readonly hasOlder: boolean;
}

export const emptyWindow: RunWindow = { runs: [], hasNewer: false, hasOlder: false };

/** So many are kept. */
export const maxRuns = 400;

/** The window with a page that was read at a place of it. */
export function addPage(window: RunWindow, place: RunPlace, { runs, hasMore }: RunPage): RunWindow {
    switch (place.kind) {
        case "newest":
            return { runs, hasNewer: false, hasOlder: hasMore };
        case "oldest":
            return { runs, hasNewer: hasMore, hasOlder: false };
        case "olderThan": {
            const all = [...window.runs, ...runs];
            const excess = Math.max(0, all.length - maxRuns);
            return { runs: all.slice(excess), hasNewer: window.hasNewer || excess > 0, hasOlder: hasMore };
        }
        case "newerThan": {
            const all = [...runs, ...window.runs];
            const kept = all.slice(0, maxRuns);
            return { runs: kept, hasNewer: hasMore, hasOlder: window.hasOlder || kept.length < all.length };
        }
    }
}

/** The newest page read again: what has ended meanwhile, and runs that are new, before those that are known. */
export function renewNewest(window: RunWindow, { runs, hasMore }: RunPage): RunWindow {
    const oldest = runs.at(-1);
    if (oldest === undefined) {
        return emptyWindow;
    }
    const place = window.runs.findIndex(({ runId }) => runId === oldest.runId);
    // More new runs than a page, or fewer runs than before: what is known is no continuation.
    return place < 0 || !hasMore
        ? { runs, hasNewer: false, hasOlder: hasMore }
        : { ...window, runs: [...runs, ...window.runs.slice(place + 1)], hasNewer: false };
}

/** What to read when a person is at this run of the window; null while there is enough around it. */
export function nextPlaceOrNull(
    { runs, hasNewer, hasOlder }: RunWindow,
    index: number,
    margin: number,
): RunPlace | null {
    const [first, last] = [runs[0], runs.at(-1)];
    if (hasOlder && last !== undefined && index >= runs.length - margin) {
        return { kind: "olderThan", runId: last.runId };
    }
    return hasNewer && first !== undefined && index < margin ? { kind: "newerThan", runId: first.runId } : null;
}
