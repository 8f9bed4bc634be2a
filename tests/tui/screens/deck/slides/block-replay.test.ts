import { describe, expect, it } from "vitest";
import { formatReplay } from "../../../../../src/tui/screens/deck/slides/block-replay.js";
import { makeTheme } from "../../../../../src/tui/kit/theme.js";
import { plainLine } from "../../../plain-line.js";
import { makeRecordedRun } from "./sample-run.js";

/** Two views and six tables, each of which takes 100 ms, one after the other. */
const recorded = makeRecordedRun(["v1", "v2"], ["a", "b", "c", "d", "e", "f"]);

function draw(rows: number, elapsedMs: number): readonly string[] {
    const size = { columns: 60, rows };
    return formatReplay(recorded, { elapsedMs, nowMs: 1_000 }, size, makeTheme("mono", false))
        .slice(3)
        .map((line) => plainLine(line).trim().split(/\s+/).slice(0, 3).join(" "));
}

describe("formatReplay", () => {
    it("lists all models where there is room", () => {
        expect(draw(20, 250)).toEqual([
            "✓ v1 ok",
            "✓ v2 ok",
            "✓ a ok",
            "~ b run",
            "· c queue",
            "· d queue",
            "· e queue",
            "· f queue",
        ]);
    });

    it("leaves out the views first", () => {
        expect(draw(10, 250)).toEqual([
            "✓ a ok",
            "~ b run",
            "· c queue",
            "· d queue",
            "· e queue",
            "· f queue",
            "… 2 views",
        ]);
    });

    it("keeps in view what has begun last, and what is next", () => {
        expect(draw(7, 50)).toEqual(["~ a run", "· b queue", "· c queue", "… 5 models"]);
        expect(draw(7, 250)).toEqual(["✓ a ok", "~ b run", "· c queue", "… 5 models"]);
        expect(draw(7, 650)).toEqual(["✓ c ok", "~ d run", "· e queue", "… 5 models"]);
    });
});
