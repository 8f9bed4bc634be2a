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
        ["select 1; drop table kept", 'syntax error at or near ";"', "; drop table kept"],
        ["select (1", "syntax error at end of input", ""],
        ["select 1)", 'syntax error at or near ")"', ")"],
        ["select 'open", "unterminated string", "'open"],
        ["select $1", "there is no parameter $1", "$1"],
        ["", "syntax error at end of input", ""],
    ])("refuses %j: %s", (sql, message, from) => {
        expect(refusalOf(sql)).toEqual([message, from]);
    });

    it.each([
        ["select 1 ;\n; ", "select 1"],
        ["select coalesce(update, 1), (delete) from kept", "select coalesce(update, 1), (delete) from kept"],
        ["(select 'delete from kept')", "(select 'delete from kept')"],
        ["values (1), (2)", "values (1), (2)"],
    ])("takes %j", (sql, statement) => {
        expect(checkStatement(sql)).toBe(statement);
    });
});
