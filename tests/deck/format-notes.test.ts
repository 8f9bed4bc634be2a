import { describe, expect, it } from "vitest";
import { formatNotes } from "../../src/deck/format-notes.js";
import type { PresenterPlace } from "../../src/deck/presentation.js";

const place: PresenterPlace = {
    number: 3,
    count: 14,
    title: "The sources",
    notes: "Say what they are.\n\nThen what is wrong:\u001b[2J a_word_that_is_too_long",
    nextTitle: "The marts",
    timer: { startedAtMs: null, countedMs: 0 },
};

describe("formatNotes", () => {
    it("has the place, the clock, the notes and what comes next", () => {
        expect(formatNotes(place, 0, { columns: 20, rows: Infinity })).toEqual([
            "3/14   0:00 (t",
            "starts the clock)",
            "",
            "The sources",
            "-----------",
            "Say what they are.",
            "",
            "Then what is",
            "wrong:␛[2J",
            "a_word_that_is_too_l",
            "ong",
            "",
            "Next: The marts",
            "11 slides to come.",
        ]);
    });

    it("counts what there is no room for", () => {
        const lines = formatNotes(place, 0, { columns: 20, rows: 10 });
        expect(lines.slice(5, 7)).toEqual(["Say what they are.", "… 5 lines more"]);
        expect(lines.length).toBe(10);
        expect(formatNotes(place, 0, { columns: 20, rows: 4 })).toEqual(lines.slice(0, 4));
    });

    it("tells the time of the talk, and when it is over", () => {
        const timer = { startedAtMs: 10_000, countedMs: 5_000 };
        const last = { ...place, number: 14, nextTitle: null, notes: "", timer };
        expect(formatNotes(last, 71_000, { columns: 80, rows: 20 })).toEqual([
            "14/14   1:06",
            "",
            "The sources",
            "-----------",
            "(no notes)",
            "",
            "This is the last slide.",
        ]);
    });
});
