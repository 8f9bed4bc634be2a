import { relationKey, type Catalogue } from "../derivation/catalogue.js";
import { prepareDerivation, type DerivedMapping } from "../derivation/derive-mappings.js";
import type { Relation, Upstream } from "../derivation/query.js";
import type { ParsedViews } from "../derivation/read-query.js";
import { isComparable } from "../derivation/types.js";
import { formatIdentifier, quoteQualified } from "../sql/identifiers.js";
import { findStops } from "./find-stop.js";
import { loadCatalogues } from "./load-catalogue.js";
import type { Queryable } from "./queryable.js";
import type { PlannedColumn } from "./registry.js";

/** A table model whose mappings are to be derived. */
export interface MappedModel {
    readonly name: string;
    readonly schema: string;
    readonly selectSchema: string;
    readonly selectView: string;
    readonly primaryKey: readonly string[];
    /** Null if the key must be chosen. */
    readonly declaredEntityKey: readonly string[] | null;
    readonly columns: readonly PlannedColumn[];
    readonly upstreams: readonly MappedUpstream[];
}

/** A source or table model whose changes must be mapped. */
export interface MappedUpstream {
    readonly schema: string;
    /** Its name in that schema. */
    readonly table: string;
    readonly name: string;
    /** Whether its changed rows include old versions: not for landing tables, where rows are only added. */
    readonly hasOldRows: boolean;
}

export interface DerivedMappings {
    /** Empty if only the whole model can be rebuilt. */
    readonly entityKey: readonly string[];
    /** Why this key was chosen; null if it was declared. */
    readonly entityReason: string | null;
    /** By upstream. */
    readonly mappings: ReadonlyMap<string, DerivedMapping>;
}

/**
 * Derives the entity keys and mappings of table models from their SELECTs, whose views must exist in the database. A mapping may read
 * the model's own table in place of expensive joins, as far as it has the columns of the SELECT.
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
    const choices: Choice[] = [];
    const parsed: ParsedViews = new Map();
    for (const [place, model] of models.entries()) {
        const catalogue = catalogues[place];
        const select = catalogue?.relations.get(relationKey(model.selectSchema, model.selectView));
        if (catalogue === undefined || select === undefined) {
            continue;
        }
        const deriveBy = await prepareCandidates(model, select, catalogue, parsed);
        if (model.declaredEntityKey === null) {
            choices.push({ model, deriveBy, untried: entityKeysOf(model, select), tried: [] });
        } else {
            const { entityKey, mappings } = deriveBy(model.declaredEntityKey);
            derived.set(model.name, { entityKey, entityReason: null, mappings });
        }
    }
    await tryEntities(database, choices);
    for (const choice of choices) {
        derived.set(choice.model.name, chooseEntity(choice));
    }
    return derived;
}

type DeriveBy = (entityKey: readonly string[]) => Candidate;

async function prepareCandidates(
    model: MappedModel,
    select: Relation,
    catalogue: Catalogue,
    parsed: ParsedViews,
): Promise<DeriveBy> {
    const table = catalogue.relations.get(relationKey(model.schema, model.name));
    // Leave out columns that get their new type only at the next build.
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
    const derive = await prepareDerivation({ select, table: ownTable }, catalogue, { parsed });
    return (entityKey) => {
        const mappings = derive({ entityKey, isEntityNeverNull: entityKey.every((name) => neverNull.has(name)) });
        const reasons = [...mappings.values()].flatMap((mapping) => (mapping.kind === "whole" ? mapping.reason : []));
        return { entityKey, mappings, reasons, stop: null };
    };
}

interface Candidate {
    readonly entityKey: readonly string[];
    readonly mappings: ReadonlyMap<string, DerivedMapping>;
    /** One reason for each upstream whose changes rebuild the whole model. */
    readonly reasons: readonly string[];
    /** The plan node that keeps PostgreSQL from computing the rows of one entity alone; null if there is none. */
    readonly stop: string | null;
}

/** The choice of a model's entity key. */
interface Choice {
    readonly model: MappedModel;
    readonly deriveBy: DeriveBy;
    /** In the order to try them. */
    readonly untried: (readonly string[])[];
    readonly tried: Candidate[];
}

/** Limits the candidates, because each takes some milliseconds and entity columns are seldom late in a SELECT. */
const maxOtherColumns = 20;

/** The columns of the primary key one by one, then all of them, then every other column. */
function entityKeysOf(model: MappedModel, select: Relation): (readonly string[])[] {
    const usable = select.columns.filter((column) => isComparable(column)).map(({ column }) => column);
    const key = model.primaryKey.filter((name) => usable.includes(name));
    return [
        ...key.map((name) => [name]),
        ...(key.length > 1 && key.length === model.primaryKey.length ? [key] : []),
        ...usable
            .filter((name) => !key.includes(name))
            .slice(0, maxOtherColumns)
            .map((name) => [name]),
    ];
}

/** Tries each model's keys until one maps every upstream and lets PostgreSQL compute one entity alone. */
async function tryEntities(database: Queryable, choices: readonly Choice[]): Promise<void> {
    for (let open = choices; open.length > 0;) {
        // One key of every model per round, so that few statements plan many models.
        const asked = open.flatMap((choice) => {
            const candidate = deriveNextOrNull(choice);
            return candidate === null ? [] : [{ choice, candidate }];
        });
        const stops = await findStops(
            database,
            asked.map(({ choice, candidate }) => ({ ...choice.model, entityKey: candidate.entityKey })),
        );
        open = asked.flatMap(({ choice, candidate }, place) => {
            const stop = stops[place] ?? null;
            choice.tried.push({ ...candidate, stop });
            return candidate.reasons.length === 0 && stop === null ? [] : [choice];
        });
    }
}

/** The next key that maps at least one upstream; null when all were tried. */
function deriveNextOrNull({ model, deriveBy, untried, tried }: Choice): Candidate | null {
    for (let entityKey = untried.shift(); entityKey !== undefined; entityKey = untried.shift()) {
        const candidate = deriveBy(entityKey);
        if (!isWhole(model, candidate)) {
            return candidate;
        }
        tried.push(candidate);
    }
    return null;
}

/** Whether a key maps no upstream of its model. */
function isWhole({ upstreams }: MappedModel, { reasons }: Candidate): boolean {
    return reasons.length === upstreams.length && upstreams.length > 0;
}

/** Chooses the key that maps the most upstreams. */
function chooseEntity({ model, tried }: Choice): DerivedMappings {
    const rank = ({ reasons, stop }: Candidate): number => 2 * reasons.length + (stop === null ? 0 : 1);
    const [best] = [...tried].sort((one, other) => rank(one) - rank(other));
    if (best === undefined || isWhole(model, best)) {
        const reason = best?.reasons[0] ?? "its columns have types whose values cannot be compared for sure";
        return {
            entityKey: [],
            entityReason: `no column tells which rows a change affects: ${reason}`,
            mappings: new Map(model.upstreams.map(({ name }) => [name, { kind: "whole", reason }])),
        };
    }
    const { entityKey, mappings, reasons } = best;
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
