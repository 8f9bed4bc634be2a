import { createHash } from "node:crypto";
import type { Layer, ModelFile, Project, SeedFile, SourceFile } from "../../project/project.js";
import { quoteIdentifier } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";

/** What a database must hold, from the files of a project or from an older state of it. */
export interface Definitions {
    readonly layers: readonly Layer[];
    /** Including the tables of CSV files. */
    readonly sources: readonly SourceFile[];
    readonly seeds: readonly SeedFile[];
    readonly models: readonly ModelFile[];
    /** Replaces `{source_schema}` in SQL. */
    readonly sourceSchema: string;
}

/** A definition and its place in the history of deployments. */
export interface AppliedVersion {
    /** `models/marts/mart_revenue`, `sources/orders` or `seeds/country`; `project` for the layers. */
    readonly name: string;
    readonly version: number;
    readonly checksum: string;
    /** Null if it was removed. */
    readonly definition: ModelFile | SourceFile | SeedFile | ProjectVersion | null;
}

/** The part of a project's configuration that has a history: its layers. */
export interface ProjectVersion {
    readonly layers: readonly Layer[];
}

/** How a definition changes. */
export interface Change<Definition extends ModelFile | SourceFile | SeedFile> {
    readonly kind: "new" | "changed" | "renamed" | "removed";
    readonly before: Definition | null;
    readonly after: Definition | null;
}

export interface Changes {
    readonly models: readonly Change<ModelFile>[];
    /** Without the tables of CSV files. */
    readonly sources: readonly Change<SourceFile>[];
    readonly seeds: readonly Change<SeedFile>[];
    /** The earlier layers if they have changed, otherwise null; empty before the first migration. */
    readonly layersBefore: readonly Layer[] | null;
    /** The new versions of layers, seeds, sources and models, in this order. */
    readonly versions: readonly AppliedVersion[];
}

export function definitionsOf(project: Project, sourceSchema: string): Definitions {
    const { layers, sources, seeds, models } = project;
    return { layers, sources, seeds, models, sourceSchema };
}

/** What the history of definitions calls a model. */
export function modelKey({ layer, name }: Pick<ModelFile, "layer" | "name">): string {
    return `models/${layer}/${name}`;
}

function sourceKey({ name }: Pick<SourceFile, "name">): string {
    return `sources/${name}`;
}

export function seedKey({ name }: Pick<SeedFile, "name">): string {
    return `seeds/${name}`;
}

const projectKey = "project";

/** A version's name in the history of deployments: `models/marts/mart_revenue v2`. */
export function versionName({ name, version }: Pick<AppliedVersion, "name" | "version">): string {
    return `${name} v${version}`;
}

/** Replaces `{source_schema}` in SQL by the quoted source schema. */
export function bindSourceSchema(sql: string, sourceSchema: string): string {
    return sql.replaceAll("{source_schema}", () => quoteIdentifier(sourceSchema));
}

/**
 * Loads the last version of every definition, by name; empty before the first migration. A seed whose table is gone counts as changed.
 */
export async function loadAppliedVersions(database: Queryable): Promise<ReadonlyMap<string, AppliedVersion>> {
    const { rows } = await database.query<AppliedVersion>(
        `select distinct on (definition_name)
            definition_name as name, version, definition,
            case
                when definition_name like 'seeds/%' and definition is not null
                    and to_regclass(format('%I.%I', definition ->> 'schema', definition ->> 'name')) is null then ''
                else checksum
            end as checksum
        from ops.definition_version
        where definition_name not like 'migrations/%'
        order by definition_name, version desc`,
    );
    return new Map(rows.map((row) => [row.name, row]));
}

/** The models that were applied last and not removed. */
export function modelsOf(applied: ReadonlyMap<string, AppliedVersion>): readonly ModelFile[] {
    return [...applied.values()].flatMap(({ name, definition }) =>
        name.startsWith("models/") && definition !== null ? [definition as ModelFile] : [],
    );
}

export function sourcesOf(applied: ReadonlyMap<string, AppliedVersion>): readonly SourceFile[] {
    return [...applied.values()].flatMap(({ name, definition }) =>
        name.startsWith("sources/") && definition !== null ? [definition as SourceFile] : [],
    );
}

export function seedsOf(applied: ReadonlyMap<string, AppliedVersion>): readonly SeedFile[] {
    return [...applied.values()].flatMap(({ name, definition }) =>
        name.startsWith("seeds/") && definition !== null ? [definition as SeedFile] : [],
    );
}

/** The layers that were applied last. */
export function layersOf(applied: ReadonlyMap<string, AppliedVersion>): readonly Layer[] {
    return (applied.get(projectKey)?.definition as ProjectVersion | null | undefined)?.layers ?? [];
}

/** `prep, warehouse, marts in shop_marts`. */
export function describeLayers(layers: readonly Layer[]): string {
    return layers.map(({ name, schema }) => (name === schema ? name : `${name} in ${schema}`)).join(", ");
}

