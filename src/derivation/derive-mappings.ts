import { loadParser, UnreadableSqlError } from "../database/read-only/parser.js";
import { formatIdentifier } from "../sql/identifiers.js";
import type { Catalogue } from "./catalogue.js";
import { Deriver } from "./derive.js";
import { printTraces } from "./print-trace.js";
import { equalColumnsOrNull } from "./join-space.js";
import { columnOrNull, NotUnderstood, occurrencesIn, membersIn, type Query, type Relation } from "./query.js";
import { readView, type Numbers, type ParsedViews } from "./read-query.js";
import { soundRules, type Rules } from "./rules.js";
import { describeTraces } from "./describe-traces.js";
import { simplifyQuery } from "./simplify-query.js";
import { isWhole, type Trace } from "./trace.js";
import { isComparable } from "./types.js";

/** A table model, as far as its mappings depend on it. */
export interface DerivedModel {
    /** The view that holds its SELECT. */
    readonly select: Relation;
    /** Its own table, once that has the columns of the SELECT; null where there is none yet. */
    readonly table: Relation | null;
}

/** The columns that identify a model's entities. */
export interface Entity {
    readonly entityKey: readonly string[];
    /** Whether the entity can never be null: then a null in a mapping's result stands for no entity and is dropped. */
    readonly isEntityNeverNull: boolean;
}

/**
 * The mapping of every source and table model that a model reads, for one choice of its entity. An upstream that no rule covers
 * gets the kind `whole`.
 *
 * @returns by the upstream's name
 */
export type DeriveMappings = (entity: Entity) => ReadonlyMap<string, DerivedMapping>;

/** Which entities of a model a change of one of the tables that it reads makes stale. */
export type DerivedMapping =
    | {
          readonly kind: "entities";
          /** A SELECT over `changed`, one column for each of the entity key. */
          readonly select: string;
          /** The upstream's column that holds the entities, when the mapping is just that column. */
          readonly column: string | null;
          readonly sentence: string;
          /** The columns by which it looks up rows: an index on them makes it fast. */
          readonly lookups: readonly Lookup[];
      }
    /** The model has to be rebuilt whole. */
    | {
          readonly kind: "whole";
          /** A clause of a sentence. */
          readonly reason: string;
      };

/** Columns of a table that a mapping compares with known values. */
export interface Lookup {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly string[];
}

/**
 * Reads a model's SELECT once, for all entities that are tried: the mappings follow from it alone.
 *
 * @param parsed views that were read for other models; this adds to it
 */
export async function prepareDerivation(
    model: DerivedModel,
    catalogue: Catalogue,
    { rules = soundRules, parsed }: { readonly rules?: Rules; readonly parsed?: ParsedViews } = {},
): Promise<DeriveMappings> {
    await loadParser();
    const upstreams = [
        ...new Set(
            [...catalogue.relations.values()].flatMap(({ upstream }) => (upstream === null ? [] : [upstream.name])),
        ),
    ].sort();
    const allWhole = (reason: string): ReadonlyMap<string, DerivedMapping> =>
        new Map(upstreams.map((name) => [name, { kind: "whole", reason }]));
    const orWhole = <T>(derive: () => T): T | ReadonlyMap<string, DerivedMapping> => {
        try {
            return derive();
        } catch (error) {
            if (error instanceof NotUnderstood || error instanceof UnreadableSqlError) {
                return allWhole(error.message);
            }
            if (error instanceof RangeError) {
                return allWhole("its SELECT is nested too deeply");
            }
            throw error;
        }
    };
    const unsteady = findUnsteadyOrNull(catalogue);
    const numbers: Numbers = { next: 1 };
    const read =
        unsteady === null
            ? orWhole(() => ({
                  query: simplifyQuery(readView(model.select, catalogue, numbers, parsed), catalogue, rules),
              }))
            : allWhole(unsteady);
    if (!("query" in read)) {
        return () => read;
    }
    return (entity) =>
        orWhole(() => deriveFrom(read.query, model, entity, catalogue, { next: numbers.next }, rules, upstreams));
}

