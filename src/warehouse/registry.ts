import type { Connection } from "../database/connection.js";
import type { Materialisation, PresentationDefinition, Severity, SourceDeletes } from "../project/definitions.js";
import type { RegisteredSourceKind } from "../project/project.js";
import { damagesSql, type Damage } from "./damage.js";
import type { Fingerprint } from "./fingerprints.js";
import { mappingsSql, type Mapping } from "./mappings.js";
import { modelEdgesSql, type ModelEdge } from "./lineage.js";
import type { Queryable } from "./queryable.js";
import { requireRegistry } from "./warehouse-state.js";

export type { Queryable } from "./queryable.js";

/** A relation from outside the warehouse that models may read. */
export interface Source {
    readonly name: string;
    /** Its database schema. */
    readonly schema: string;
    /** The table's name; differs from `name` if two schemas have a table of this name. */
    readonly table: string;
    readonly kind: RegisteredSourceKind;
    readonly description: string;
    /** At least one column. */
    readonly keyColumns: readonly string[];
    /** Never null for `versions`. */
    readonly versionColumn: string | null;
    readonly loadCursorColumn: string | null;
    /** What a build does when rows are gone. */
    readonly deletes: SourceDeletes;
    /** Builds keep its versions as the source `<name>_history`. */
    readonly keepsHistory: boolean;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly warnAfterHours: number | null;
    readonly errorAfterHours: number | null;
}

/** A step on the way from sources to marts, and the database schema of its models. */
export interface Layer {
    readonly name: string;
    readonly schema: string;
}

interface ModelBase {
    readonly name: string;
    readonly layer: string;
    /** Its database schema. */
    readonly schema: string;
    readonly materialisation: Materialisation;
    readonly description: string;
    readonly grain: string;
    readonly tags: readonly string[];
    /** As the model's files define them, in order; a table has them from its next build on. */
    readonly columns: readonly PlannedColumn[];
    readonly fingerprint: Fingerprint;
    /** The file of its SELECT, within the project's folder. */
    readonly path: string | null;
    /** `always`: every build rebuilds it whole. */
    readonly rebuild: "always" | null;
    /** How to show it, as far as its file says. */
    readonly presentation: PresentationDefinition | null;
}

export interface PlannedColumn {
    readonly name: string;
    /** As PostgreSQL writes it: `numeric(12,2)`. */
    readonly type: string;
    readonly notNull: boolean;
    readonly description: string;
}

export interface ViewModel extends ModelBase {
    readonly materialisation: "view";
}

export interface TableModel extends ModelBase {
    readonly materialisation: "table";
    /** The view that holds its SELECT, and that view's database schema. */
    readonly selectView: string;
    readonly selectSchema: string;
    readonly primaryKey: readonly string[];
    /** The columns whose values identify what is rebuilt; empty if only the whole model can be rebuilt. */
    readonly entityKey: readonly string[];
    /** Why these were chosen; null if the model's file names them. */
    readonly entityReason: string | null;
    /** Declared in its files: upstream name → SELECT of affected entities over `changed`. */
    readonly affectedBy: Readonly<Record<string, string>>;
    /** Derived from its SELECT, by upstream. */
    readonly mappings: Readonly<Record<string, Mapping>>;
    /** Hash of what `mappings` were derived from; null before that. */
    readonly mappingsOf: string | null;
}

export type Model = ViewModel | TableModel;

export interface DataTest {
    /** `<model>.<kind>.<columns>` or `<model>.<name>`. */
    readonly name: string;
    readonly modelName: string;
    readonly kind: string;
    readonly columns: readonly string[];
    readonly severity: Severity;
    readonly maxFailures: number;
    /** Thresholds such as `>10` for the number of failing rows that warns or fails; null means more than `maxFailures`. */
    readonly warnIf: string | null;
    readonly errorIf: string | null;
    /** Why its warning is expected; null where it is not. */
    readonly known: string | null;
    readonly description: string;
    /** The other model that the test reads, if it is known. */
    readonly refersTo: string | null;
    /** The column of that model that must contain the values. */
    readonly refersToColumn: string | null;
    /** Failing rows have the entity key and depend only on that entity. */
    readonly isPerEntity: boolean;
    readonly failingRowsSql: string;
}

/** Everything the database knows about its own warehouse. */
export interface Registry {
    /** In order; the last one holds the marts. */
    readonly layers: readonly Layer[];
    readonly sources: readonly Source[];
    readonly models: readonly Model[];
    readonly tests: readonly DataTest[];
    readonly edges: readonly ModelEdge[];
    readonly damages: readonly Damage[];
}

/** The models of the last layer. */
export function listMarts({ layers, models }: Pick<Registry, "layers" | "models">): readonly Model[] {
    const last = layers.at(-1)?.name;
    return models.filter(({ layer }) => layer === last);
}

/**
 * Reads sources, models, tests and lineage.
 *
 * @throws StardeckError `failed` when the database was never migrated, by a newer stardeck, or restored in part.
 */
export async function loadRegistry(database: Queryable | Connection): Promise<Registry> {
    await requireRegistry(database);
    const layers = await database.query<Layer>(`
        select layer ->> 'name' as "name", layer ->> 'schema' as "schema"
        from ops.project
        cross join jsonb_array_elements(layers) with ordinality as list (layer, position)
        order by position`);
    const sources = await database.query<Source>(`
        select
            source_name as "name", source_schema as "schema", source_table as "table", kind, description,
            key_columns as "keyColumns", version_column as "versionColumn", load_cursor_column as "loadCursorColumn",
            deletes, keeps_history as "keepsHistory", columns,
            warn_after_hours::float8 as "warnAfterHours", error_after_hours::float8 as "errorAfterHours"
        from ops.source
        order by source_name`);
    const models = await database.query<Model>(`
        select
            model_name as "name", layer, schema_name as "schema", materialisation, description, grain, tags,
            select_schema as "selectSchema", select_view as "selectView", primary_key as "primaryKey",
            entity_key as "entityKey", entity_reason as "entityReason", affected_by as "affectedBy",
            mappings_of as "mappingsOf", ${mappingsSql} as mappings, columns, fingerprint, path, rebuild, presentation
        from ops.model
        order by model_name`);
    const tests = await database.query<DataTest>(`
        select
            test_name as "name", model_name as "modelName", kind, columns, severity,
            max_failures::float8 as "maxFailures", warn_if as "warnIf", error_if as "errorIf", known, description, refers_to as "refersTo",
            refers_to_column as "refersToColumn", is_per_entity as "isPerEntity", failing_rows_sql as "failingRowsSql"
        from ops.data_test
        order by model_name, position`);
    const edges = await database.query<ModelEdge>(modelEdgesSql);
    const damages = await database.query<Damage>(damagesSql);
    return {
        layers: layers.rows,
        damages: damages.rows,
        sources: sources.rows,
        models: models.rows,
        tests: tests.rows,
        edges: edges.rows,
    };
}
