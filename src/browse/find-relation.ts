import { StardeckError } from "../database/errors.js";
import { quoteQualified } from "../sql/identifiers.js";
import type { Queryable, Registry } from "../warehouse/registry.js";
import type { TableColumn } from "../text/format-table.js";
import { didYouMean } from "../text/nearest-name.js";

/** A model or source that rows can be read from. */
export interface ReadableRelation {
    readonly kind: "model" | "source";
    readonly schema: string;
    readonly name: string;
    /** The source's name, if its table has another name. */
    readonly alias?: string;
    readonly description: string;
    /** Empty when it has none. */
    readonly primaryKey: readonly string[];
}

/** All models and sources. */
export function listRelations({ models, sources }: Registry): readonly ReadableRelation[] {
    return [
        ...models.map((model) => ({
            kind: "model" as const,
            schema: model.schema,
            name: model.name,
            description: model.description,
            primaryKey: model.materialisation === "table" ? model.primaryKey : [],
        })),
        ...sources.map(({ schema, table, name, description }) => ({
            kind: "source" as const,
            schema,
            name: table,
            ...(table === name ? {} : { alias: name }),
            description,
            primaryKey: [],
        })),
    ];
}

/**
 * Finds a model or source by name, with or without schema. A model takes precedence over a source of the same name.
 *
 * @throws StardeckError `usage` with the nearest name.
 */
export function findRelation(registry: Registry, name: string): ReadableRelation {
    const relations = listRelations(registry);
    const found =
        relations.find((each) => (each.alias ?? each.name) === name) ??
        relations.find((each) => `${each.schema}.${each.name}` === name);
    if (found !== undefined) {
        return found;
    }
    const known = name.includes(".")
        ? relations.map((each) => `${each.schema}.${each.name}`)
        : relations.map((each) => each.alias ?? each.name);
    throw new StardeckError(`There is no model or source "${name}".`, {
        code: "usage",
        hint: didYouMean(name, known, "`stardeck ls` lists all models."),
    });
}

/**
 * The relation's columns in their order.
 *
 * @throws StardeckError `failed` when the relation is not in the database.
 */
export async function loadColumns(database: Queryable, relation: ReadableRelation): Promise<readonly TableColumn[]> {
    const { rows } = await database.query<TableColumn>(
        `select attname as name, atttypid::int8::float8 as "typeId"
        from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
        order by attnum`,
        [quoteQualified(relation.schema, relation.name)],
    );
    if (rows.length === 0) {
        throw new StardeckError(`${relation.schema}.${relation.name} is not in the database.`, {
            code: "failed",
            hint: "`stardeck debug` shows what is missing.",
        });
    }
    return rows;
}
