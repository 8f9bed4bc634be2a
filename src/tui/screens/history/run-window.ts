import type { PastRun } from "../../../runs/run-history.js";
import type { RunPage, RunPlace } from "../../../runs/run-pages.js";

/** Consecutive runs of the history that are kept, the newest first; runs far from the selected one are dropped. */
export interface RunWindow {
    readonly runs: readonly PastRun[];
    readonly hasNewer: boolean;
    readonly hasOlder: boolean;
}

export const emptyWindow: RunWindow = { runs: [], hasNewer: false, hasOlder: false };

/** How many runs are kept. */
export const maxRuns = 400;

/** Adds a page of runs that was read at a place. */
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

/** Puts the newest page, read again, before the older known runs: new runs and those that have ended meanwhile. */
export function renewNewest(window: RunWindow, { runs, hasMore }: RunPage): RunWindow {
    const oldest = runs.at(-1);
    if (oldest === undefined) {
        return emptyWindow;
    }
    const place = window.runs.findIndex(({ runId }) => runId === oldest.runId);
    // With more new runs than fit on a page, or fewer runs than before, the known runs do not continue the page.
    return place < 0 || !hasMore
        ? { runs, hasNewer: false, hasOlder: hasMore }
        : { ...window, runs: [...runs, ...window.runs.slice(place + 1)], hasNewer: false };
}

/** The place to read next when this run is selected; null while enough runs around it are known. */
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