function deriveFrom(
    query: Query,
    model: DerivedModel,
    entity: Entity,
    catalogue: Catalogue,
    numbers: Numbers,
    rules: Rules,
    upstreams: readonly string[],
): ReadonlyMap<string, DerivedMapping> {
    const deriver = new Deriver(query, model.table, catalogue, numbers, rules);
    const { entityKey } = entity;
    const unclear = entityKey.find((name) => !isComparable(deriver.typeOfColumn(name)));
    if (unclear !== undefined) {
        const reason = `it is not known when two values of the type of ${unclear} are equal`;
        return new Map(upstreams.map((name) => [name, { kind: "whole", reason }]));
    }
    const types = entityKey.map((name) => deriver.typeOfColumn(name)?.name ?? "text");
    const outcomes = deriver.derive(entityKey);
    const byUpstream = new Map<string, number[]>();
    const read = new Set(occurrencesIn(query));
    for (const { memberId, item } of membersIn(query)) {
        if (read.has(memberId) && item.kind === "relation" && item.relation.upstream !== null) {
            const { name } = item.relation.upstream;
            byUpstream.set(name, [...(byUpstream.get(name) ?? []), memberId]);
        }
    }
    return new Map(
        upstreams.map((name): [string, DerivedMapping] => {
            const traces: Trace[] = [];
            for (const occurrence of byUpstream.get(name) ?? []) {
                const outcome = outcomes.get(occurrence) ?? { whole: "no rule covers the place where it is read" };
                if (isWhole(outcome)) {
                    return [name, { kind: "whole", reason: outcome.whole }];
                }
                traces.push(...outcome);
            }
            return [name, describe(traces, entity, types)];
        }),
    );
}

function describe(
    traces: readonly Trace[],
    { entityKey, isEntityNeverNull }: Entity,
    types: readonly string[],
): DerivedMapping {
    if (traces.length === 0) {
        // A join that cannot give rows, or a subquery whose columns nothing reads.
        const columns = types
            .map((type, place) => `null::${type} as ${formatIdentifier(entityKey[place] ?? "")}`)
            .join(", ");
        return {
            kind: "entities",
            select: `select ${columns} from changed where false`,
            column: null,
            sentence: "None of its columns reaches the model's rows.",
            lookups: [],
        };
    }
    return {
        kind: "entities",
        select: printTraces(traces, entityKey, isEntityNeverNull),
        column: columnOfChangedOrNull(traces),
        sentence: describeTraces(traces, entityKey),
        lookups: lookupsOf(traces),
    };
}

/** `id` when the whole mapping is: a changed row affects the entity in its column `id`. */
function columnOfChangedOrNull([trace, ...others]: readonly Trace[]): string | null {
    if (trace === undefined || others.length > 0 || trace.sources.length > 1 || trace.outputs.length > 1) {
        return null;
    }
    const [source] = trace.sources;
    const [use] = trace.outputs.flatMap((output) => columnOrNull(output) ?? []);
    return source?.kind === "changed" && use?.member === source.member.memberId ? use.name : null;
}

function lookupsOf(traces: readonly Trace[]): readonly Lookup[] {
    const found = new Map<string, Lookup>();
    for (const { sources, conditions } of traces) {
        const equal = conditions.flatMap((condition) => equalColumnsOrNull(condition) ?? []);
        const current = sources.flatMap((source) => (source.kind === "current" ? membersIn(source.from) : []));
        for (const { memberId, item } of current) {
            const columns = [...new Set(equal.filter(({ member }) => member === memberId).map(({ name }) => name))];
            if (item.kind === "relation" && columns.length > 0) {
                const { schema, name } = item.relation;
                found.set(`${schema}.${name}.${columns.join(",")}`, { schema, name, columns });
            }
        }
    }
    return [...found.values()];
}

const clocks = new Set([
    ..."now transaction_timestamp statement_timestamp clock_timestamp timeofday current_setting age".split(" "),
]);

/** Finds a function that can return another value each time: no mapping can keep such a model right. */
function findUnsteadyOrNull({ functions }: Catalogue): string | null {
    for (const [name, called] of functions) {
        for (const { schema, volatility } of called) {
            if (volatility === "volatile" || (schema === "pg_catalog" && clocks.has(name))) {
                return `${name}() can give another value each time`;
            }
            if (volatility === "stable" && schema !== "pg_catalog") {
                return `${name}() is not immutable, so it may read tables that are not tracked`;
            }
        }
    }
    return null;
}
