import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeReplayProgress, replayLengthMs } from "../../../../../src/tui/screens/deck/slides/replay-progress.js";
import { countTotals } from "../../../../../src/tui/app/builds/run-progress.js";
import { changeSpeed, playedMs, startReplay, toggleReplay } from "../../../../../src/tui/screens/deck/replay.js";
import { makeRecordedRun } from "./sample-run.js";

const recorded = makeRecordedRun([], ["a", "b"]);

function statesAt(elapsedMs: number): readonly string[] {
    const { state, models } = makeReplayProgress(recorded, elapsedMs, 10_000);
    return [state, ...["a", "b"].map((name) => models.get(name)?.status ?? "missing")];
}

describe("makeReplayProgress", () => {
    it("shows each model as it stood at that time", () => {
        expect(statesAt(50)).toEqual(["running", "running", "queued"]);
        expect(statesAt(150)).toEqual(["running", "ok", "queued"]);
        expect(statesAt(250)).toEqual(["running", "ok", "running"]);
        expect(statesAt(400)).toEqual(["ok", "ok", "ok"]);
    });

    it("never takes back what has ended", () => {
        fc.assert(
            fc.property(fc.nat(500), fc.nat(500), (one, other) => {
                const ended = (ms: number): number => countTotals(makeReplayProgress(recorded, ms, 0)).endedModelCount;
                expect(ended(Math.min(one, other))).toBeLessThanOrEqual(ended(Math.max(one, other)));
            }),
        );
    });
});

describe("a replay", () => {
    it("goes on from where it is, however its speed is changed and it is stopped", () => {
        const start = startReplay(recorded, 1, 1000);
        expect(playedMs(start, 1100)).toBe(100);
        const faster = changeSpeed(start, 2, 1100);
        expect(playedMs(faster, 1150)).toBe(200);
        const paused = toggleReplay(faster, 1150);
        expect(playedMs(paused, 9999)).toBe(200);
        expect(playedMs(toggleReplay(paused, 2000), 2050)).toBe(300);
    });

    it("ends at its end, and then begins anew", () => {
        const start = startReplay(recorded, 64, 0);
        expect(playedMs(start, 1000)).toBe(replayLengthMs(recorded));
        expect(playedMs(toggleReplay(start, 1000), 1000)).toBe(0);
    });
});
