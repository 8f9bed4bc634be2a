import { estimateMs, findDownstream, remainingPathMs } from "./schedule.js";

/** What is left of a run. */
export interface RemainingTime {
    readonly remainingMs: number;
    /** The models that the end waits for, the next one first: the path that takes longest. */
    readonly criticalPath: readonly string[];
}

/**
 * How long a run still takes if every model takes what is expected of it.
 *
 * @param order the models in build order
 * @param leftMsOf what is expected of a model from now on; 0 for one that has ended or has nothing to do
 */
export function estimateRemaining(
    order: readonly string[],
    upstreamOf: (name: string) => readonly string[],
    leftMsOf: (name: string) => number,
    threads: number,
): RemainingTime {
    const downstream = findDownstream(order, upstreamOf);
    const remaining = remainingPathMs(order, downstream, leftMsOf);
    const longest = (names: readonly string[]): string | undefined =>
        names.reduce<string | undefined>(
            (best, name) =>
                (remaining.get(name) ?? 0) > (best === undefined ? 0 : (remaining.get(best) ?? 0)) ? name : best,
            undefined,
        );
    const path: string[] = [];
    for (let next = longest(order); next !== undefined; next = longest(downstream.get(next) ?? [])) {
        path.push(next);
    }
    return {
        remainingMs: estimateMs(order, upstreamOf, leftMsOf, threads),
        criticalPath: path.filter((name) => leftMsOf(name) > 0),
    };
}
