import type { Database } from "../../database/database.js";
import { quoteQualified } from "../../sql/identifiers.js";
import type { Registry } from "../../warehouse/registry.js";
import { ReadTimeoutError } from "../../database/errors.js";
import type { ReadOptions } from "../relation.js";
import { loadTraceFacts } from "./load-trace-facts.js";
import { planTrace, type TraceStep } from "./plan-trace.js";
import type { TraceRow } from "./trace-facts.js";

/** A row whose origin is asked for. */
export interface TraceQuestion {
    readonly modelName: string;
    readonly row: TraceRow;
    /** Columns of the model that the question is about. */
    readonly wanted: readonly string[];
}

/** Which relation has rows is not worth more than this; the likeliest is shown then. */
const longestLookMs = 3000;

/**
 * The steps upstream from a row, the likeliest first: one without any such rows comes after those that have some, as for a
 * stand-in in a dimension, of which only the facts know.
 *
 * @throws StardeckError `failed` for a model that is not registered; ReadTimeoutError; StatementError; ConnectionError
 */
export async function loadTrace(
    database: Database,
    registry: Registry,
    { modelName, row, wanted }: TraceQuestion,
    options: ReadOptions,
): Promise<readonly TraceStep[]> {
    const steps = await database.withReadOnlyTransaction(
        async (connection) => planTrace(await loadTraceFacts(connection, registry, modelName), row, wanted),
        options,
    );
    const told = steps.filter(({ where }) => where !== null);
    const empty: TraceStep[] = [];
    for (const step of told) {
        // With nothing beside it there is nothing to put before it.
        if (told.length === 1 || (await hasRows(database, step, options))) {
            break;
        }
        empty.push(step);
    }
    return [...told.filter((step) => !empty.includes(step)), ...empty, ...steps.filter(({ where }) => where === null)];
}

async function hasRows(database: Database, { relation, where }: TraceStep, options: ReadOptions): Promise<boolean> {
    const timeoutMs = Math.min(options.timeoutMs, longestLookMs);
    try {
        return await database.withReadOnlyTransaction(
            async (connection) => {
                const { rows } = await connection.query<{ found: boolean }>(
                    `select exists (select from ${quoteQualified(relation.schema, relation.name)} where ${where ?? "true"}) as found`,
                );
                return rows[0]?.found === true;
            },
            { ...options, timeoutMs, isGuarded: true },
        );
    } catch (error) {
        if (error instanceof ReadTimeoutError) {
            return true;
        }
        throw error;
    }
}
