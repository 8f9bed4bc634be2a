import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMentionOrNull, listMentions, listWords } from "../../../src/database/read-only/mentions.js";
import { tokenizeSql } from "../../../src/sql/sql-tokens.js";

const callsOf = (sql: string): readonly string[] => [...listMentions(sql).calls];

describe("listMentions", () => {
    it.each([
        ["select now()", ["now"]],
        ["select NOW ()", ["now"]],
        ['select "Now"()', ["Now"]],
        ['select "a""b"()', ['a"b']],
        ["select pg_catalog . now /* here */ -- there\n ()", ["now"]],
        ["select now", []],
        ["select 'lock(1)', $$lock(1)$$, $a$ lock($$) $a$, \"lock(1)\"", []],
        ["select /* lock(1) /* nested */ lock(2) */ 1 -- lock(3)", []],
        ["select a$$lock(1)", ["a$$lock"]],
        // With E a backslash hides a quote, also in the lines that go on with it.
        ["select E'\\'' || lock(1) || E'\\''", ["lock"]],
        ["select E'a'\n'\\'' || lock(1) || 'b'", ["lock"]],
        ["select E'a' -- so\n -- and so\n'\\'' || lock(1) || 'b'", ["lock"]],
        // Without it hides none.
        ["select '\\' || lock(1) || '\\'", ["lock"]],
        ["select 😀lock(1)", ["😀lock"]],
        ["select ÄLTER(1)", ["Älter", "älter"]],
        [`select ${"x".repeat(80)}(1)`, ["x".repeat(63)]],
        [`select ${"x".repeat(62)}é(1)`, ["x".repeat(62)]],
    ])("reads the calls of %s", (sql, calls) => {
        expect(callsOf(sql)).toEqual(calls);
    });

    it("tells names behind a dot and operators, where they stand together", () => {
        const { attributes, operators, names } = listMentions(
            "select note.loud, a<=>b, -1, x->>'y' from public.note --+\n",
        );
        expect([...attributes]).toEqual(["loud", "note"]);
        expect([...operators]).toEqual(["<=>", "-", "->>"]);
        expect([...names]).toEqual(["select", "note", "loud", "a", "b", "x", "from", "public"]);
    });

    it.each([
        ["select 'a", "unterminated string"],
        ['select "a', "unterminated quoted name"],
        ["select /* a", "unterminated comment"],
        ["select $a$ a $$", "unterminated string"],
        ['select U&"\\006cock"(1)', "names with Unicode escapes are not read here"],
    ])("reads nothing of %s", (sql, message) => {
        expect(() => listMentions(sql)).toThrow(message);
    });

    it("finds where a name stands", () => {
        expect(findMentionOrNull("select 'lock', /* lock */ \"lock\"(1)", "lock")).toBe(26);
        expect(findMentionOrNull("select 'lock'", "lock")).toBeNull();
        expect(listWords('SELECT "x" FROM y')).toEqual(["select", "from", "y"]);
    });
});

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
