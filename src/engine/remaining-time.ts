import { remainingPathMs } from "./schedule.js";

/** The remaining time of a run, or the whole time of one that has not begun. */
export interface RemainingTime {
    /** A lower bound: the longest path, or all work divided by the threads if that is more. */
    readonly remainingMs: number;
    /** The models on the longest path, the next one first. */
    readonly criticalPath: readonly string[];
}

/**
 * Estimates how long a run still takes if every model takes its expected time.
 *
 * @param order the models in build order
 * @param downstreamOf the models that read a model directly; those outside `order` do not count
 * @param leftMsOf the expected remaining time of a model; 0 if it has ended or has nothing to do
 */
export function estimateRemaining(
    order: readonly string[],
    downstreamOf: (name: string) => readonly string[],
    leftMsOf: (name: string) => number,
    threads: number,
): RemainingTime {
    const pathMs = remainingPathMs(order, downstreamOf, leftMsOf);
    const longest = (names: readonly string[]): string | undefined => {
        let [best, bestMs]: [string | undefined, number] = [undefined, 0];
        for (const name of names) {
            const ms = pathMs.get(name) ?? 0;
            if (ms > bestMs) {
                [best, bestMs] = [name, ms];
            }
        }
        return best;
    };
    const path: string[] = [];
    for (let next = longest(order); next !== undefined; next = longest(downstreamOf(next))) {
        path.push(next);
    }
    const workMs = order.reduce((sum, name) => sum + leftMsOf(name), 0);
    return {
        remainingMs: Math.max(pathMs.get(path[0] ?? "") ?? 0, workMs / threads),
        criticalPath: path.filter((name) => leftMsOf(name) > 0),
    };
}
