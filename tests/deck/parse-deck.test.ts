import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSlides } from "../../src/deck/parse-deck.js";
import type { SlideNode, Span } from "../../src/deck/slide.js";

function plain(text: string): Span {
    return { text, isStrong: false, isEmphasis: false, isCode: false, href: null };
}

function nodesOf(markdown: string): readonly SlideNode[] {
    return parseSlides("a.md", markdown).flatMap(({ nodes }) => nodes);
}

describe("parseSlides", () => {
    it("splits at lines of dashes, takes the first heading as title, and knows where each slide begins", () => {
        expect(parseSlides("a.md", "# One\n\nText.\n---\n\n## Two *more*\n---\n\n---\nonly text\n")).toEqual([
            {
                title: "One",
                heading: { level: 1, spans: [plain("One")] },
                nodes: [{ kind: "paragraph", spans: [plain("Text.")] }],
                notes: "",
                place: { file: "a.md", line: 1 },
            },
            {
                title: "Two more",
                heading: { level: 2, spans: [plain("Two "), { ...plain("more"), isEmphasis: true }] },
                nodes: [],
                notes: "",
                place: { file: "a.md", line: 6 },
            },
            {
                title: "only text",
                heading: null,
                nodes: [{ kind: "paragraph", spans: [plain("only text")] }],
                notes: "",
                place: { file: "a.md", line: 10 },
            },
        ]);
    });

    it("leaves dashes inside a fence alone, and names the file where there is nothing to name", () => {
        expect(parseSlides("03-data.md", "```text\n---\n```")).toEqual([
            {
                title: "03-data",
                heading: null,
                nodes: [{ kind: "code", language: "text", text: "---" }],
                notes: "",
                place: { file: "03-data.md", line: 1 },
            },
        ]);
    });

    it("reads emphasis, code, links, entities and escapes", () => {
        expect(nodesOf("**a** _b_ `c` [d](http://e) &amp; &#8364; \\* <b>f</b> g  \nh\ni")).toEqual([
            {
                kind: "paragraph",
                spans: [
                    { ...plain("a"), isStrong: true },
                    plain(" "),
                    { ...plain("b"), isEmphasis: true },
                    plain(" "),
                    { ...plain("c"), isCode: true },
                    plain(" "),
                    { ...plain("d"), href: "http://e" },
                    plain(" & € * <b>f</b> g\nh i"),
                ],
            },
        ]);
    });

    it("reads lists in lists, quotes, tables and rules", () => {
        expect(nodesOf("3. a\n4. b\n   - [x] c\n\n> d\n\n| e | f |\n|---|--:|\n| 1 | 2 |\n\n***\n")).toEqual([
            {
                kind: "list",
                start: 3,
                items: [
                    [{ kind: "paragraph", spans: [plain("a")] }],
                    [
                        { kind: "paragraph", spans: [plain("b")] },
                        {
                            kind: "list",
                            start: null,
                            items: [[{ kind: "paragraph", spans: [{ ...plain("[x] "), isCode: true }, plain("c")] }]],
                        },
                    ],
                ],
            },
            { kind: "quote", nodes: [{ kind: "paragraph", spans: [plain("d")] }] },
            {
                kind: "table",
                aligns: ["left", "right"],
                head: [[plain("e")], [plain("f")]],
                rows: [[[plain("1")], [plain("2")]]],
            },
            { kind: "rule" },
        ]);
    });

    it("takes notes fences and comments for the presenter's eyes alone", () => {
        const [slide] = parseSlides("a.md", "# A\n\n```notes\nSay *this*.\n```\n\n<!-- And\nthat. -->\n");
        expect(slide?.notes).toBe("Say *this*.\n\nAnd\nthat.");
        expect(slide?.nodes).toEqual([]);
    });

    it("places live blocks, also behind other slides and with Windows' line ends", () => {
        expect(nodesOf("# A\r\n\r\n---\r\n\r\n```lineage fct_orders\r\n```\r\n")).toEqual([
            { kind: "block", block: { kind: "lineage", of: "fct_orders" }, place: { file: "a.md", line: 5 } },
        ]);
    });

    it("says what is wrong with a block and on which line", () => {
        expect(nodesOf("# A\n\n```table mart_x\nrows: many\n```\n\n- ```sources\n  ```\n")).toEqual([
            {
                kind: "wrong",
                message: 'rows cannot be "many".',
                hint: "It takes a whole number from 1 to 1000.",
                place: { file: "a.md", line: 4 },
                text: "```table mart_x\nrows: many\n```",
            },
            {
                kind: "list",
                start: null,
                items: [
                    [
                        {
                            kind: "wrong",
                            message: "A sources block cannot be in a list or a quote.",
                            hint: "Begin its fence at the left margin.",
                            place: { file: "a.md", line: 7 },
                            text: "```sources\n```",
                        },
                    ],
                ],
            },
        ]);
    });

    it("never throws, gives every slide a title, and keeps its places inside the file", () => {
        const line = fc.oneof(
            fc.string({ maxLength: 20 }),
            fc.constantFrom(
                "---",
                "```chart",
                "```",
                "~~~",
                "```notes",
                "# a",
                "- b",
                "> c",
                "| d | e |",
                "|--|--|",
                "<!--",
                "-->",
            ),
            fc.constantFrom("rows: 3", "select 1", "\u0000\u001b[31m", "&#x110000;", "[a]: b", "**", "`", "   "),
        );
        fc.assert(
            fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
                for (const { title, place, nodes } of parseSlides("a.md", lines.join("\n"))) {
                    expect(title).not.toBe("");
                    const text = lines.join("\n").replaceAll(/\r\n?/g, "\n");
                    const places = nodes.flatMap((node) => ("place" in node ? [node.place] : []));
                    for (const { line: at } of [place, ...places]) {
                        expect(at).toBeGreaterThanOrEqual(1);
                        expect(at).toBeLessThanOrEqual(text.split("\n").length);
                    }
                }
            }),
            { numRuns: 60 },
        );
    });
});