/** Compares the wanted definitions with those applied last. */
export function findChanges(applied: ReadonlyMap<string, AppliedVersion>, wanted: Definitions): Changes {
    const before = new Map(modelsOf(applied).map((model) => [model.name, model]));
    const wantedNames = new Set(wanted.models.map(({ name }) => name));
    const versions: AppliedVersion[] = [];
    const next = (name: string, checksum: string, definition: AppliedVersion["definition"]): void => {
        versions.push({ name, version: (applied.get(name)?.version ?? 0) + 1, checksum, definition });
    };
    const layers = layersOf(applied);
    const layersBefore = describeLayers(layers) === describeLayers(wanted.layers) ? null : layers;
    if (layersBefore !== null) {
        next(projectKey, hashOf(wanted.layers), { layers: wanted.layers });
    }
    const seeds: Change<SeedFile>[] = [];
    for (const seed of wanted.seeds) {
        const key = seedKey(seed);
        const last = applied.get(key);
        const checksum = checksumOfSeed(seed);
        if (last === undefined || last.definition === null || last.checksum !== checksum) {
            const old = (last?.definition ?? null) as SeedFile | null;
            seeds.push({ kind: old === null ? "new" : "changed", before: old, after: seed });
            next(key, checksum, seed);
        }
    }
    const seedNames = new Set(wanted.seeds.map(({ name }) => name));
    for (const seed of seedsOf(applied).filter(({ name }) => !seedNames.has(name))) {
        seeds.push({ kind: "removed", before: seed, after: null });
        next(seedKey(seed), "", null);
    }
    const sources: Change<SourceFile>[] = [];
    for (const source of wanted.sources.filter(({ name }) => !seedNames.has(name))) {
        const key = sourceKey(source);
        const last = applied.get(key);
        const checksum = checksumOfSource(source, wanted.sourceSchema);
        if (last === undefined || last.definition === null || last.checksum !== checksum) {
            const old = (last?.definition ?? null) as SourceFile | null;
            sources.push({ kind: old === null ? "new" : "changed", before: old, after: source });
            next(key, checksum, source);
        }
    }
    const keptSources = new Set(wanted.sources.filter(({ name }) => !seedNames.has(name)).map(sourceKey));
    for (const source of sourcesOf(applied).filter((each) => !keptSources.has(sourceKey(each)))) {
        sources.push({ kind: "removed", before: source, after: null });
        next(sourceKey(source), "", null);
    }
    const models: Change<ModelFile>[] = [];
    const renamed = new Set<string>();
    for (const model of wanted.models) {
        const key = modelKey(model);
        const own = before.get(model.name) ?? null;
        const source = model.renamedFrom === null || wantedNames.has(model.renamedFrom) ? null : model.renamedFrom;
        const old = own ?? (source === null ? null : (before.get(source) ?? null));
        const checksum = checksumOfModel(model, wanted.sourceSchema);
        const isSame = old !== null && modelKey(old) === key && applied.get(key)?.checksum === checksum;
        if (!isSame) {
            const kind = old === null ? "new" : old.name === model.name ? "changed" : "renamed";
            models.push({ kind, before: old, after: model });
            next(key, checksum, model);
            if (old !== null && modelKey(old) !== key) {
                renamed.add(old.name);
                next(modelKey(old), "", null);
            }
        }
    }
    for (const old of before.values()) {
        if (!wantedNames.has(old.name) && !renamed.has(old.name)) {
            models.push({ kind: "removed", before: old, after: null });
            next(modelKey(old), "", null);
        }
    }
    return { models, sources, seeds, layersBefore, versions };
}

/** The declared entity key; the first column of the primary key if the files use entities without declaring one; else null. */
export function declaredEntityKeyOrNull(model: ModelFile): readonly string[] | null {
    const { entityKey, primaryKey, affectedBy, tests } = model;
    const speaksOfEntities =
        Object.keys(affectedBy).length > 0 ||
        tests.some(({ definition }) => definition.kind === "singular" && definition.perEntity === true);
    return entityKey ?? (speaksOfEntities ? primaryKey.slice(0, 1) : null);
}

/** With another source schema, the same files are a different definition if they use it. */
function checksumOfModel(model: ModelFile, sourceSchema: string): string {
    const readsSourceSchema = [
        model.select,
        ...Object.values(model.affectedBy),
        ...model.tests.map(({ definition }) => JSON.stringify(definition)),
    ].some((sql) => sql.includes("{source_schema}"));
    return hashOf([model.checksum, model.schema, readsSourceSchema ? sourceSchema : null]);
}

function checksumOfSource(source: SourceFile, sourceSchema: string): string {
    return hashOf([{ ...source, schema: source.schema ?? sourceSchema, path: "", line: 0 }]);
}

function checksumOfSeed({ checksum, schema, description, path }: SeedFile): string {
    return hashOf([checksum, schema, description, path]);
}

function hashOf(value: unknown): string {
    return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
