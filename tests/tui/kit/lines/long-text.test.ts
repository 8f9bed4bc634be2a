import { describe, expect, it } from "vitest";
import { layOutJson, looksLikeJson, unwrapJsonOrNull } from "../../../../src/text/lay-out-json.js";
import { highlightJson } from "../../../../src/tui/kit/lines/highlight-json.js";
import { highlightSql } from "../../../../src/tui/kit/lines/highlight-sql.js";
import { cutIntoPieces, makeLongText } from "../../../../src/tui/kit/lines/long-text.js";
import { wrapSegments } from "../../../../src/tui/kit/lines/styled-text.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";

const theme = makeTheme("mono", false);

describe("a long text", () => {
    const text = makeLongText(cutIntoPieces(["ab", "cdefgh", "", "ij"]), (piece) => {
        const rows = piece.text.match(/.{1,2}/g);
        return rows ?? [""];
    });
    const start = { piece: 0, row: 0 };

    it("gives the rows from any place on", () => {
        expect(text.rowsFrom(start, 10)).toEqual(["ab", "cd", "ef", "gh", "", "ij"]);
        expect(text.rowsFrom({ piece: 1, row: 1 }, 3)).toEqual(["ef", "gh", ""]);
    });

    it("scrolls row by row in both directions, up to the last screen", () => {
        expect(text.move(start, 2, 3)).toEqual({ piece: 1, row: 1 });
        expect(text.move({ piece: 1, row: 1 }, -2, 3)).toEqual(start);
        expect(text.move(start, 100, 3)).toEqual({ piece: 1, row: 2 });
        expect(text.move(start, Infinity, 3)).toEqual({ piece: 1, row: 2 });
        expect(text.move({ piece: 1, row: 2 }, -Infinity, 3)).toEqual(start);
        expect(text.move(start, 1, 50)).toEqual(start);
    });

    it("is cut between characters, never within one", () => {
        const pieces = cutIntoPieces(["x".repeat(1999) + "👍👍"]);
        expect(pieces.map(({ text: piece }) => piece.length)).toEqual([1999, 4]);
        expect(pieces.map(({ isContinued }) => isContinued)).toEqual([false, true]);
    });

    it("of five megabytes in one line scrolls to its end in no time", () => {
        let laidOut = 0;
        const long = makeLongText(cutIntoPieces(["äöü ".repeat(1_250_000)]), (piece) => {
            laidOut++;
            return wrapSegments([{ text: piece.text, role: "plain" }], 80, theme);
        });
        const end = long.move(start, Infinity, 40);
        expect(long.rowsFrom(end, 40)).toHaveLength(40);
        expect(laidOut).toBeLessThan(10);
    });
});

describe("JSON", () => {
    it("is laid out by its levels, every digit kept", () => {
        expect(layOutJson('{"a":1.10,"b":[1e400,{"c":null}],"d":{},"e":"x, {y}"}')).toEqual([
            "{",
            '  "a": 1.10,',
            '  "b": [',
            "    1e400,",
            "    {",
            '      "c": null',
            "    }",
            "  ],",
            '  "d": {},',
            '  "e": "x, {y}"',
            "}",
        ]);
    });

    it("that is cut off, or none at all, is laid out as far as it goes", () => {
        expect(layOutJson('{"a":[1,"b')).toEqual(["{", '  "a": [', "    1,", '    "b']);
        expect(layOutJson("]}hello")).toEqual(["", "]", "}hello"]);
    });

    it("inside a JSON string is unwrapped", () => {
        expect(unwrapJsonOrNull('"{\\"customer-id\\": 5}"')).toBe('{"customer-id": 5}');
        expect(unwrapJsonOrNull('"{not json"')).toBe(null);
        expect(unwrapJsonOrNull('{"a": 1}')).toBe(null);
    });

    it("is told from other text", () => {
        expect(["{}", ' [1, "a"] ', "{a}", "[ERROR] down", "5", ""].map(looksLikeJson)).toEqual([
            true,
            true,
            false,
            false,
            false,
            false,
        ]);
    });

    it("is coloured by what its parts are, also in the middle of a long string", () => {
        const parts = (text: string, isContinued = false): readonly string[] =>
            highlightJson({ text, isContinued }).map((segment) => `${segment.role}:${segment.text}`);
        expect(parts('  "a": -1.5,')).toEqual(["plain:  ", 'accent:"a"', "plain:: ", "number:-1.5", "plain:,"]);
        expect(parts('"x": true')).toEqual(['accent:"x"', "plain:: ", "keyword:true"]);
        expect(parts('rest of it", ', true)).toEqual(['string:rest of it"', "plain:, "]);
    });
});

describe("styled text", () => {
    it("breaks where a line is full, wide glyphs whole", () => {
        expect(wrapSegments([{ text: "abcdef", role: "plain" }], 4, theme)).toEqual(["abcd", "ef"]);
        expect(wrapSegments([{ text: "a日本語", role: "plain" }], 4, theme)).toEqual(["a日", "本語"]);
        expect(wrapSegments([{ text: "日", role: "plain" }], 1, theme)).toEqual(["日"]);
        expect(wrapSegments([], 4, theme)).toEqual([""]);
    });

    it("never lets a control character through", () => {
        expect(wrapSegments([{ text: "\x1b[2J", role: "plain" }], 10, theme)).toEqual(["␛[2J"]);
    });

    it("knows keywords, strings and comments of SQL", () => {
        const marked = highlightSql("SELECT 'from' -- where\nfrom t limit 5")
            .filter(({ role }) => role !== "plain")
            .map(({ role, text }) => `${role}:${text}`);
        expect(marked).toEqual([
            "keyword:SELECT",
            "string:'from'",
            "dim:-- where",
            "keyword:from",
            "keyword:limit",
            "number:5",
        ]);
    });
});