describe("lines of dashes", () => {
    const titlesOf = (text: string): readonly (readonly [string, number])[] =>
        parseSlides("talk.md", text).map(({ title, place }) => [title, place.line] as const);

    it("leave front matter out and underline a heading", () => {
        const text =
            "---\ntitle: My talk\ntheme: dark\ntags:\n  - a\n---\n\n# First slide\n\nAnother\n-------\n\nA paragraph.\n";
        expect(titlesOf(text)).toEqual([["First slide", 8]]);
        expect(parseSlides("talk.md", text)[0]?.nodes.map(({ kind }) => kind)).toEqual(["heading", "paragraph"]);
    });

    it.each([
        ["a blank line", "One\n\n---\nTwo"],
        ["a heading", "# One\n---\nTwo"],
        ["a list", "One\n\n- item\n---\nTwo"],
        ["a quote", "One\n\n> said\n---\nTwo"],
        ["a fence", "One\n\n```sql\nselect 1\n```\n---\nTwo"],
        ["a table", "One\n\n| a |\n| - |\n| 1 |\n---\nTwo"],
        ["a comment", "One\n\n<!-- notes -->\n---\nTwo"],
        ["an underlined heading", "One\n===\n---\nTwo"],
        ["another such line", "---\n---\nOne\n\n---\nTwo"],
    ])("separate slides below %s", (_name, text) => {
        expect(titlesOf(text).map(([title]) => title)).toEqual(["One", "Two"]);
    });

    it("of three separate slides also directly below text, and longer ones do not", () => {
        expect(titlesOf("One\n---\nTwo\n----\n\nThree").map(([title]) => title)).toEqual(["One", "Two"]);
    });

    it("at the start with text that is no YAML stay what they were", () => {
        expect(titlesOf("---\n\n# One\n\n---\n\n# Two").map(([title]) => title)).toEqual(["One", "Two"]);
    });
});

it.each(["*a", "_a", "> ", "1. ", " x", "--\n", "<!--"])("does not let a long slide of %j cost its square", (unit) => {
    const [slide] = parseSlides("a.md", `x${unit.repeat(100_000)}x`);
    expect(slide?.nodes).toMatchObject([{ kind: "wrong", hint: "Split it: a slide has at most 8000." }]);
});

it("takes code that is longer than text may be, as far as it can be a slide", () => {
    const nodesOf = (code: string): unknown => parseSlides("a.md", `# One\n\n\`\`\`\n${code}\n\`\`\`\n`)[0]?.nodes;
    expect(nodesOf("*a".repeat(15_000))).toMatchObject([{ kind: "code" }]);
    expect(nodesOf("*a".repeat(100_000))).toMatchObject([
        {
            kind: "wrong",
            message: "This slide has 200016 characters.",
            hint: "Split it: a slide has at most 40000.",
        },
    ]);
});

it.each([
    ["a comment", "<!--\n```\n-->\n"],
    ["a list", "- ```\n  ```\n"],
    ["a quote", "> ```\n\n"],
])("takes nothing for code that only begins like it in %s", (_name, beginning) => {
    expect(parseSlides("a.md", `${beginning}${"*a_".repeat(5_000)}`)[0]?.nodes).toMatchObject([
        { kind: "wrong", hint: "Split it: a slide has at most 8000." },
    ]);
});

it.each([
    ["*a_", 1501],
    ["***a_", 1501],
    ["_a", 1500],
    ["~a", 1500],
    ["*a_[", 3000],
])("refuses a paragraph full of %j", (unit, count) => {
    expect(parseSlides("a.md", unit.repeat(1_500))[0]?.nodes).toMatchObject([
        { kind: "wrong", message: `This slide has a paragraph with ${count} marks of emphasis (*, _ and ~).` },
    ]);
});

it.each(["> ", "1. ", "- ", "- > 1. ", "+ * "])("refuses %j in one another without end", (marks) => {
    const nodesOf = (text: string): unknown => parseSlides("a.md", text)[0]?.nodes;
    expect(nodesOf(`${marks.repeat(2_000)}x`.slice(-7_999))).toMatchObject([
        {
            kind: "wrong",
            message: "This slide has quotes or lists that are nested too deeply.",
            hint: "Take some of them out: at most 20 may be in one another.",
        },
    ]);
    expect(nodesOf(`${marks.repeat(5)}x`)).not.toMatchObject([{ kind: "wrong" }]);
});

it("takes a long line of marks for the rule that it is", () => {
    expect(parseSlides("a.md", `One\n\n${"- ".repeat(40)}\n`)[0]?.nodes).toMatchObject([
        { kind: "paragraph" },
        { kind: "rule" },
    ]);
});
