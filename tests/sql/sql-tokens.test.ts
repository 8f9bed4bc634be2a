import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenizeSql } from "../../src/sql/sql-tokens.js";

describe("tokenizeSql", () => {
    it("gives tokens that together are the text, whatever it is", () => {
        const pieces = fc.constantFrom(
            "'",
            '"',
            "\\",
            "$",
            "$a$",
            "E'",
            "--",
            "/*",
            "*/",
            "\n",
            " ",
            "x",
            "1",
            "(",
            "+",
            "é",
            "😀",
        );
        fc.assert(
            fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
                const sql = parts.join("");
                expect(
                    tokenizeSql(sql)
                        .map(({ text }) => text)
                        .join(""),
                ).toBe(sql);
            }),
        );
    });

    it("reads strings of megabytes", () => {
        expect(tokenizeSql(`E'${"a\\'".repeat(2_000_000)}'`)).toHaveLength(1);
        expect(tokenizeSql(`'${"a''".repeat(2_000_000)}'`)).toHaveLength(1);
    });
});
