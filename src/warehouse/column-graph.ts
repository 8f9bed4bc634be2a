import { relationKey, type Catalogue } from "../derivation/catalogue.js";
import { traceColumns, traceComparisons, type OriginColumn, type SelectLineage } from "../derivation/column-lineage.js";
import type { Relation } from "../derivation/query.js";
import { quoteQualified } from "../sql/identifiers.js";
import { loadCatalogue } from "./load-catalogue.js";
import type { Model, Queryable } from "./registry.js";

/** From which columns each column of a model is made, and what decides a model's rows. Columns are named `schema.relation.column`. */
export interface ColumnGraph {
    /** The expressions that compute a column, one per branch of a set operation; empty if it is passed on, and for a source. */
    readonly expressionsOf: (column: string) => readonly string[];
    /** The columns that a column's values are computed from. */
    readonly madeFrom: (column: string) => readonly string[];
    /** The columns whose values are computed from it. */
    readonly usedBy: (column: string) => readonly string[];
    /** The columns that decide which rows a model has. */
    readonly rowsOf: (relation: string) => readonly string[];
    /** The models whose rows a column decides, as `schema.relation`. */
    readonly decides: (column: string) => readonly string[];
    /** All columns that a column depends on, directly or indirectly, through values or rows. */
    readonly dependsOn: (column: string) => readonly string[];
    /** The columns of a model's SELECT; empty for any other relation. */
    readonly columnsOf: (relation: string) => readonly string[];
}

function columnKey({ schema, relation, column }: OriginColumn): string {
    return `${relationKey(schema, relation)}.${column}`;
}

/**
 * The lineage of the columns of models, from their SELECTs as PostgreSQL prints them. Each SELECT is traced up to the next models or
 * sources; the graph continues through those that are among `models`.
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
    /** In it, the warehouse's models have no definition, so that tracing stops at them. */
    readonly catalogue: Catalogue;
}

/** Loads the views of the models' SELECTs, with what they read up to the next model or source. */
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

/** Pairs of source columns that the SELECTs of models compare with each other, such as in joins. */
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
    // This ends, because no model reads itself.
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
