import { expect, it } from "vitest";
import { estimateRemaining } from "../../src/engine/remaining-time.js";

const downstream: Readonly<Record<string, readonly string[]>> = { a: ["b"], b: ["c"], d: ["e"] };
const order = ["a", "d", "b", "e", "c"];

function remaining(leftMs: Readonly<Record<string, number>>, threads: number): unknown {
    return estimateRemaining(
        order,
        (name) => downstream[name] ?? [],
        (name) => leftMs[name] ?? 0,
        threads,
    );
}

it("follows the path that takes longest, without what has nothing left to do", () => {
    expect(remaining({ a: 10, c: 20, d: 5, e: 15 }, 2)).toEqual({ remainingMs: 30, criticalPath: ["a", "c"] });
    expect(remaining({ c: 20, d: 5, e: 40 }, 2)).toEqual({ remainingMs: 45, criticalPath: ["d", "e"] });
});

it("shares the work of all among the threads when that takes longer than any path", () => {
    expect(remaining({ a: 10, d: 10, e: 5 }, 1)).toEqual({ remainingMs: 25, criticalPath: ["d", "e"] });
});

it("is the longest path, or the work of all shared by the threads where that is more", () => {
    const paths: Readonly<Record<string, readonly string[]>> = {
        source: ["left", "right"],
        left: ["both"],
        right: ["both"],
    };
    const durations: Readonly<Record<string, number>> = { source: 10, left: 100, right: 100, both: 10 };
    const estimate = (threads: number): number =>
        estimateRemaining(
            ["source", "left", "right", "both"],
            (name) => paths[name] ?? [],
            (name) => durations[name] ?? 0,
            threads,
        ).remainingMs;
    expect([estimate(1), estimate(2), estimate(8)]).toEqual([220, 120, 120]);
});

it("leaves out what is not in the run", () => {
    const { remainingMs, criticalPath } = estimateRemaining(
        ["a", "c"],
        (name) => downstream[name] ?? [],
        () => 10,
        2,
    );
    expect({ remainingMs, criticalPath }).toEqual({ remainingMs: 10, criticalPath: ["a"] });
});

it("has no path when nothing is left", () => {
    expect(remaining({}, 1)).toEqual({ remainingMs: 0, criticalPath: [] });
});
