import { DatabaseError } from "pg";
import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { StatementError, wrapStatementError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { formatCodeFrame } from "../text/code-frame.js";
import type { RunUp } from "./migration-source.js";
import { loadSqlFiles } from "./sql-file.js";
import { TakenNameError } from "./taken-name.js";

/** Why a migration did not run. */
interface MigrationProblem {
    readonly name: string;
    readonly error: unknown;
}

export interface ProblemCollector {
    readonly runUp: RunUp;
    /** @throws StardeckError `failed` that names every problem, when there is one. */
    refuseProblems(): void;
}

/** Lets the migrations after one that fails run all the same, so that all problems are told at once. What ran is to be rolled back. */
export function makeProblemCollector(sourceSchema: string): ProblemCollector {
    const problems: MigrationProblem[] = [];
    return {
        runUp: async (name, knex, up) => {
            try {
                await knex.transaction(async (transaction) => up(transaction));
            } catch (error) {
                const problem = { name, error: withStatement(error) };
                if (!(await isConnected(knex))) {
                    throw problem.error;
                }
                const [first] = problems;
                if (first === undefined || !isConsequence(problem.error, first.error)) {
                    problems.push(problem);
                }
            }
        },
        refuseProblems: () => {
            const [first] = problems;
            if (first === undefined) {
                return;
            }
            const described = problems.map((problem) => describeProblem(problem, sourceSchema));
            const hints = new Set(problems.map(({ error }) => hintOf(error)).filter((hint) => hint !== null));
            throw new StardeckError(described.join("\n\n"), {
                code: "failed",
                hint: [...hints, "Nothing was changed."].join("\n"),
                cause: first.error,
            });
        },
    };
}

async function isConnected(knex: Knex): Promise<boolean> {
    try {
        await knex.raw("select 1");
        return true;
    } catch {
        return false;
    }
}

/**
 * A migration that reads what an earlier one should have made has no problem of its own; nor has any after one that found
 * a landing table or a contract not as declared.
 */
function isConsequence(error: unknown, first: unknown): boolean {
    const isItsOwn = (each: unknown): boolean =>
        each instanceof TakenNameError ||
        !["42P01", "42883", "3F000", undefined].includes(statementErrorOrNull(each)?.sqlState);
    return !isItsOwn(error) || !(first instanceof TakenNameError || statementErrorOrNull(first) !== null);
}

function describeProblem({ name, error }: MigrationProblem, sourceSchema: string): string {
    const statement = statementErrorOrNull(error);
    const frame = statement === null ? [] : frameOf(statement, sourceSchema);
    return [`${name}: ${errorMessage(error)}`, ...frame].join("\n");
}

function hintOf(error: unknown): string | null {
    const own = error instanceof StardeckError ? error.hint : undefined;
    const said = statementErrorOrNull(error)?.hint;
    const hints = [...new Set([said, own].filter((hint) => hint !== undefined))];
    return hints.length === 0 ? null : hints.join("\n");
}

/** The line at which PostgreSQL stopped: in the file that it comes from, where it comes from one. */
function frameOf(error: StatementError, sourceSchema: string): readonly string[] {
    if (error.position === undefined) {
        return [];
    }
    // Positions are counted in characters, not in UTF-16 units.
    const at = Array.from(error.sql)
        .slice(0, error.position - 1)
        .join("").length;
    for (const { path, text } of loadSqlFiles()) {
        const bound = text.replaceAll("{source_schema}", () => quoteIdentifier(sourceSchema));
        const body = bound.trim().replace(/;$/, "");
        const start = error.sql.indexOf(body);
        if (start !== -1 && at >= start && at <= start + body.length) {
            const before = bound.slice(0, bound.indexOf(body) + at - start);
            return [`${path}:${before.split("\n").length}`, ...formatCodeFrame(bound, Array.from(before).length + 1)];
        }
    }
    return formatCodeFrame(error.sql, error.position);
}

function statementErrorOrNull(error: unknown): StatementError | null {
    if (error instanceof StatementError) {
        return error;
    }
    return error instanceof Error && error.cause !== undefined ? statementErrorOrNull(error.cause) : null;
}

/** Knex puts the statement before PostgreSQL's message. */
function withStatement(error: unknown): unknown {
    if (!(error instanceof DatabaseError)) {
        return error;
    }
    const end = error.message.lastIndexOf(" - ");
    const sql = end === -1 ? "" : error.message.slice(0, end);
    error.message = end === -1 ? error.message : error.message.slice(end + 3);
    return wrapStatementError(error, sql, "the database");
}
