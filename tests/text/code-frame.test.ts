import { describe, expect, it } from "vitest";
import { formatCodeFrame } from "../../src/text/code-frame.js";
import { makeRedact } from "../../src/commands/redact.js";

const redact = makeRedact(["s3cret"]);

describe("formatCodeFrame", () => {
    it("shows the line, its number and a caret", () => {
        expect(formatCodeFrame("select 1\nfrom nowhere", 15, redact)).toEqual(["2 │ from nowhere", "         ^"]);
    });

    it("counts code points as PostgreSQL does and places the caret by terminal cells", () => {
        const sql = "select '🎉日本', missing";
        expect(formatCodeFrame(sql, 15, redact)).toEqual(["1 │ select '🎉日本', missing", `${" ".repeat(21)}^`]);
    });

    it("points behind the last character when the statement ends too early", () => {
        expect(formatCodeFrame("select 1 +", 11, redact)).toEqual(["1 │ select 1 +", "              ^"]);
    });

    it("shows the neighbourhood of the place in a very long line", () => {
        const [line = "", caret = ""] = formatCodeFrame(`${"x".repeat(500)}!${"y".repeat(500)}`, 501, redact);
        expect(line).toBe(`1 │ ${"x".repeat(100)}!${"y".repeat(99)}`);
        expect(line[caret.length - 1]).toBe("!");
    });

    it("takes secrets out, keeps the caret in place and shows control characters", () => {
        expect(formatCodeFrame("select 's3cret', '\u001b[2J', missing", 27, redact)).toEqual([
            "1 │ select '***', '␛[2J', missing",
            `${" ".repeat(27)}^`,
        ]);
    });
});
