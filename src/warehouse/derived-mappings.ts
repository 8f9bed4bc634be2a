import { relationKey } from "../derivation/catalogue.js";
import { deriveMappings, type DerivedMapping } from "../derivation/derive-mappings.js";
import type { Upstream } from "../derivation/query.js";
import { quoteQualified } from "../sql/identifiers.js";
import { loadCatalogue } from "./load-catalogue.js";
import type { Queryable } from "./queryable.js";

/** What a mapping is derived for. */
export interface MappedModel {
    readonly name: string;
    readonly schema: string;
    readonly selectSchema: string;
    readonly selectView: string;
    readonly primaryKey: readonly string[];
    readonly entityKey: string;
    readonly columns: readonly { readonly name: string; readonly notNull: boolean }[];
}

/** A source, or a table model, whose changes are to be mapped. */
export interface MappedUpstream {
    readonly schema: string;
    readonly name: string;
    readonly kind: "source" | "model";
}

/**
 * The mappings of a table model that follow from its SELECT, by upstream. The database has to hold the view of its SELECT;
 * its own table stands in for what costs too much, where it is there already.
 */
export async function loadDerivedMappings(
    database: Queryable,
    model: MappedModel,
    upstreams: readonly MappedUpstream[],
): Promise<ReadonlyMap<string, DerivedMapping>> {
    const known = new Map(
        upstreams.map(({ schema, name, kind }): [string, Upstream] => [
            relationKey(schema, name),
            // A landing table's rows are only added.
            { name, hasOldRows: kind === "model" },
        ]),
    );
    const catalogue = await loadCatalogue(
        database,
        [quoteQualified(model.selectSchema, model.selectView), quoteQualified(model.schema, model.name)],
        (schema, name) =>
            schema === model.schema && name === model.name ? null : (known.get(relationKey(schema, name)) ?? null),
    );
    const select = catalogue.relations.get(relationKey(model.selectSchema, model.selectView));
    if (select === undefined) {
        return new Map();
    }
    const isNeverNull =
        model.primaryKey.includes(model.entityKey) ||
        model.columns.some(({ name, notNull }) => notNull && name === model.entityKey);
    return deriveMappings(
        {
            select,
            table: catalogue.relations.get(relationKey(model.schema, model.name)) ?? null,
            entityKey: [model.entityKey],
            isEntityNeverNull: isNeverNull,
        },
        catalogue,
    );
}
