import { describe, expect, it } from "vitest";
import { formatFact, formatTabs, markMatches } from "../../../../src/tui/kit/lines/detail-lines.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";

const theme = makeTheme("dark", false);
const mono = makeTheme("mono", false);

describe("tabs", () => {
    const tabs = ["overview", "sql", "tests"];

    it("stand side by side, the shown one in brackets", () => {
        expect(plainLine(formatTabs(tabs, "sql", 30, theme))).toBe(" overview [sql] tests         ");
    });

    it("make room for the shown one", () => {
        expect(plainLine(formatTabs(tabs, "tests", 14, theme))).toBe(" sql [tests]  ");
    });
});

describe("matches", () => {
    it("are marked whatever their case, and the looks around them stay", () => {
        expect(markMatches("an \u001b[1mOrder\u001b[0m of orders", "ord", mono)).toBe(
            "an \u001b[4mOrd\u001b[0m\u001b[1mer\u001b[0m of \u001b[4mord\u001b[0mers",
        );
        expect(markMatches("wide 日本 glyphs", "本 g", mono)).toBe("wide 日\u001b[4m本 g\u001b[0mlyphs");
    });

    it("leave a line without one as it is", () => {
        expect(markMatches("nothing", "x", theme)).toBe("nothing");
        expect(markMatches("nothing", "", theme)).toBe("nothing");
    });
});

it("a fact stands beside its name, wrapped below itself, with control characters made visible", () => {
    const lines = formatFact("grain", "one row per \u001b[31morder line", { width: 20, nameWidth: 8, theme });
    expect(lines.map(plainLine)).toEqual(["grain   one row per", "        ␛[31morder", "        line"]);
});
