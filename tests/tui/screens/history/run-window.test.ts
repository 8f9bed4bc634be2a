import { describe, expect, it } from "vitest";
import type { PastRun } from "../../../../src/runs/run-history.js";
import {
    addPage,
    emptyWindow,
    maxRuns,
    nextPlaceOrNull,
    renewNewest,
    type RunWindow,
} from "../../../../src/tui/screens/history/run-window.js";
import { makePastRun } from "./sample-runs.js";

/** Runs from `first` down to `last`. */
const runs = (first: number, last: number): readonly PastRun[] =>
    Array.from({ length: first - last + 1 }, (_, index) => makePastRun(first - index));
const show = ({ runs: shown, hasNewer, hasOlder }: RunWindow): string =>
    `${hasNewer ? "… " : ""}${shown[0]?.runId ?? ""}–${shown.at(-1)?.runId ?? ""}${hasOlder ? " …" : ""}`;
const newest = addPage(emptyWindow, { kind: "newest" }, { runs: runs(1000, 901), hasMore: true });

describe("the runs at hand", () => {
    it("grow at both ends and lose what is far from where they grow", () => {
        expect(show(newest)).toBe("1000–901 …");
        const older = addPage(newest, { kind: "olderThan", runId: "901" }, { runs: runs(900, 801), hasMore: true });
        expect(show(older)).toBe("1000–801 …");
        const farther = addPage(older, { kind: "olderThan", runId: "801" }, { runs: runs(800, 501), hasMore: false });
        expect(farther.runs).toHaveLength(maxRuns);
        expect(show(farther)).toBe("… 900–501");
        const back = addPage(farther, { kind: "newerThan", runId: "900" }, { runs: runs(960, 901), hasMore: true });
        expect(show(back)).toBe("… 960–561 …");
    });

    it("begin anew at an end", () => {
        expect(show(addPage(newest, { kind: "oldest" }, { runs: runs(60, 1), hasMore: true }))).toBe("… 60–1");
    });

    it("are renewed where runs have begun or ended", () => {
        const page = [makePastRun(1001), makePastRun(1000, { status: "failed" }), ...runs(999, 950)];
        const renewed = renewNewest(newest, { runs: page, hasMore: true });
        expect(show(renewed)).toBe("1001–901 …");
        expect(renewed.runs[1]?.status).toBe("failed");
        expect(show(renewNewest(newest, { runs: runs(2000, 1941), hasMore: true }))).toBe("2000–1941 …");
        expect(show(renewNewest(newest, { runs: runs(3, 1), hasMore: false }))).toBe("3–1");
        expect(renewNewest(newest, { runs: [], hasMore: false })).toEqual(emptyWindow);
    });

    it("tell what to read next", () => {
        const middle: RunWindow = { runs: runs(100, 51), hasNewer: true, hasOlder: true };
        expect(nextPlaceOrNull(middle, 25, 10)).toBe(null);
        expect(nextPlaceOrNull(middle, 40, 10)).toEqual({ kind: "olderThan", runId: "51" });
        expect(nextPlaceOrNull(middle, 9, 10)).toEqual({ kind: "newerThan", runId: "100" });
        expect(nextPlaceOrNull({ ...middle, hasNewer: false, hasOlder: false }, 0, 10)).toBe(null);
        expect(nextPlaceOrNull(emptyWindow, 0, 10)).toBe(null);
    });
});
