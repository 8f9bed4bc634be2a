import { findColumnPairs, type ColumnPair } from "./column-pairs.js";
import { buildOneOf, buildThrough, isComparable } from "./trace-condition.js";
import type { TraceFacts, TraceRelation, TraceRow } from "./trace-facts.js";

/** The rows of an upstream relation that a row was made from, as far as they can be determined. */
export interface TraceStep {
    readonly relation: TraceRelation;
    /** The condition in SQL; null when it cannot be told which rows. */
    readonly where: string | null;
    /** What they have in common with the row: `order_id = 5`. */
    readonly reason: string;
    /**
     * How the rows are found:
     * - `key`: by their primary key, so these rows are certain
     * - `row`: by the primary key of the model's row
     * - `entity`: by the entity key of either relation
     * - `shared`: by a key that both have
     * - `through`: by the rows of another relation that the model reads
     * - `values`: by columns that are passed on unchanged
     * - `none`: not at all, so it may be any row
     * - `null`: by a key that is null here, so there is no row
     */
    readonly by: (typeof ways)[number];
    /** The pairs of columns that the condition compares. */
    readonly pairs: readonly ColumnPair[];
    /** The upstream names of the wanted columns. */
    readonly wanted: readonly string[];
}

/** The most reliable first. */
const ways = ["key", "row", "entity", "shared", "through", "values", "none", "null"] as const;

/** So many copied values identify rows well enough to look at. */
const mostCopies = 4;

/**
 * Where a model's row came from: a condition for the rows of each relation that the model reads directly, the likeliest first.
 *
 * @param wanted the columns that the question is about: relations they come from are listed first
 */
export function planTrace(facts: TraceFacts, row: TraceRow, wanted: readonly string[]): readonly TraceStep[] {
    const direct = facts.upstream.map((relation) => planDirect(facts, relation, row, wanted));
    const steps = direct.map((step) => (step.by === "none" ? planThrough(facts, step, direct) : step));
    const sharedColumns = (step: TraceStep): number => findSharedColumns(facts, step.relation);
    const place = (step: TraceStep): number => ways.indexOf(step.by);
    const isUntold = ({ where }: TraceStep): number => Number(where === null);
    return steps
        .map((step, index) => ({ step, index }))
        .sort(
            (one, other) =>
                isUntold(one.step) - isUntold(other.step) ||
                other.step.wanted.length - one.step.wanted.length ||
                Number(isLookup(facts, one.step.relation)) - Number(isLookup(facts, other.step.relation)) ||
                sharedColumns(other.step) - sharedColumns(one.step) ||
                place(one.step) - place(other.step) ||
                one.index - other.index,
        )
        .map(({ step }) => step);
}

function planDirect(facts: TraceFacts, relation: TraceRelation, row: TraceRow, wanted: readonly string[]): TraceStep {
    const { model, keyNames } = facts;
    const found = findColumnPairs(facts, relation);
    const usable = found.filter(({ column, upstreamColumn }) => {
        const upstreamType = relation.columns.find(({ name }) => name === upstreamColumn);
        return typeof row.get(column) === "string" && upstreamType !== undefined && isComparable(upstreamType);
    });
    const onColumn = (name: string): readonly ColumnPair[] =>
        usable.filter(({ upstreamColumn }) => upstreamColumn === name);
    const ofColumn = (name: string): readonly ColumnPair[] =>
        usable.filter(({ column }) => column === name).slice(0, 1);
    const isKeyLike = ({ column, upstreamColumn }: ColumnPair): boolean =>
        keyNames.has(column) || keyNames.has(upstreamColumn);
    const ways: readonly (readonly [TraceStep["by"], readonly ColumnPair[] | null])[] = [
        ["key", allOrNull(relation.primaryKey.map(onColumn))],
        ["row", allOrNull(model.primaryKey.map(ofColumn))],
        ["entity", relation.entityKey === null ? null : allOrNull([onColumn(relation.entityKey)])],
        ["entity", model.entityKey === null ? null : allOrNull([ofColumn(model.entityKey)])],
        ["shared", allOrNull([usable.filter(isKeyLike)])],
        ["values", allOrNull([usable.filter(({ evidence }) => evidence === "copy").slice(0, mostCopies)])],
    ];
    const way = ways.find(([, each]) => each !== null);
    const nullKey = found.find((pair) => isKeyLike(pair) && row.get(pair.column) === null);
    const told = wanted.flatMap((name) => upstreamNameOrNull(facts, relation, found, name) ?? []);
    if (way === undefined) {
        return {
            relation,
            by: nullKey === undefined ? "none" : "null",
            pairs: [],
            wanted: told,
            where: null,
            reason: nullKey === undefined ? "no column tells which" : `${nullKey.column} is null`,
        };
    }
    const [by, pairs] = way;
    return { relation, by, pairs: pairs ?? [], wanted: told, ...buildCondition(facts, relation, row, pairs ?? []) };
}

/** All pairs of all parts; null when a part has none. */
function allOrNull(parts: readonly (readonly ColumnPair[])[]): readonly ColumnPair[] | null {
    return parts.length === 0 || parts.some((part) => part.length === 0) ? null : parts.flat();
}

