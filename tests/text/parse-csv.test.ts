import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCsvRow } from "../../src/text/format-csv.js";
import { parseCsv } from "../../src/text/parse-csv.js";

describe("parseCsv", () => {
    it("tells null from empty text, and reads quoted commas, quotation marks and line breaks", () => {
        expect(parseCsv('a,b\n,""\n"x, y","say ""hi""\nthere"\n\nlast,')).toEqual({
            records: [
                { fields: ["a", "b"], line: 1 },
                { fields: [null, ""], line: 2 },
                { fields: ["x, y", 'say "hi"\nthere'], line: 3 },
                { fields: ["last", null], line: 6 },
            ],
            unclosedLine: null,
        });
    });

    it("reads a quoted value of any length", () => {
        const value = "x".repeat(9_000_000);
        expect(parseCsv(`"${value}""\n"z`).records).toEqual([{ fields: [`${value}"\nz`], line: 1 }]);
    });

    it("says on which line a quoted value without an end begins", () => {
        expect(parseCsv('a\n"b\nc\n')).toEqual({ records: [{ fields: ["a"], line: 1 }], unclosedLine: 2 });
    });

    it("reads what formatCsvRow writes", () => {
        const cell = fc.option(fc.string().map((text) => text.replaceAll(/\r/g, "")));
        fc.assert(
            fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 })), (rows) => {
                const text = rows.map(formatCsvRow).join("").replaceAll("\r\n", "\n");
                expect(parseCsv(text).records.map(({ fields }) => fields)).toEqual(rows);
            }),
        );
    });
});
