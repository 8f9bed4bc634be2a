import { expect, it } from "vitest";
import { estimateRemaining } from "../../src/engine/remaining-time.js";

const upstream: Readonly<Record<string, readonly string[]>> = { b: ["a"], c: ["b"], e: ["d"] };
const order = ["a", "d", "b", "e", "c"];

function remaining(leftMs: Readonly<Record<string, number>>, threads: number): unknown {
    return estimateRemaining(
        order,
        (name) => upstream[name] ?? [],
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

it("has no path when nothing is left", () => {
    expect(remaining({}, 1)).toEqual({ remainingMs: 0, criticalPath: [] });
});
