import { describe, expect, it } from "vitest";
import { blockKinds, blockNames } from "../../src/deck/block-kinds.js";
import { parseFence, type ParsedFence } from "../../src/deck/parse-block.js";

function wrong(message: string, hint: string, line: number): ParsedFence {
    return { kind: "wrong", message, hint, line };
}

describe("parseFence", () => {
    it.each([
        ["chart m", "", { kind: "chart", from: { kind: "model", name: "m" }, label: null, value: null, type: null }],
        [
            "chart",
            "label: a\nvalue:b\ntype: horizontal bars\n\nselect 1::int as b\n",
            {
                kind: "chart",
                from: { kind: "sql", sql: "select 1::int as b" },
                label: "a",
                value: "b",
                type: "horizontal bars",
            },
        ],
        [
            "TABLE s.m",
            "columns: a, b,\nrows: 5",
            { kind: "table", from: { kind: "model", name: "s.m" }, columns: ["a", "b"], rows: 5 },
        ],
        [
            "query",
            "select a::text\nfrom b",
            { kind: "query", from: { kind: "sql", sql: "select a::text\nfrom b" }, rows: null },
        ],
        ["figures", "select 1", { kind: "figures", from: { kind: "sql", sql: "select 1" } }],
        ["sql m", "", { kind: "sql", model: "m" }],
        ["lineage", "", { kind: "lineage", of: null }],
        ["star f", "", { kind: "star", fact: "f" }],
        ["sources", "\n", { kind: "sources" }],
        ["tests", "only: problems", { kind: "tests", of: null, only: "problems" }],
        ["replay", "", { kind: "replay", run: "incremental", speed: 1 }],
        ["replay 12", "speed: 2.5", { kind: "replay", run: "12", speed: 2.5 }],
    ])("reads %s", (info, body, block) => {
        expect(parseFence({ info, body })).toEqual({ kind: "block", block });
    });

    it.each([
        ["", { kind: "code", language: "" }],
        ["sql", { kind: "code", language: "sql" }],
        ["ts", { kind: "code", language: "ts" }],
        ["notes", { kind: "notes" }],
    ])("takes %s for what it is", (info, fence) => {
        expect(parseFence({ info, body: "x: 1" })).toEqual(fence);
    });

    it.each([
        ["chrat m", "", wrong('There is no block "chrat".', "Did you mean chart?", 0)],
        [
            "pie m",
            "",
            wrong(
                'There is no block "pie".',
                "There are chart, table, query, figures, sql, lineage, star, sources, tests, replay and notes.",
                0,
            ),
        ],
        [
            "chart",
            "",
            wrong(
                "chart does not say what to show.",
                "Name a model on its first line, or write a SELECT below its options.",
                0,
            ),
        ],
        ["query", "rows: 2", wrong("query does not say what to show.", "Write a SELECT below its options.", 0)],
        [
            "chart a b",
            "",
            wrong('"b" cannot follow chart.', "One MODEL may follow; options go below it, each on its own line.", 0),
        ],
        [
            "sources a",
            "",
            wrong('"a" cannot follow sources.', "Nothing may follow it on its first line; options go below it.", 0),
        ],
        ["table m", "row: 3", wrong('table has no option "row".', "Did you mean rows?", 1)],
        ["table m", "rows: 3\nrows: 4", wrong("rows is given twice.", "Keep one of them.", 2)],
        ["table m", "rows: 0", wrong('rows cannot be "0".', "It takes a whole number from 1 to 1000.", 1)],
        [
            "chart m",
            "type: pie",
            wrong('type cannot be "pie".', "It takes one of: bars, line, horizontal bars, histogram.", 1),
        ],
        ["chart m", "label:", wrong('label cannot be "".', "Give a value behind the colon.", 1)],
        [
            "chart m",
            "\nselect 1",
            wrong("chart has a model and a statement.", "Keep the model on the first line or the SQL below.", 2),
        ],
        ["lineage", "select 1", wrong('"select 1" is no option of lineage.', "lineage takes no options.", 1)],
        ["tests", "constructor: 1", wrong('tests has no option "constructor".', "It takes: only.", 1)],
        [
            "replay yesterday",
            "",
            wrong(
                'replay cannot play "yesterday".',
                "Give the number of a run (`stardeck history` lists them), last or incremental.",
                0,
            ),
        ],
    ])("says what is wrong with %s: %j", (info, body, fence) => {
        expect(parseFence({ info, body })).toEqual(fence);
    });
});

describe("the kinds of blocks", () => {
    it("are each described, and none is taken for a language", () => {
        for (const kind of blockNames) {
            expect(blockKinds[kind].description).toMatch(/^[A-Z].*\.$/);
            expect(parseFence({ info: kind, body: "" }).kind).not.toBe(kind === "sql" ? "wrong" : "code");
        }
    });
});
