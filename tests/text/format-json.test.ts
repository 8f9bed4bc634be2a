import { expect, it } from "vitest";
import { typeIds } from "../../src/text/column-types.js";
import { formatJsonRow } from "../../src/text/format-json.js";

const { boolean, bigint, double, json, jsonb, numeric, text } = typeIds;

it.each([
    [bigint, "9007199254740993", "9007199254740993"],
    [numeric, "0.10", "0.10"],
    [numeric, "-12345678901234567890.123456789", "-12345678901234567890.123456789"],
    [double, "1e+300", "1e+300"],
    [double, "NaN", '"NaN"'],
    [numeric, "-Infinity", '"-Infinity"'],
    [boolean, "t", "true"],
    [boolean, "f", "false"],
    [text, 'say "hi"\n', '"say \\"hi\\"\\n"'],
    [text, "007", '"007"'],
    [text, null, "null"],
    [json, '{"a":\n 1.50, "a": [null]}', '{"a":  1.50, "a": [null]}'],
    [jsonb, "null", "null"],
    [text, "\u009b\u202e\u2028", '"\\u009b\\u202e\\u2028"'],
    [text, "\u{e0041}\u3164", '"\\udb40\\udc41\\u3164"'],
    [json, '{"\u009b":\t1}', '{"\\u009b": 1}'],
])("writes a value of type %i, %j, as %s", (typeId, value, written) => {
    const line = formatJsonRow([{ name: "value", typeId }], ["value"], [value]);
    expect(line).toBe(`{"value":${written}}`);
    expect(() => JSON.parse(line) as unknown).not.toThrow();
});
