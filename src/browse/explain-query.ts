import type { Database } from "../database/database.js";
import { statementSettings } from "../database/session-settings.js";
import { tokenizeSql } from "../sql/sql-tokens.js";
import { checkStatement } from "./check-given-sql.js";
import { StatementError } from "../database/errors.js";
import { isMeaningful, placeError, refuseParameters, statementHint } from "./given-sql.js";
import { parsePlan, type QueryPlan } from "./query-plan.js";
import type { ReadOptions } from "./relation.js";

/** A statement whose plan is asked for. */
export interface ExplainedStatement {
    /** The statement. Blanks replace the EXPLAIN before it, so that positions stay the same. */
    readonly sql: string;
    /** True when the statement runs, to measure each step. */
    readonly isAnalyzed: boolean;
}

/** The statement of `explain …` or `explain (analyze) …`; null for any other text. */
export function parseExplainOrNull(text: string): ExplainedStatement | null {
    const tokens = tokenizeSql(text).filter(isMeaningful);
    const wordAt = (place: number): string => tokens[place]?.text.toLowerCase() ?? "";
    if (wordAt(0) !== "explain") {
        return null;
    }
    let at = 1;
    let isAnalyzed = false;
    if (wordAt(at) === "(" && !/^(select|with|values|table|\()$/.test(wordAt(at + 1))) {
        for (at++; at < tokens.length && wordAt(at) !== ")"; at++) {
            isAnalyzed ||= /^analy[sz]e$/.test(wordAt(at)) && !/^(off|false|0)$/.test(wordAt(at + 1));
        }
        at++;
    } else {
        for (; /^(analy[sz]e|verbose)$/.test(wordAt(at)); at++) {
            isAnalyzed ||= wordAt(at) !== "verbose";
        }
    }
    const start = tokens[at]?.start ?? text.length;
    return { sql: text.slice(0, start).replaceAll(/[^\n]/gu, " ") + text.slice(start), isAnalyzed };
}

/**
 * The plan of one SELECT (or WITH, VALUES, TABLE). When analyzed, the statement runs in a READ ONLY transaction that is rolled back, and
 * its rows are dropped.
 *
 * @throws StatementError with a position in the given `sql`, also when it is not one reading statement.
 */
export async function explainQuery(
    database: Database,
    { sql, isAnalyzed }: ExplainedStatement,
    options: ReadOptions,
): Promise<QueryPlan> {
    const statement = checkStatement(sql);
    refuseParameters(statement, tokenizeSql(statement));
    const prefix = `explain (format json${isAnalyzed ? ", analyze, buffers" : ""}) `;
    try {
        const { rows } = await database.withReadOnlyTransaction(
            (connection) => connection.query<{ "QUERY PLAN": readonly Record<string, unknown>[] }>(prefix + statement),
            { ...options, roleSettings: statementSettings, isGuarded: true },
        );
        return parsePlan(rows[0]?.["QUERY PLAN"] ?? []);
    } catch (error) {
        throw error instanceof StatementError ? placeError(error, statement, prefix.length, statementHint) : error;
    }
}
