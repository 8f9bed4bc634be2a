import type { Connection } from "../database/connection.js";
import type { ModelFile } from "../project/project.js";
import { quoteQualified } from "../sql/identifiers.js";
import {
    bindSourceSchema,
    findChanges,
    loadAppliedVersions,
    type Definitions,
} from "../warehouse/apply/definitions.js";
import type { Queryable } from "../warehouse/queryable.js";
import { listRelations, replaceRelations, type NamedRelation } from "../warehouse/unit-tests/replace-relations.js";

/** The models of a project's files, with the source schema bound in their SELECTs, and which of them differ from the database. */
export interface ModelsOfFiles {
    readonly models: ReadonlyMap<string, ModelFile>;
    readonly changed: ReadonlySet<string>;
}

/** Compares a project's files with the last migration. */
export async function loadModelsOfFiles(database: Queryable, definitions: Definitions): Promise<ModelsOfFiles> {
    const { rows } = await database.query<{ isThere: boolean }>(
        `select to_regclass('ops.definition_version') is not null as "isThere"`,
    );
    const applied = rows[0]?.isThere === true ? await loadAppliedVersions(database) : new Map<never, never>();
    const models = definitions.models.map((model) => ({
        ...model,
        select: bindSourceSchema(model.select, definitions.sourceSchema),
    }));
    return {
        models: new Map(models.map((model) => [model.name, model])),
        changed: new Set(findChanges(applied, definitions).models.flatMap(({ after }) => after?.name ?? [])),
    };
}

/** The quoted replacement of a relation; null keeps the relation. */
export type ReplacementOf = (relation: NamedRelation) => string | null;

/**
 * Makes temporary views of all models that a model reads, directly or not, and whose files differ from the database. That shows the
 * effect of a migration without its locks. Call it in an open transaction that is rolled back.
 */
export async function makeChangedUpstream(
    connection: Connection,
    model: ModelFile,
    { models, changed }: ModelsOfFiles,
): Promise<ReplacementOf> {
    const replacements = new Map<string, string>();
    const replacementOf: ReplacementOf = ({ schema, name }) => replacements.get(quoteQualified(schema, name)) ?? null;
    const visited = new Set([model.name]);
    const visit = async (reader: ModelFile): Promise<void> => {
        for (const { schema, name } of await listRelations(reader.select)) {
            const upstream = models.get(name);
            if (upstream?.schema !== schema || visited.has(name)) {
                continue;
            }
            visited.add(name);
            await visit(upstream);
            // A view that reads something changed gives other rows, too; a table keeps its rows.
            const isOfChanged = upstream.materialisation === "view" && (await readsReplaced(upstream, replacementOf));
            if (changed.has(name) || isOfChanged) {
                const view = `stardeck_upstream_${replacements.size + 1}`;
                const select = await replaceRelations(upstream.select, replacementOf);
                await connection.query(`create temporary view ${view} as\n${select}`);
                replacements.set(quoteQualified(schema, name), `pg_temp.${view}`);
            }
        }
    };
    await visit(model);
    return replacementOf;
}

async function readsReplaced(model: ModelFile, replacementOf: ReplacementOf): Promise<boolean> {
    return (await listRelations(model.select)).some((relation) => replacementOf(relation) !== null);
}