/** The upstream name of a model's column; null when it does not come from there. */
function upstreamNameOrNull(
    { origins, reads }: TraceFacts,
    { schema, name: relationName }: TraceRelation,
    pairs: readonly ColumnPair[],
    name: string,
): string | null {
    const isHere = (each: { readonly schema: string; readonly relationName: string }): boolean =>
        each.schema === schema && each.relationName === relationName;
    const copied = origins.find((origin) => isHere(origin) && origin.column === name);
    const isCopiedElsewhere = origins.some((origin) => !isHere(origin) && origin.column === name);
    const read = reads.find((each) => isHere(each) && each.columnName === name);
    return (
        copied?.columnName ??
        (isCopiedElsewhere
            ? null
            : (read?.columnName ?? pairs.find(({ column }) => column === name)?.upstreamColumn)) ??
        null
    );
}

function buildCondition(
    { model }: TraceFacts,
    relation: TraceRelation,
    row: TraceRow,
    pairs: readonly ColumnPair[],
): Pick<TraceStep, "where" | "reason"> {
    const names = [...new Set(pairs.map(({ upstreamColumn }) => upstreamColumn))];
    const parts = names.flatMap((name) => {
        const upstreamColumn = relation.columns.find((column) => column.name === name);
        const same = pairs.filter((pair) => pair.upstreamColumn === name);
        const valueType = model.columns.find(({ name: each }) => each === same[0]?.column)?.type;
        const values = same.flatMap(({ column }) => row.get(column) ?? []);
        if (upstreamColumn === undefined || valueType === undefined || values.length === 0) {
            return [];
        }
        const distinct = [...new Set(values)];
        const told = distinct.length === 1 ? `= ${distinct[0] ?? ""}` : `in (${distinct.join(", ")})`;
        return [{ sql: buildOneOf(upstreamColumn, values, valueType), reason: `${name} ${told}` }];
    });
    return parts.length === 0
        ? { where: null, reason: "no column tells which" }
        : {
              where: parts.map(({ sql }) => sql).join(" and "),
              reason: parts.map(({ reason }) => reason).join(", "),
          };
}

/** Finds rows through another upstream relation whose rows are known, if a key of one refers to the other. */
function planThrough(facts: TraceFacts, step: TraceStep, direct: readonly TraceStep[]): TraceStep {
    const { relation } = step;
    for (const { relation: bridge, where, reason, by } of direct) {
        if (where === null || by === "values" || bridge === relation) {
            continue;
        }
        const link = findLinkOrNull(facts, relation, bridge);
        if (link !== null) {
            return {
                ...step,
                by: "through",
                where: buildThrough(link.column, bridge, link.bridgeColumn, where),
                reason: `${link.column.name} of the ${bridge.name} with ${reason}`,
            };
        }
    }
    return step;
}

interface Link {
    readonly column: TraceRelation["columns"][number];
    readonly bridgeColumn: TraceRelation["columns"][number];
}

function findLinkOrNull(
    { references, reads, keyNames }: TraceFacts,
    relation: TraceRelation,
    bridge: TraceRelation,
): Link | null {
    const isRead = (each: TraceRelation, name: string): boolean =>
        reads.some(
            ({ schema, relationName, columnName }) =>
                schema === each.schema && relationName === each.name && columnName === name,
        );
    const candidates = [
        ...references.flatMap(({ relationName, columnName, toName, toColumn }) =>
            relationName === relation.name && toName === bridge.name
                ? [[columnName, toColumn] as const]
                : relationName === bridge.name && toName === relation.name
                  ? [[toColumn, columnName] as const]
                  : [],
        ),
        ...relation.columns
            .filter(({ name }) => keyNames.has(name) && isRead(relation, name) && isRead(bridge, name))
            .map(({ name }) => [name, name] as const),
    ];
    // Columns that the SELECT reads come first, because it probably joins by them.
    const sorted = [...candidates].sort(
        (one, other) => Number(isRead(relation, other[0])) - Number(isRead(relation, one[0])),
    );
    for (const [name, bridgeName] of sorted) {
        const column = relation.columns.find((each) => each.name === name);
        const bridgeColumn = bridge.columns.find((each) => each.name === bridgeName);
        if (column !== undefined && bridgeColumn !== undefined && isComparable(column) && isComparable(bridgeColumn)) {
            return { column, bridgeColumn };
        }
    }
    return null;
}

/** Whether the model, or another relation it reads, refers to this one: its rows describe a row and are not its origin. */
function isLookup({ model, upstream, references }: TraceFacts, { name }: TraceRelation): boolean {
    const referring = [model, ...upstream].map((relation) => relation.name);
    return references.some(({ relationName, toName }) => toName === name && referring.includes(relationName));
}

/** How many columns the model takes from the relation, by origin or by name. */
function findSharedColumns({ model, origins, reads }: TraceFacts, { schema, name }: TraceRelation): number {
    const isHere = (each: { readonly schema: string; readonly relationName: string }): boolean =>
        each.schema === schema && each.relationName === name;
    const copied = origins.filter(isHere).map(({ column }) => column);
    const named = reads
        .filter(isHere)
        .map(({ columnName }) => columnName)
        .filter((column) => model.columns.some((each) => each.name === column));
    return new Set([...copied, ...named]).size;
}
