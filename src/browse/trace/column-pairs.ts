import type { TraceFacts, TraceRelation } from "./trace-facts.js";

/** A column of the model, the upstream column with the same values, and how that is known. */
export interface ColumnPair {
    readonly column: string;
    readonly upstreamColumn: string;
    readonly evidence: Evidence;
}

/** The most reliable first. */
const evidences = ["copy", "reference", "entity", "name"] as const;

/**
 * - `copy`: the model passes the column on unchanged
 * - `reference`: a relationships test requires that the values are there
 * - `entity`: the model's mapping of changes to its entities uses the column
 * - `name`: both relations have a key of that name, and the model reads it there
 */
export type Evidence = (typeof evidences)[number];

/** All pairs between a model and a relation that it reads; for each upstream column, only those with the most reliable evidence. */
export function findColumnPairs(facts: TraceFacts, upstream: TraceRelation): readonly ColumnPair[] {
    const { model } = facts;
    const has = ({ columns }: TraceRelation, name: string): boolean => columns.some((column) => column.name === name);
    const all = [
        ...facts.origins
            .filter(({ schema, relationName }) => schema === upstream.schema && relationName === upstream.name)
            .map(({ column, columnName }) => makePair(column, columnName, "copy")),
        ...facts.references.flatMap(({ relationName, columnName, toName, toColumn }) =>
            relationName === model.name && toName === upstream.name && !upstream.isSource
                ? [makePair(columnName, toColumn, "reference")]
                : relationName === upstream.name && toName === model.name && !upstream.isSource
                  ? [makePair(toColumn, columnName, "reference")]
                  : [],
        ),
        ...pairOfEntity(facts, upstream),
        ...facts.reads.flatMap(({ schema, relationName, columnName }) =>
            schema === upstream.schema && relationName === upstream.name && facts.keyNames.has(columnName)
                ? [makePair(columnName, columnName, "name")]
                : [],
        ),
    ].filter(({ column, upstreamColumn }) => has(model, column) && has(upstream, upstreamColumn));
    return all.filter(
        (pair, index) =>
            !all.some(
                (other) => other.upstreamColumn === pair.upstreamColumn && isSurer(other.evidence, pair.evidence),
            ) &&
            all.findIndex((other) => other.column === pair.column && other.upstreamColumn === pair.upstreamColumn) ===
                index,
    );
}

function pairOfEntity({ model, entityColumns }: TraceFacts, upstream: TraceRelation): readonly ColumnPair[] {
    const column = entityColumns.get(upstream.name);
    return column === undefined || model.entityKey === null ? [] : [makePair(model.entityKey, column, "entity")];
}

function makePair(column: string, upstreamColumn: string, evidence: Evidence): ColumnPair {
    return { column, upstreamColumn, evidence };
}

function isSurer(one: Evidence, other: Evidence): boolean {
    return evidences.indexOf(one) < evidences.indexOf(other);
}
