/** Whether the nodes after a node may run. */
export type NodeOutcome = "done" | "failed";

export interface ScheduleOptions {
    /** Names, each after all nodes that it depends on. */
    readonly order: readonly string[];
    /** The nodes that a node waits for; names outside `order` do not count. */
    readonly upstreamOf: (name: string) => readonly string[];
    /** Nodes that a node also comes after, but it runs even if they fail. */
    readonly comesAfter?: (name: string) => readonly string[];
    /** Expected duration of a node in milliseconds. */
    readonly durationOf: (name: string) => number;
    readonly threads: number;
    /** Must not reject. */
    readonly run: (name: string) => Promise<NodeOutcome>;
    /** Called instead of `run` for every node downstream of a failed one, with the name of the failed one. */
    readonly skip: (name: string, failedUpstream: string) => void;
    /** Once true, no further node is started; nodes that were not reached are neither run nor skipped. */
    readonly isStopped: () => boolean;
}

/**
 * Runs every node once all that it depends on are done, at most `threads` at a time. Of the nodes that can start, the one with the
 * longest remaining path starts first, so that the whole run ends early.
 */
export function runSchedule(options: ScheduleOptions): Promise<void> {
    const { order, threads, run, skip, isStopped } = options;
    const { comesAfter = () => [] } = options;
    const needs = new Map(order.map((name) => [name, new Set(options.upstreamOf(name))]));
    const { downstream, waitingFor } = countDependencies(order, (name) => [
        ...new Set([...options.upstreamOf(name), ...comesAfter(name)]),
    ]);
    const remainingMs = remainingPathMs(order, (name) => downstream.get(name) ?? [], options.durationOf);
    const failedUpstream = new Map<string, string>();
    // The longest remaining path is last, because `pop` is cheap.
    const ready: string[] = [];

    function makeReady(name: string): void {
        const own = remainingMs.get(name) ?? 0;
        const index = ready.findLastIndex((other) => (remainingMs.get(other) ?? 0) < own);
        ready.splice(index + 1, 0, name);
    }

    /** Frees the nodes that wait for `name`, and skips those whose upstream failed. */
    function release(name: string, blame: string | undefined): void {
        for (const next of downstream.get(name) ?? []) {
            if (blame !== undefined && !failedUpstream.has(next) && needs.get(next)?.has(name) === true) {
                failedUpstream.set(next, blame);
            }
            const left = (waitingFor.get(next) ?? 0) - 1;
            waitingFor.set(next, left);
            const culprit = failedUpstream.get(next);
            if (left === 0 && culprit === undefined) {
                makeReady(next);
            } else if (left === 0 && culprit !== undefined) {
                skip(next, culprit);
                release(next, culprit);
            }
        }
    }

    return new Promise((resolve, reject) => {
        let running = 0;
        const startReady = (): void => {
            while (running < threads && !isStopped()) {
                const name = ready.pop();
                if (name === undefined) {
                    break;
                }
                running++;
                run(name).then((outcome) => {
                    running--;
                    release(name, outcome === "failed" ? name : undefined);
                    startReady();
                }, reject);
            }
            if (running === 0) {
                resolve();
            }
        };
        for (const name of order) {
            if (waitingFor.get(name) === 0) {
                makeReady(name);
            }
        }
        startReady();
    });
}

/**
 * For every node, the longest sum of durations from its start to the end of the graph, in milliseconds.
 *
 * @param downstreamOf the nodes that wait for a node directly; names outside `order` do not count
 */
export function remainingPathMs(
    order: readonly string[],
    downstreamOf: (name: string) => readonly string[],
    durationOf: (name: string) => number,
): ReadonlyMap<string, number> {
    const remaining = new Map<string, number>();
    for (const name of order.toReversed()) {
        let afterMs = 0;
        for (const next of downstreamOf(name)) {
            afterMs = Math.max(afterMs, remaining.get(next) ?? 0);
        }
        remaining.set(name, durationOf(name) + afterMs);
    }
    return remaining;
}

function countDependencies(
    order: readonly string[],
    upstreamOf: (name: string) => readonly string[],
): { downstream: ReadonlyMap<string, readonly string[]>; waitingFor: Map<string, number> } {
    const downstream = new Map<string, string[]>(order.map((name) => [name, []]));
    const waitingFor = new Map<string, number>();
    for (const name of order) {
        const needed = upstreamOf(name).filter((upstream) => downstream.has(upstream));
        waitingFor.set(name, needed.length);
        for (const upstream of needed) {
            downstream.get(upstream)?.push(name);
        }
    }
    return { downstream, waitingFor };
}
