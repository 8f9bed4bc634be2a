import { StatementError } from "../database/errors.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { conditionHint, countCharacters, placeError, statementHint } from "./given-sql.js";
import type { GridView } from "./grid-view.js";
import type { Relation } from "./relation.js";

/** The SQL after `from`. A query's columns get unique names: `(…) as "result" ("total", "total_2")`. */
export function buildFromSql({ source, columns }: Pick<Relation, "source" | "columns">): string {
    if (source.from === "database") {
        return quoteQualified(source.schema, source.name);
    }
    const names = columns.length === 0 ? "" : ` (${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})`;
    return `${inBrackets(source.sql)} as "result"${names}`;
}

/** Puts SQL in brackets; the line break ends a comment in it. */
export function inBrackets(given: string): string {
    return `(\n${given}\n)`;
}

/** Moves the position of an error into the SQL that a person wrote, if it is there; returns any other error unchanged. */
export function placeInGiven(error: unknown, { relation, where }: Pick<GridView, "relation" | "where">): unknown {
    const condition = where === null ? error : placeInText(error, where, conditionHint);
    if (condition !== error || relation.source.from === "database") {
        return condition;
    }
    return placeInText(error, relation.source.sql, statementHint);
}

/** Moves the position of an error into a text that was sent in brackets; returns the same error if its position is elsewhere. */
export function placeInText(error: unknown, given: string, hint: string): unknown {
    if (!(error instanceof StatementError) || error.position === undefined) {
        return error;
    }
    const { sql, position } = error;
    const whole = inBrackets(given);
    for (let start = sql.indexOf(whole); start !== -1; start = sql.indexOf(whole, start + 1)) {
        const before = countCharacters(sql.slice(0, start));
        if (position > before && position <= before + countCharacters(whole)) {
            return placeError(error, given, before + countCharacters("(\n"), hint);
        }
    }
    return error;
}
