import fc from "fast-check";
import stringWidth from "string-width";
import { expect, it } from "vitest";
import { toAscii } from "../../../src/tui/terminal/to-ascii.js";

it("takes accents away, finds likenesses, and keeps the cells of what has none", () => {
    expect(toAscii("Zoë, naïve · ≈ 12 → “5×7” …")).toBe('Zoe, naive . ~ 12 > "5x7" .');
    expect(toAscii("a🎉b 東京 ש")).toBe("a??b ???? ?");
    expect(toAscii("\x1b[31m✗\x1b[0m FAIL")).toBe("\x1b[31m?\x1b[0m FAIL");
});

it("sends ASCII alone, as wide as the line was", () => {
    fc.assert(
        fc.property(fc.string({ unit: "grapheme" }), (line) => {
            const sent = toAscii(line);
            expect(sent).toMatch(/^\p{ASCII}*$/u);
            expect(stringWidth(sent)).toBe(stringWidth(line));
        }),
    );
});
