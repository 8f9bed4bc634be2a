import { relationKey, type Catalogue } from "../derivation/catalogue.js";
import { deriveMappings, type DerivedMapping } from "../derivation/derive-mappings.js";
import type { Relation, Upstream } from "../derivation/query.js";
import { isComparable } from "../derivation/types.js";
import { formatIdentifier, quoteQualified } from "../sql/identifiers.js";
import { findStopOrNull } from "./find-stop.js";
import { loadCatalogues } from "./load-catalogue.js";
import type { Queryable } from "./queryable.js";
import type { PlannedColumn } from "./registry.js";

/** What mappings are derived for. */
export interface MappedModel {
    readonly name: string;
    readonly schema: string;
    readonly selectSchema: string;
    readonly selectView: string;
    readonly primaryKey: readonly string[];
    /** Null where it is to be chosen. */
    readonly declaredEntityKey: readonly string[] | null;
    readonly columns: readonly PlannedColumn[];
    readonly upstreams: readonly MappedUpstream[];
}

/** A source, or a table model, whose changes are to be mapped. */
export interface MappedUpstream {
    readonly schema: string;
    /** Its name there. */
    readonly table: string;
    readonly name: string;
    /** Whether its changed rows can be rows as they were before: landing rows are only added. */
    readonly hasOldRows: boolean;
}

export interface DerivedMappings {
    /** Empty where nothing less than the whole model can be rebuilt. */
    readonly entityKey: readonly string[];
    /** Why this one; null where it was declared. */
    readonly entityReason: string | null;
    /** By upstream. */
    readonly mappings: ReadonlyMap<string, DerivedMapping>;
}

/**
 * The entity keys and the mappings of table models that follow from their SELECTs. The database has to hold the views of the SELECTs;
 * a model's own table stands in for what costs too much, as far as it has the columns of the SELECT.
 */
export async function loadDerivedMappings(
    database: Queryable,
    models: readonly MappedModel[],
): Promise<ReadonlyMap<string, DerivedMappings>> {
    const catalogues = await loadCatalogues(
        database,
        models.map((model) => {
            const known = new Map(
                model.upstreams.map(({ schema, table, name, hasOldRows }): [string, Upstream] => [
                    relationKey(schema, table),
                    { name, hasOldRows },
                ]),
            );
            return {
                roots: [quoteQualified(model.selectSchema, model.selectView), quoteQualified(model.schema, model.name)],
                upstreamOf: (schema: string, name: string) =>
                    schema === model.schema && name === model.name
                        ? null
                        : (known.get(relationKey(schema, name)) ?? null),
            };
        }),
    );
    const derived = new Map<string, DerivedMappings>();
    for (const [place, model] of models.entries()) {
        const catalogue = catalogues[place];
        const select = catalogue?.relations.get(relationKey(model.selectSchema, model.selectView));
        if (catalogue !== undefined && select !== undefined) {
            derived.set(model.name, await deriveModel(database, model, select, catalogue));
        }
    }
    return derived;
}

async function deriveModel(
    database: Queryable,
    model: MappedModel,
    select: Relation,
    catalogue: Catalogue,
): Promise<DerivedMappings> {
    const table = catalogue.relations.get(relationKey(model.schema, model.name));
    // Columns that wait for the next build to get their type are of no use yet.
    const ownTable =
        table === undefined
            ? null
            : {
                  ...table,
                  columns: table.columns.filter((own) =>
                      select.columns.some((given) => given.column === own.column && given.name === own.name),
                  ),
              };
    const neverNull = new Set([
        ...model.primaryKey,
        ...model.columns.filter(({ notNull }) => notNull).map(({ name }) => name),
    ]);
    const deriveBy = async (entityKey: readonly string[]): Promise<Candidate> => {
        const isEntityNeverNull = entityKey.every((name) => neverNull.has(name));
        const mappings = await deriveMappings({ select, table: ownTable, entityKey, isEntityNeverNull }, catalogue);
        const reasons = [...mappings.values()].flatMap((mapping) => (mapping.kind === "whole" ? mapping.reason : []));
        return { entityKey, mappings, reasons, stop: null };
    };
    if (model.declaredEntityKey !== null) {
        const { entityKey, mappings } = await deriveBy(model.declaredEntityKey);
        return { entityKey, entityReason: null, mappings };
    }
    return chooseEntity(database, model, select, deriveBy);
}

interface Candidate {
    readonly entityKey: readonly string[];
    readonly mappings: ReadonlyMap<string, DerivedMapping>;
    /** Why what it reads is whole. */
    readonly reasons: readonly string[];
    /** What keeps PostgreSQL from computing the rows of one entity alone; null for nothing. */
    readonly stop: string | null;
}

/** Each takes some milliseconds: what tells entities is seldom far behind in a SELECT. */
const maxOtherColumns = 20;

/**
 * The columns of the primary key one by one, then all of them, then every other column: the first by which each upstream has a mapping
 * and PostgreSQL computes one entity alone; else the one of which most can be said.
 */
async function chooseEntity(
    database: Queryable,
    model: MappedModel,
    select: Relation,
    deriveBy: (entityKey: readonly string[]) => Promise<Candidate>,
): Promise<DerivedMappings> {
    const usable = select.columns.filter((column) => isComparable(column)).map(({ column }) => column);
    const key = model.primaryKey.filter((name) => usable.includes(name));
    const keys = [
        ...key.map((name) => [name]),
        ...(key.length > 1 && key.length === model.primaryKey.length ? [key] : []),
        ...usable
            .filter((name) => !key.includes(name))
            .slice(0, maxOtherColumns)
            .map((name) => [name]),
    ];
    const tried: Candidate[] = [];
    for (const entityKey of keys) {
        const candidate = await deriveBy(entityKey);
        const isWhole = candidate.reasons.length === model.upstreams.length && model.upstreams.length > 0;
        if (isWhole) {
            tried.push(candidate);
            continue;
        }
        const stop = await findStopOrNull(database, { ...model, entityKey });
        tried.push({ ...candidate, stop });
        if (candidate.reasons.length === 0 && stop === null) {
            break;
        }
    }
    const rank = ({ reasons, stop }: Candidate): number => 2 * reasons.length + (stop === null ? 0 : 1);
    const [best] = tried
        .map((each, place) => ({ each, place }))
        .sort((one, other) => {
            const difference = rank(one.each) - rank(other.each);
            return difference === 0 ? one.place - other.place : difference;
        });
    if (best === undefined || (best.each.reasons.length === model.upstreams.length && model.upstreams.length > 0)) {
        const reason = best?.each.reasons[0] ?? "its columns have types whose values cannot be compared for sure";
        return {
            entityKey: [],
            entityReason: `no column tells which rows a change affects: ${reason}`,
            mappings: new Map(model.upstreams.map(({ name }) => [name, { kind: "whole", reason }])),
        };
    }
    const { entityKey, mappings, reasons } = best.each;
    return { entityKey, entityReason: describeChoice(model, entityKey, reasons), mappings };
}

function describeChoice(
    { primaryKey, upstreams }: MappedModel,
    entityKey: readonly string[],
    reasons: readonly string[],
): string {
    const names = entityKey.map(formatIdentifier).join(", ");
    const isKey = entityKey.join() === primaryKey.join();
    const what = isKey
        ? "the primary key"
        : entityKey.every((name) => primaryKey.includes(name))
          ? "of the primary key"
          : "not of the primary key";
    const told =
        reasons.length === 0
            ? "every table that the model reads tells it"
            : `${upstreams.length - reasons.length} of the ${upstreams.length} tables that the model reads tell it`;
    return `${names} is ${what}; ${told}`;
}
