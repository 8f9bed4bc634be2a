import type { Connection } from "../connection.js";
import { makeStatementError, type StatementError } from "../errors.js";
import { findAnySideEffect, findNamedSideEffect, type FindSideEffect, type SideEffect } from "./find-side-effect.js";
import { loadImplicitCalls, type ImplicitCall } from "./load-definitions.js";
import { loadOpaqueSuspects, type SuspectFunction } from "./load-functions.js";
import { findMentionOrNull, listWords, UnreadableSqlError } from "./mentions.js";
import { remember } from "./remember.js";

/**
 * Gives a connection that runs nothing but what only reads.
 *
 * @param pinned the same connection with our own settings: for the SQL that judges
 */
export type GuardReads = (connection: Connection, pinned: Connection) => Connection;

/** Settings that only decide how a query is run. */
const planning = ["max_parallel_workers_per_gather", "synchronize_seqscans"];

/** A definition that has changed is looked at again after this time. */
const keptMs = 5_000;

/**
 * Guards connections that are in a READ ONLY transaction and have taken its snapshot: they run one SELECT at a time (or WITH, VALUES,
 * TABLE), plan it, or read it by a cursor; and no function that does what READ ONLY does not stop.
 *
 * @param followsDefinitions true for what is behind views, functions and the like as well, false for what the SQL names
 * @param now a clock that only goes forward, in milliseconds
 */
export function makeReadGuard(followsDefinitions: boolean, now: () => number): GuardReads {
    const loadImplicit = remember<null, readonly ImplicitCall[]>(loadImplicitCalls, () => "", keptMs, now);
    const loadOpaque = remember<null, readonly SuspectFunction[]>(loadOpaqueSuspects, () => "", keptMs, now);
    const find: FindSideEffect = followsDefinitions
        ? (connection, sql) => findAnySideEffect(connection, sql, () => loadImplicit(connection, null))
        : async (connection, sql) => findNamedSideEffect(sql, await loadOpaque(connection, null));
    const judge = remember(
        (connection, sql: string) => judgeStatement(connection, sql, find),
        (sql) => sql,
        keptMs,
        now,
    );
    return (connection, pinned) => {
        const check = async (sql: string): Promise<void> => {
            const refusal = await judge(pinned, sql);
            if (refusal !== null) {
                throw refusal;
            }
        };
        return {
            backendPid: connection.backendPid,
            setLocally: async (settings) => {
                const other = Object.keys(settings).find((name) => !planning.includes(name));
                if (other !== undefined) {
                    throw new Error(`the setting ${other} is not one of planning`);
                }
                await connection.setLocally(settings);
            },
            query: async (sql, parameters) => {
                await check(sql);
                return connection.query(sql, parameters);
            },
            queryText: async (sql, parameters) => {
                await check(sql);
                return connection.queryText(sql, parameters);
            },
        };
    };
}

async function judgeStatement(
    connection: Connection,
    sql: string,
    findSideEffect: FindSideEffect,
): Promise<StatementError | null> {
    try {
        if (!isReading(listWords(sql))) {
            return refuse(sql, "only a statement that reads can be run here", 0);
        }
        const effect = await findSideEffect(connection, sql);
        return effect === null ? null : refuseEffect(sql, effect);
    } catch (error) {
        if (error instanceof UnreadableSqlError) {
            return refuse(sql, error.message, error.start);
        }
        throw error;
    }
}

const reading = ["select", "with", "values", "table"];

/** PostgreSQL itself refuses several statements in one text, as nothing here goes by the simple protocol. */
function isReading(words: readonly string[]): boolean {
    const [first = ""] = words;
    switch (first) {
        case "explain":
            return (
                !words.includes("analyze") && !words.includes("execute") && words.some((word) => reading.includes(word))
            );
        case "declare":
            return reading.includes(words[words.indexOf("for") + 1] ?? "");
        case "fetch":
        case "close":
            return true;
        default:
            return reading.includes(first);
    }
}

function refuseEffect(sql: string, { functionTitle, statement, root }: SideEffect): StatementError {
    const place = root === null ? null : findMentionOrNull(sql, root);
    const via = root === null || functionTitle.split(".").at(-1) === root ? "" : `, to which ${root} leads,`;
    const does = statement === null ? "may do more than read" : `runs ${statement.toUpperCase()}`;
    return refuse(sql, `${functionTitle}()${via} ${does}`, place);
}

/** @param start where it is in the text, as JavaScript counts; null for no place in particular */
function refuse(sql: string, message: string, start: number | null): StatementError {
    return makeStatementError(sql, {
        // read_only_sql_transaction
        sqlState: "25006",
        message,
        hint: "Nothing was run. What may change anything is for psql.",
        ...(start === null ? {} : { position: Array.from(sql.slice(0, start)).length + 1 }),
    });
}
