import { describe, expect, it } from "vitest";
import { makeSeedPlan, type SeedRequest } from "../../src/seeds/seed-plan.js";
import type { SeedState } from "../../src/seeds/seed-state.js";

const tenWeeks: SeedState = {
    firstDay: "2024-12-23",
    lastDay: "2025-03-02",
    dayCount: 70,
    missingDayCount: 0,
    scale: 1,
};

describe("in an empty schema", () => {
    it("lands ten full weeks", () => {
        expect(makeSeedPlan({}, null)).toEqual({
            firstDay: "2024-12-23",
            from: "2024-12-23",
            dayCount: 70,
            scaleMilli: 1000,
        });
    });

    it("counts the days back from the last one", () => {
        expect(makeSeedPlan({ days: 3, through: "2024-03-01", scale: 0.5 }, null)).toEqual({
            firstDay: "2024-02-28",
            from: "2024-02-28",
            dayCount: 3,
            scaleMilli: 500,
        });
    });
});

describe("after the demo", () => {
    it("lands the next day", () => {
        expect(makeSeedPlan({}, tenWeeks)).toMatchObject({ firstDay: "2024-12-23", from: "2025-03-03", dayCount: 1 });
    });

    it("completes a first seeding that was interrupted, unless it is asked for something else", () => {
        const interrupted = { ...tenWeeks, lastDay: "2025-02-10", dayCount: 50, missingDayCount: 20 };
        expect(makeSeedPlan({}, interrupted)).toMatchObject({ from: "2025-02-11", dayCount: 20 });
        expect(makeSeedPlan({ days: 3 }, interrupted)).toMatchObject({ dayCount: 3 });
        expect(makeSeedPlan({ through: "2025-02-12" }, interrupted)).toMatchObject({ dayCount: 2 });
    });

    it("lands all days through the one given", () => {
        expect(makeSeedPlan({ through: "2025-03-05" }, tenWeeks)).toMatchObject({ from: "2025-03-03", dayCount: 3 });
    });

    it("keeps the scale", () => {
        expect(makeSeedPlan({ days: 2 }, { ...tenWeeks, scale: 0.1 })).toMatchObject({ dayCount: 2, scaleMilli: 100 });
    });
});

describe("refuses", () => {
    const cases: readonly [request: SeedRequest, state: SeedState | null, sentence: string][] = [
        [{ days: 0 }, null, "whole number from 1 to 3660, not 0"],
        [{ days: 1.5 }, null, "not 1.5"],
        [{ days: Number.NaN }, tenWeeks, "not NaN"],
        [{ through: "2025-02-30" }, null, '"2025-02-30" is not a day'],
        [{ through: "yesterday" }, null, '"yesterday" is not a day'],
        [{ through: "2025-3-2" }, null, '"2025-3-2" is not a day'],
        [{ through: "2100-01-01" }, null, '"2100-01-01" is not a day'],
        [{ days: 2, through: "2000-01-01" }, null, '"1999-12-31" is not a day'],
        [{ scale: 0 }, null, "from 0.1 to 1000, not 0"],
        [{ scale: Number.NaN }, null, "not NaN"],
        [{ scale: 1001 }, null, "not 1001"],
        [{ scale: 2 }, tenWeeks, "seeded at scale 1 and cannot go on at scale 2"],
        [{ through: "2025-03-02" }, tenWeeks, "reach 2025-03-02 already"],
        [{ days: 2, through: "2025-03-03" }, tenWeeks, "2 days after 2025-03-02 end on 2025-03-04, not on 2025-03-03"],
    ];
    it.each(cases)("%j after %j", (request, state, sentence) => {
        expect(() => makeSeedPlan(request, state)).toThrow(
            expect.objectContaining({ code: "usage", message: expect.stringContaining(sentence) as unknown }),
        );
    });
});
