import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { Queryable, TableModel } from "../warehouse/registry.js";

/** A table model as SQL needs it: quoted names and types, read from the catalog. */
export interface Target {
    readonly model: TableModel;
    /** The table, quoted: also the name of its row type. */
    readonly relation: string;
    /** The view with the SELECT, quoted. */
    readonly select: string;
    /** All columns, quoted, in the table's order. */
    readonly columns: readonly string[];
    readonly primaryKey: readonly string[];
    readonly entityKey: string;
    readonly entityType: string;
}

interface CatalogFacts {
    readonly modelName: string;
    readonly columns: readonly string[];
    readonly entityType: string;
}

/** The targets of the given models, by model name, in one query. */
export async function loadTargets(
    connection: Queryable,
    models: readonly TableModel[],
): Promise<ReadonlyMap<string, Target>> {
    const { rows } = await connection.query<CatalogFacts>(
        `select
            model.model_name as "modelName",
            array_agg(attribute.attname::text order by attribute.attnum) as columns,
            max(format_type(attribute.atttypid, attribute.atttypmod)) filter (where attribute.attname = model.entity_key) as "entityType"
        from ops.model as model
        join pg_namespace as layer on layer.nspname = model.layer
        join pg_class as relation on relation.relnamespace = layer.oid and relation.relname = model.model_name
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
        where model.materialisation = 'table'
        group by model.model_name`,
    );
    const facts = new Map(rows.map((row) => [row.modelName, row]));
    return new Map(
        models.flatMap((model) => {
            const fact = facts.get(model.name);
            return fact === undefined ? [] : [[model.name, makeTarget(model, fact)]];
        }),
    );
}

function makeTarget(model: TableModel, facts: CatalogFacts): Target {
    return {
        model,
        relation: quoteQualified(model.layer, model.name),
        select: quoteQualified("prep", model.selectView),
        columns: facts.columns.map(quoteIdentifier),
        primaryKey: model.primaryKey.map(quoteIdentifier),
        entityKey: quoteIdentifier(model.entityKey),
        entityType: facts.entityType,
    };
}
