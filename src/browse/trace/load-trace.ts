import type { Database } from "../../database/database.js";
import { quoteQualified } from "../../sql/identifiers.js";
import type { Registry } from "../../warehouse/registry.js";
import { ReadTimeoutError } from "../../database/errors.js";
import type { ReadOptions } from "../relation.js";
import { loadTraceFacts } from "./load-trace-facts.js";
import { planTrace, type TraceStep } from "./plan-trace.js";
import type { TraceRow } from "./trace-facts.js";

/** A row whose origin is wanted. */
export interface TraceQuestion {
    readonly modelName: string;
    readonly row: TraceRow;
    /** Columns of the model that the question is about. */
    readonly wanted: readonly string[];
}

/** How long to look for a relation that has rows, at most; after that the likeliest one is shown. */
const longestLookMs = 3000;

/**
 * The steps upstream from a row, the likeliest first. Steps that find no rows come after those that do: an inferred member of a
 * dimension, for example, is found only in the facts.
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
        // A single step need not be checked, because its place cannot change.
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
