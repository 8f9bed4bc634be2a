import { expect, it } from "vitest";
import type { DataTarget } from "../../../../src/tui/kit/screen.js";
import { parseSavedData, parseSavedSql } from "../../../../src/tui/screens/data/saved-data.js";

const parse = (target: unknown): DataTarget | null =>
    parseSavedData(JSON.parse(JSON.stringify({ target })) as unknown).target;

it("finds again what was shown, and on which way upstream", () => {
    const targets: readonly DataTarget[] = [
        { kind: "relation", schema: "prep", name: "stg_order" },
        {
            kind: "relation",
            schema: "prep",
            name: "stg_order",
            where: `"order_id" = '5'`,
            title: "rows with order_id = 5",
            trace: { relationName: "stg_order", column: "status" },
        },
        { kind: "query", sql: "select 1", trace: { relationName: "fct_orders", column: null } },
    ];
    expect(targets.map(parse)).toEqual(targets);
});

it("leaves out what is not as it was written", () => {
    expect(parse({ kind: "relation", schema: "prep", name: "stg_order", where: 5, trace: { column: "a" } })).toEqual({
        kind: "relation",
        schema: "prep",
        name: "stg_order",
    });
    expect(parse({ kind: "query" })).toBe(null);
    expect(parse("prep.stg_order")).toBe(null);
});

it("finds again the statements that were open, and always one", () => {
    const saved = { drafts: ["select 1", "sel"], current: 1, history: ["select 1"] };
    expect(parseSavedSql(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
    expect(parseSavedSql({ drafts: [7, "a"], current: 4, history: [1, "x"] })).toEqual({
        drafts: ["a"],
        current: 0,
        history: ["x"],
    });
    expect(parseSavedSql(null)).toEqual({ drafts: [""], current: 0, history: [] });
});
