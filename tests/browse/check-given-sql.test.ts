import { describe, expect, it } from "vitest";
import { StatementError } from "../../src/database/errors.js";
import { checkStatement } from "../../src/browse/check-given-sql.js";

/** What is said of a statement, and the text from there on. */
function refusalOf(sql: string): readonly [message: string, from: string] {
    try {
        checkStatement(sql);
    } catch (error) {
        if (error instanceof StatementError) {
            return [
                error.message,
                Array.from(sql)
                    .slice((error.position ?? 1) - 1)
                    .join(""),
            ];
        }
        throw error;
    }
    throw new Error(`not refused: ${sql}`);
}

describe("checkStatement", () => {
    it.each([
        ["delete from kept", "DELETE is refused: here everything is read only", "delete from kept"],
        ["-- 🙂\n Drop table kept;", "DROP is refused: here everything is read only", "Drop table kept;"],
        [
            "with gone as (/* all */ delete from kept returning *) select * from gone",
            "DELETE is refused: here everything is read only",
            "delete from kept returning *) select * from gone",
        ],
        [
            "with new as (update only kept as k set a = 1 returning *) table new",
            "UPDATE is refused: here everything is read only",
            "update only kept as k set a = 1 returning *) table new",
        ],
        ["explain select 1", "EXPLAIN gives no rows that can be browsed", "explain select 1"],
        [
            "select 1; drop table kept",
            "this begins a second statement, and one at a time can be run",
            "drop table kept",
        ],
        [
            "select ';';;\n-- two\nselect 2;",
            "this begins a second statement, and one at a time can be run",
            "select 2;",
        ],
        ["select (1; 2)", 'syntax error at or near ";"', "; 2)"],
        ["select 1; /* open", "this begins a second statement, and one at a time can be run", "/* open"],
        ["select\u00a01", "this blank (U+00A0) is part of a name to PostgreSQL", "\u00a01"],
        ["select a \u3000from b", "this blank (U+3000) is part of a name to PostgreSQL", "\u3000from b"],
        ["select \u2018a\u2019", "this quote (U+2018) is part of a name to PostgreSQL", "\u2018a\u2019"],
        ["select \u201ca\u201d", "this quote (U+201C) is part of a name to PostgreSQL", "\u201ca\u201d"],
        ["select 2 \u2013 1", "this dash (U+2013) is part of a name to PostgreSQL", "\u2013 1"],
        ["select \u200b1", "this invisible character (U+200B) is part of a name to PostgreSQL", "\u200b1"],
        ["select (1", "syntax error at end of input", ""],
        ["select 1)", 'syntax error at or near ")"', ")"],
        ["select 'open", "unterminated string", "'open"],
        ["select $1", "there is no parameter $1: parameters have no values here", "$1"],
        ["", "syntax error at end of input", ""],
    ])("refuses %j: %s", (sql, message, from) => {
        expect(refusalOf(sql)).toEqual([message, from]);
    });

    it.each([
        ["select 1 ;\n; ", "select 1"],
        ["select coalesce(update, 1), (delete) from kept", "select coalesce(update, 1), (delete) from kept"],
        ["(select 'delete from kept')", "(select 'delete from kept')"],
        ["values (1), (2)", "values (1), (2)"],
        ["\ufeff-- report\r\nselect 1;\r\n-- end\r\n/* all */ ;", "-- report\r\nselect 1"],
        ["select 1 -- end\n", "select 1 -- end"],
        [
            "select '\u00a0\u201c', $$\u2019$$, \"\u2019\" -- \u00a0",
            "select '\u00a0\u201c', $$\u2019$$, \"\u2019\" -- \u00a0",
        ],
    ])("takes %j", (sql, statement) => {
        expect(checkStatement(sql)).toBe(statement);
    });
});
