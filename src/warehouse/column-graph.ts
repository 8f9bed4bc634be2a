import { relationKey, type Catalogue } from "../derivation/catalogue.js";
import { traceColumns, traceComparisons, type OriginColumn, type SelectLineage } from "../derivation/column-lineage.js";
import type { Relation } from "../derivation/query.js";
import { quoteQualified } from "../sql/identifiers.js";
import { loadCatalogue } from "./load-catalogue.js";
import type { Model, Queryable } from "./registry.js";

/** Which columns of models and sources are made of which, and what decides a model's rows. Columns are given by `schema.relation.column`. */
export interface ColumnGraph {
    /** What makes a column: one expression, or one of each branch of a set operation; empty where it is passed on, and for a source. */
    readonly expressionsOf: (column: string) => readonly string[];
    /** The columns that a column's values are made of. */
    readonly madeFrom: (column: string) => readonly string[];
    /** The columns whose values are made of it. */
    readonly usedBy: (column: string) => readonly string[];
    /** The columns that decide which rows a model has. */
    readonly rowsOf: (relation: string) => readonly string[];
    /** The models of which a column decides the rows, by `schema.relation`. */
    readonly decides: (column: string) => readonly string[];
    /** All that a column depends on, at every distance, by its values or its rows; without itself. */
    readonly dependsOn: (column: string) => readonly string[];
    /** The columns of a model's SELECT; empty for what is no model. */
    readonly columnsOf: (relation: string) => readonly string[];
}

function columnKey({ schema, relation, column }: OriginColumn): string {
    return `${relationKey(schema, relation)}.${column}`;
}

/**
 * The lineage of the columns of models, from their SELECTs as PostgreSQL prints them. The way of each column ends at the next model or
 * source; it goes on from there where that model is among the given.
 *
 * @param all every model of the warehouse
 */
export async function loadColumnGraph(
    database: Queryable,
    models: readonly Model[],
    all: Iterable<Model>,
): Promise<ColumnGraph> {
    const lineages = new Map<string, SelectLineage>();
    for (const { model, view, catalogue } of await loadModelViews(database, models, all)) {
        lineages.set(relationKey(model.schema, model.name), await traceColumns(view, catalogue));
    }
    return makeColumnGraph(lineages);
}

interface ModelView {
    readonly model: Model;
    /** The view that holds its SELECT. */
    readonly view: Relation;
    /** The models of the warehouse have no definition in it. */
    readonly catalogue: Catalogue;
}

/** The views of the models' SELECTs, with what they read up to the next model or source. */
async function loadModelViews(
    database: Queryable,
    models: readonly Model[],
    all: Iterable<Model>,
): Promise<readonly ModelView[]> {
    const views = models.map((model) =>
        model.materialisation === "view"
            ? { model, schema: model.schema, name: model.name }
            : { model, schema: model.selectSchema, name: model.selectView },
    );
    const roots = views.map(({ schema, name }) => quoteQualified(schema, name));
    const catalogue = await loadCatalogue(database, roots, () => null);
    const relations = new Map(catalogue.relations);
    for (const { schema, name } of all) {
        const relation = relations.get(relationKey(schema, name));
        if (relation !== undefined) {
            relations.set(relationKey(schema, name), { ...relation, definition: null });
        }
    }
    return views.flatMap(({ model, schema, name }) => {
        const view = catalogue.relations.get(relationKey(schema, name));
        return view === undefined ? [] : [{ model, view, catalogue: { ...catalogue, relations } }];
    });
}

/** The columns of sources whose values the SELECTs of models compare with each other, in pairs: what rows find each other by. */
export async function loadComparedColumns(
    database: Queryable,
    models: readonly Model[],
): Promise<readonly (readonly [OriginColumn, OriginColumn])[]> {
    const origins = new Map<string, readonly OriginColumn[]>();
    const pairs: (readonly [OriginColumn, OriginColumn])[] = [];
    for (const { model, view, catalogue } of await loadModelViews(database, models, models)) {
        const { columns } = await traceColumns(view, catalogue);
        for (const [name, { values }] of columns) {
            origins.set(columnKey({ schema: model.schema, relation: model.name, column: name }), values);
        }
        pairs.push(...(await traceComparisons(view, catalogue)));
    }
    // A model never reads itself, so that each way ends at sources.
    const sourcesOf = (origin: OriginColumn): readonly OriginColumn[] =>
        origins.get(columnKey(origin))?.flatMap(sourcesOf) ?? [origin];
    const found = new Map<string, readonly [OriginColumn, OriginColumn]>();
    for (const [left, right] of pairs) {
        for (const one of sourcesOf(left)) {
            for (const other of sourcesOf(right)) {
                found.set([columnKey(one), columnKey(other)].sort().join("\n"), [one, other]);
            }
        }
    }
    return [...found.values()];
}

/** @param lineages by the `schema.relation` of each model */
export function makeColumnGraph(lineages: ReadonlyMap<string, SelectLineage>): ColumnGraph {
    const expressions = new Map<string, readonly string[]>();
    const above = new Map<string, readonly string[]>();
    const below = new Map<string, string[]>();
    const decided = new Map<string, string[]>();
    const rows = new Map<string, readonly string[]>();
    for (const [relation, lineage] of lineages) {
        rows.set(relation, lineage.rows.map(columnKey));
        for (const origin of lineage.rows) {
            append(decided, columnKey(origin), relation);
        }
        for (const [name, column] of lineage.columns) {
            const key = `${relation}.${name}`;
            expressions.set(key, column.expressions);
            above.set(key, column.values.map(columnKey));
            for (const origin of column.values) {
                append(below, columnKey(origin), key);
            }
        }
    }
    const relationOf = new Map(
        [...lineages].flatMap(([relation, { columns }]) =>
            [...columns.keys()].map((name): [string, string] => [`${relation}.${name}`, relation]),
        ),
    );
    const directly = (column: string): readonly string[] => [
        ...(above.get(column) ?? []),
        ...(rows.get(relationOf.get(column) ?? "") ?? []),
    ];
    return {
        expressionsOf: (column) => expressions.get(column) ?? [],
        madeFrom: (column) => above.get(column) ?? [],
        usedBy: (column) => below.get(column) ?? [],
        rowsOf: (relation) => rows.get(relation) ?? [],
        decides: (column) => decided.get(column) ?? [],
        dependsOn: (column) => {
            const reached = new Set<string>();
            const open = [...directly(column)];
            for (let next = open.pop(); next !== undefined; next = open.pop()) {
                if (!reached.has(next)) {
                    reached.add(next);
                    open.push(...directly(next));
                }
            }
            return [...reached].sort();
        },
        columnsOf: (relation) => [...(lineages.get(relation)?.columns.keys() ?? [])],
    };
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
    const list = lists.get(key);
    if (list === undefined) {
        lists.set(key, [value]);
    } else {
        list.push(value);
    }
}
