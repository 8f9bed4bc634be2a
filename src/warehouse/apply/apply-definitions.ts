import { StardeckError } from "../../config/errors.js";
import { StatementError } from "../../database/errors.js";
import { formatProblem, problemOf, type FileProblem } from "../../project/problem.js";
import type { ModelFile, SeedFile, SourceFile } from "../../project/project.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { dropForeignCopies } from "../copy-relation.js";
import { judgeFailures } from "../data-tests.js";
import { describeLandingProblem, findLandingProblemOrNull } from "../landing-table.js";
import type { Fingerprint } from "../fingerprints.js";
import { modelEdgesSql, type ModelEdge } from "../lineage.js";
import { rememberModelViews } from "../model-views.js";
import { makeHistories } from "../make-histories.js";
import { refreshMappings } from "../refresh-mappings.js";
import { madeBy } from "../operations-schema.js";
import type { CopyTarget, Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import { applySeeds, dropSeeds, queueSeedReaders } from "./apply-seeds.js";
import {
    checkContracts,
    checkMappings,
    checkRepeatability,
    checkTests,
    compileTests,
    type CheckedTest,
} from "./check-models.js";
import { checkPresentations } from "./check-presentation.js";
import {
    findChanges,
    loadAppliedVersions,
    seedKey,
    type AppliedVersion,
    type Change,
    type Changes,
    type Definitions,
} from "./definitions.js";
import { loadColumnReaders, loadForeignDependents } from "./foreign-dependents.js";
import { orderModels, type OrderedModels } from "./order-models.js";
import { planModel, type ModelPlan } from "./plan.js";
import { ProblemPlaces, describeStatementError } from "./problems.js";
import {
    recordModels,
    recordProject,
    recordSources,
    recordTests,
    recordVersions,
    removeModels,
} from "./record-definitions.js";
import { renamedColumns, renameModel } from "./rename-models.js";
import {
    carryFingerprints,
    loadCurrentFingerprints,
    loadNamelessDefinitions,
    type NamelessDefinitions,
} from "./renamed-definitions.js";
import { ModelShaper, selectRelationOf, type ShapingMode } from "./shape-models.js";

export interface Application {
    readonly definitions: Definitions;
    readonly projectName: string;
    /** The source schema that the configuration names; a flag may have said another. */
    readonly configuredSourceSchema: string;
    /** Of the files; null where the definitions come from `ops`. */
    readonly folder: string | null;
    /** `back` restores definitions of before, with the columns and keys that they had. */
    readonly direction: "forth" | "back";
    /** The bytes of a CSV file, as they were when its definition was read. */
    readonly loadSeedBytes: (seed: SeedFile) => Promise<Buffer>;
}

/** What was applied, and what that means for the next build. */
export interface Applied {
    readonly sources: readonly Change<SourceFile>[];
    readonly seeds: readonly Change<SeedFile>[];
    /** Null where the layers are as they were. */
    readonly layersBefore: Changes["layersBefore"];
    readonly models: readonly ModelPlan[];
    readonly rebuilt: readonly string[];
    readonly versions: readonly AppliedVersion[];
}

/**
 * Makes the database hold the wanted definitions, in the open transaction. Readers see no table, column or row less than before; what
 * they would miss waits for the build of its model.
 *
 * @throws StardeckError `failed` with every problem of every file; the transaction is to be rolled back then
 */
export async function applyDefinitions(database: CopyTarget, application: Application): Promise<Applied> {
    const changes = findChanges(await loadAppliedVersions(database), application.definitions);
    if (changes.versions.length === 0) {
        await recordProject(database, application);
        return { sources: [], seeds: [], layersBefore: null, models: [], rebuilt: [], versions: [] };
    }
    const run = await prepare(database, application, changes);
    const before = await loadFingerprints(database);
    const first = application.direction === "forth" ? "rehearse" : "restore";
    await database.query("savepoint rehearsal");
    const rehearsed = await applyOnce(run, first, null);
    refuse([...run.problems, ...rehearsed.problems]);
    const models = planAll(run, rehearsed);
    const rebuilt = findRebuilt(before, await loadFingerprints(database), run, rehearsed.carried);
    if (rehearsed.unfinished.size > 0 && first === "rehearse") {
        await testChangedViews(run, await expand(run, rehearsed));
    } else {
        await testChangedViews(run, rehearsed);
    }
    await database.query("release savepoint rehearsal");
    await refreshMappings(database);
    if (application.direction === "forth") {
        await recordVersions(database, changes.versions, await loadSeedTexts(application, changes));
    }
    const { sources, seeds, layersBefore, versions } = changes;
    return { sources, seeds, layersBefore, models, rebuilt, versions };
}

/**
 * Changes what readers cannot notice. Where a SELECT needs the new type of a column whose table waits for its build, that column gets its
 * type at once, if all its values can be cast.
 */
async function expand(run: Run, { columns, unfinished }: AppliedOnce): Promise<AppliedOnce> {
    const { database } = run;
    await database.query("rollback to savepoint rehearsal");
    const applied = await applyOnce(run, "expand", columns);
    if (applied.problems.length === 0) {
        return applied;
    }
    await database.query("rollback to savepoint rehearsal");
    const cast = await applyOnce(run, "expand", columns, unfinished);
    const names = [...unfinished].sort().join(", ");
    refuse(
        cast.problems.map((problem) => ({
            ...problem,
            hint: `It needs columns as ${names} will have them after the next build: migrate ${unfinished.size === 1 ? "that model" : "these models"} alone, build, then migrate the rest.`,
        })),
    );
    return cast;
}

/** The texts of changed CSV files by the names of their versions, so that a rollback can fill their tables as before. */
async function loadSeedTexts({ loadSeedBytes }: Application, { seeds }: Changes): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const { after } of seeds) {
        if (after !== null) {
            texts.set(seedKey(after), (await loadSeedBytes(after)).toString("utf8"));
        }
    }
    return texts;
}

interface Run extends Application {
    readonly database: CopyTarget;
    readonly changes: Changes;
    readonly changeOf: ReadonlyMap<string, Change<ModelFile>>;
    readonly ordered: OrderedModels;
    readonly places: ProblemPlaces;
    readonly problems: readonly FileProblem[];
    readonly built: ReadonlySet<string>;
    readonly columnsBefore: ReadonlyMap<string, readonly PlannedColumn[]>;
    readonly selectSchema: string;
    readonly hung: Hung;
    /** Models whose files are as they were, and may name something that is gone or has another name now. */
    readonly rereads: ReadonlySet<string>;
}

/** PostgreSQL's views follow what is renamed; the files that name it do not. */
async function findRereads(
    database: Queryable,
    { models, sources, seeds }: Changes,
    edges: readonly ModelEdge[],
    columnsBefore: ReadonlyMap<string, readonly PlannedColumn[]>,
): Promise<ReadonlySet<string>> {
    const renamed = models.flatMap(({ before, after }) =>
        before !== null && after !== null ? [{ before, after }] : [],
    );
    const moved = new Set(
        models.flatMap(({ before, after }) =>
            before !== null && (before.name !== after?.name || before.schema !== after.schema) ? [before.name] : [],
        ),
    );
    const columns = renamed.flatMap(({ before, after }) => {
        const known = (columnsBefore.get(before.name) ?? []).map(({ name }) => name);
        return [...renamedColumns({ before, after }, known).keys()].map((column) => ({ before, column }));
    });
    const readers =
        columns.length === 0
            ? new Map<string, readonly string[]>()
            : await loadColumnReaders(
                  database,
                  columns.map(({ before }) => before),
              );
    const undeclared = new Set(
        [...sources, ...seeds].flatMap(({ before, after }) =>
            before !== null && before.schema !== after?.schema ? [before.name] : [],
        ),
    );
    return new Set([
        ...edges
            .filter(({ upstreamName, upstreamKind }) =>
                (upstreamKind === "source" ? undeclared : moved).has(upstreamName),
            )
            .map(({ modelName }) => modelName),
        ...columns.flatMap(({ before, column }) => readers.get(`${before.schema}.${before.name}.${column}`) ?? []),
    ]);
}

async function prepare(database: CopyTarget, application: Application, changes: Changes): Promise<Run> {
    const { definitions, folder } = application;
    const changeOf = new Map(
        changes.models.flatMap((change) => (change.after === null ? [] : [[change.after.name, change]])),
    );
    const { rows: edges } = await database.query<ModelEdge>(modelEdgesSql);
    const { rows: known } = await database.query<{ name: string; columns: readonly PlannedColumn[]; isBuilt: boolean }>(
        `select model_name as name, columns, exists (select from ops.model_state where model_state.model_name = model.model_name) as "isBuilt"
        from ops.model`,
    );
    const columnsBefore = new Map(known.map(({ name, columns }) => [name, columns]));
    const rereads = await findRereads(database, changes, edges, columnsBefore);
    const ordered = await orderModels(database, definitions, new Set([...changeOf.keys(), ...rereads]), edges);
    const taken = await checkTakenNames(database, definitions, changes);
    const places = new ProblemPlaces(folder);
    return {
        ...application,
        database,
        changes,
        changeOf,
        ordered: { ...ordered, failed: new Set([...ordered.failed, ...taken.map(({ modelName }) => modelName)]) },
        places,
        problems: [
            ...(await checkSources(database, definitions, changes)),
            ...taken.map(({ problem }) => problem),
            ...ordered.problems,
        ],
        built: new Set(known.filter(({ isBuilt }) => isBuilt).map(({ name }) => name)),
        columnsBefore,
        hung: await loadHung(database, changes),
        rereads,
        selectSchema: definitions.layers[0]?.schema ?? "prep",
    };
}

async function checkSources(
    database: Queryable,
    { sourceSchema }: Definitions,
    { sources }: Changes,
): Promise<readonly FileProblem[]> {
    const problems: FileProblem[] = [];
    for (const { after } of sources) {
        if (after === null || (!after.isRequired && !after.keepsHistory)) {
            continue;
        }
        const schema = after.schema ?? sourceSchema;
        const problem = await findLandingProblemOrNull(database, { ...after, schema });
        if (problem !== null) {
            problems.push({
                path: after.path,
                line: after.line,
                column: null,
                lineText: null,
                message: `The landing table ${schema}.${after.table} ${describeLandingProblem(problem)}.`,
                hint:
                    problem.kind === "unreadable"
                        ? `Ask its owner: grant usage on schema ${schema}, select on ${schema}.${after.table}; then migrate again.`
                        : "Correct the landing table, or the extract that makes it, and migrate again.",
            });
        }
    }
    return problems;
}

/** Whatever has the name of a new model is somebody else's. */
async function checkTakenNames(
    database: Queryable,
    { layers }: Definitions,
    { models }: Changes,
): Promise<readonly { readonly modelName: string; readonly problem: FileProblem }[]> {
    const selectSchema = layers[0]?.schema ?? "prep";
    const wanted = models.flatMap(({ before, after }) => {
        if (after === null || (before !== null && before.name === after.name && before.schema === after.schema)) {
            return [];
        }
        const select = selectRelationOf(after, selectSchema);
        return [{ schema: after.schema, name: after.name }, select].map((relation) => ({ ...relation, model: after }));
    });
    if (wanted.length === 0) {
        return [];
    }
    const { rows } = await database.query<{ schema: string; name: string }>(
        `select distinct nspname::text as schema, relname::text as name
        from (values ${wanted.map(({ schema, name }) => `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`).join(", ")}) as wanted (schema_name, relation_name)
        join pg_namespace on nspname = schema_name
        join pg_class on relnamespace = pg_namespace.oid and relname = relation_name
        where not exists (
            select from ops.model
            where (model.schema_name, model.model_name) = (wanted.schema_name, wanted.relation_name)
                or (model.select_schema, model.select_view) = (wanted.schema_name, wanted.relation_name)
        )
        order by 1, 2`,
    );
    return rows.flatMap(({ schema, name }) =>
        wanted
            .filter((each) => each.schema === schema && each.name === name)
            .slice(0, 1)
            .map(({ model }) => ({
                modelName: model.name,
                problem: problemOf(
                    model.selectPath,
                    `${schema}.${name} is there already, and stardeck did not make it.`,
                    "Rename it, or move it to another schema, and migrate again.",
                ),
            })),
    );
}

interface AppliedOnce {
    readonly problems: readonly FileProblem[];
    readonly columns: ReadonlyMap<string, readonly PlannedColumn[]>;
    /** Tables that wait for their builds. */
    readonly unfinished: ReadonlySet<string>;
    /** Built models of which nothing but names has changed. */
    readonly carried: ReadonlySet<string>;
    readonly changedViews: ReadonlySet<string>;
    readonly tests: readonly CheckedTest[];
}

async function applyOnce(
    run: Run,
    mode: ShapingMode,
    plannedColumns: ReadonlyMap<string, readonly PlannedColumn[]> | null,
    castAtOnce: ReadonlySet<string> = new Set(),
): Promise<AppliedOnce> {
    const { database, definitions, changes, changeOf, ordered, places, selectSchema } = run;
    const problems: FileProblem[] = [];
    const isFirst = plannedColumns === null;
    await makeSchemas(database, definitions);
    await moveSelectViews(database, selectSchema);
    const renaming = await renameModels(run);
    const before = renaming.models;
    await recordSources(database, definitions);
    await dropForeignCopies(database);
    const { sourceSchema } = definitions;
    await makeHistories(
        database,
        definitions.sources
            .filter(({ keepsHistory }) => keepsHistory)
            .map(({ name, schema, table }) => ({ name, schema: schema ?? sourceSchema, table })),
    );
    const shaper = new ModelShaper(
        database,
        { mode, sourceSchema, places, built: run.built, castAtOnce },
        selectSchema,
    );
    const seeding = { database, problems, loadBytes: run.loadSeedBytes, dropReaders: shaper.dropReaders.bind(shaper) };
    await applySeeds(seeding, changes.seeds);
    const failed = new Set(ordered.failed);
    const shaped: ModelFile[] = [];
    const shapeEach = async (model: ModelFile): Promise<void> => {
        const reads = ordered.upstream.get(model.name) ?? new Set();
        if (failed.has(model.name) || [...reads].some((name) => failed.has(name))) {
            failed.add(model.name);
        } else if (changeOf.has(model.name) || run.rereads.has(model.name) || shaper.isDropped(model.name)) {
            const isKnown = changeOf.get(model.name)?.kind !== "new";
            if (await shaper.shape(model, isKnown ? (before.get(model.name) ?? model) : null)) {
                shaped.push(model);
            } else {
                failed.add(model.name);
            }
        }
    };
    for (const models of groupNew(ordered.order, changeOf)) {
        const isNew = models.length > 1;
        if (isNew && !models.some(({ name }) => failed.has(name)) && (await shaper.shapeNew(models))) {
            shaped.push(...models);
        } else {
            for (const model of models) {
                await shapeEach(model);
            }
        }
    }
    problems.push(...shaper.problems);
    await dropModels(run, problems);
    if (ordered.failed.size === 0) {
        await dropSeeds(seeding, changes.seeds);
    }
    const columnsOf = plannedColumns ?? shaper.columns;
    await recordModels(database, shaped, { columnsOf, selectSchema, sourceSchema });
    const checking = { database, definitions, places, problems: isFirst ? problems : [] };
    const allTests = compileTests(checking, definitions.models);
    const shapedNames = new Set(shaped.map(({ name }) => name));
    const tests = allTests.filter(({ model_name: name }) => shapedNames.has(name));
    if (shaped.length > 0) {
        await recordTests(database, shaped, tests);
    }
    await rememberModelViews(database);
    const carried = renaming.isAny ? await carryRenamed(run, renaming, columnsOf) : new Set<string>();
    if (isFirst) {
        const touched = allTests.filter(
            (test) => shapedNames.has(test.model_name) || (!failed.has(test.model_name) && mentionsAny(test, changes)),
        );
        await checkTests(
            checking,
            touched.filter(({ refers_to: other }) => other === null || !failed.has(other)),
        );
        await checkContracts(checking, shaped, shaper.columns);
        await checkPresentations(checking, shaped, shaper.columns);
        await checkMappings(checking, shaped);
        await checkRepeatability(checking, shaped, ordered.selects);
    }
    await queueSeedReaders(
        database,
        changes.seeds.flatMap(({ after }) => after ?? []),
    );
    await recordProject(database, run);
    const isLast = run.direction === "back" && definitions.models.length === 0;
    await dropEmptySchemas(database, isLast ? [] : definitions.layers.map(({ schema }) => schema));
    return {
        problems,
        columns: shaper.columns,
        unfinished: shaper.unfinished,
        carried,
        changedViews: shaper.changedViews,
        tests: allTests,
    };
}

/** New models that follow each other, up to a number that is made at once; every other model by itself. */
function groupNew(
    order: readonly ModelFile[],
    changeOf: ReadonlyMap<string, Change<ModelFile>>,
): readonly (readonly ModelFile[])[] {
    const mostAtOnce = 50;
    const groups: ModelFile[][] = [];
    let isOpen = false;
    for (const model of order) {
        const isNew = changeOf.get(model.name)?.kind === "new";
        const last = groups.at(-1);
        if (isNew && isOpen && last !== undefined && last.length < mostAtOnce) {
            last.push(model);
        } else {
            groups.push([model]);
        }
        isOpen = isNew;
    }
    return groups;
}

/** Whether a data test asks for rows of a model that changes. */
function mentionsAny({ failing_rows_sql: sql }: CheckedTest, { models }: Changes): boolean {
    return models.some(
        ({ before }) =>
            before !== null &&
            (sql.includes(`${before.schema}.${before.name}`) ||
                sql.includes(quoteQualified(before.schema, before.name))),
    );
}

/** Makes the layers' database schemas that are missing. */
export async function makeSchemas(database: Queryable, { layers }: Pick<Definitions, "layers">): Promise<void> {
    const { rows } = await database.query<{ name: string }>("select nspname::text as name from pg_namespace");
    const known = new Set(rows.map(({ name }) => name));
    for (const { name, schema } of layers.filter((layer) => !known.has(layer.schema))) {
        if (!known.has(schema)) {
            known.add(schema);
            await database.query(
                `create schema ${quoteIdentifier(schema)}; comment on schema ${quoteIdentifier(schema)} is ${quoteLiteral(`${madeBy}the layer ${name}`)}`,
            );
        }
    }
}

/** Schemas that stardeck made go when nothing is in them any more. */
export async function dropEmptySchemas(database: Queryable, kept: readonly string[]): Promise<void> {
    const { rows } = await database.query<{ name: string }>(
        `select nspname::text as name
        from pg_namespace
        where (
                starts_with(obj_description(oid, 'pg_namespace'), ${quoteLiteral(`${madeBy}the layer `)})
                or obj_description(oid, 'pg_namespace') = ${quoteLiteral(`${madeBy}CSV files`)}
            )
            and nspname not in (${["", ...kept].map(quoteLiteral).join(", ")})
            and not exists (select from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = pg_namespace.oid)
        order by 1`,
    );
    for (const { name } of rows) {
        await database.query(`drop schema ${quoteIdentifier(name)}`);
    }
}

/** The views of SELECTs are in the first layer's schema, which may be another one now. */
async function moveSelectViews(database: Queryable, selectSchema: string): Promise<void> {
    const { rows } = await database.query<{ schema: string; name: string }>(
        `select select_schema as schema, select_view as name from ops.model where select_schema <> ${quoteLiteral(selectSchema)}`,
    );
    for (const { schema, name } of rows) {
        await database.query(
            `alter view ${quoteQualified(schema, name)} set schema ${quoteIdentifier(selectSchema)};
            update ops.model set select_schema = ${quoteLiteral(selectSchema)} where select_view = ${quoteLiteral(name)}`,
        );
    }
}

interface Renaming {
    /** The definitions of before under their new names. */
    readonly models: ReadonlyMap<string, ModelFile>;
    readonly isAny: boolean;
    /** By new names: what decided the rows when nothing but names had changed, and the fingerprints of before that. */
    readonly definitions: NamelessDefinitions;
    readonly fingerprints: ReadonlyMap<string, Fingerprint>;
    /** The planned columns of before, by new names. */
    readonly columns: ReadonlyMap<string, readonly PlannedColumn[]>;
}

/** Renames models and columns. */
async function renameModels({ database, changes, columnsBefore, selectSchema }: Run): Promise<Renaming> {
    const kept = changes.models.flatMap(({ before, after }) =>
        before !== null && after !== null ? [{ before, after }] : [],
    );
    const knownOf = ({ name }: ModelFile): readonly string[] =>
        (columnsBefore.get(name) ?? []).map((column) => column.name);
    const isAny = kept.some(
        ({ before, after }) =>
            before.name !== after.name ||
            before.schema !== after.schema ||
            renamedColumns({ before, after }, knownOf(before)).size > 0,
    );
    const fingerprints = new Map(isAny ? await loadCurrentFingerprints(database) : []);
    const columns = new Map(columnsBefore);
    const models = new Map<string, ModelFile>();
    for (const { before, after } of kept) {
        const known = knownOf(before);
        const names = renamedColumns({ before, after }, known);
        models.set(after.name, await renameModel(database, { before, after, selectSchema }, known));
        const fingerprint = fingerprints.get(before.name);
        if (fingerprint !== undefined) {
            fingerprints.set(after.name, fingerprint);
        }
        columns.set(
            after.name,
            (columnsBefore.get(before.name) ?? []).map((column) => ({
                ...column,
                name: names.get(column.name) ?? column.name,
            })),
        );
    }
    const definitions = isAny ? await loadNamelessDefinitions(database) : new Map<string, string>();
    return { models, isAny, definitions, fingerprints, columns };
}

/** Built models whose definition differs in names alone are as fresh as they were. */
async function carryRenamed(
    { database, definitions }: Run,
    renaming: Renaming,
    columnsAfter: ReadonlyMap<string, readonly PlannedColumn[]>,
): Promise<ReadonlySet<string>> {
    const now = await loadNamelessDefinitions(database);
    const contractOf = (columns: readonly PlannedColumn[]): string =>
        JSON.stringify(columns.map(({ name, type, notNull }) => [name, type, notNull]));
    const same = definitions.models.filter(({ name, primaryKey }) => {
        const before = renaming.columns.get(name) ?? [];
        const keyBefore = renaming.models.get(name)?.primaryKey ?? primaryKey;
        return (
            now.get(name) === renaming.definitions.get(name) &&
            contractOf(before) === contractOf(columnsAfter.get(name) ?? before) &&
            keyBefore.join("\0") === primaryKey.join("\0")
        );
    });
    return carryFingerprints(
        database,
        same.map(({ name }) => name),
        renaming.fingerprints,
    );
}

/** Drops what was removed, each model before those that it read. */
async function dropModels(run: Run, problems: FileProblem[]): Promise<void> {
    const { database, changes, ordered } = run;
    const removed = changes.models.flatMap(({ before, after }) => (before !== null && after === null ? [before] : []));
    const inTheWay = removed.flatMap((model) => describeForeignOrNull(run, model) ?? []);
    if (inTheWay.length > 0) {
        problems.push(...inTheWay);
        return;
    }
    let left = removed;
    const said = new Map<string, FileProblem>();
    for (let count = -1; left.length > 0 && left.length !== count;) {
        count = left.length;
        const next: ModelFile[] = [];
        for (const model of left) {
            const problem = await dropModelOrExplain(run, model);
            if (problem === null) {
                said.delete(model.name);
            } else {
                said.set(model.name, problem);
                next.push(model);
            }
        }
        left = next;
    }
    // What still reads them may be what has a problem itself.
    problems.push(...(ordered.failed.size > 0 ? [] : said.values()));
    await removeModels(
        database,
        removed.filter(({ name }) => !said.has(name)).map(({ name }) => name),
    );
}

/** What others have made on a model that is to be dropped. */
function describeForeignOrNull({ hung }: Run, model: ModelFile): FileProblem | null {
    const place = `${model.schema}.${model.name}`;
    const others = (hung.foreign.get(place) ?? []).filter((object) => !object.startsWith("grant "));
    return others.length === 0
        ? null
        : problemOf(
              model.selectPath,
              `${place} cannot be dropped: stardeck did not make ${others.join(", ")}.`,
              `Move or drop ${others.length === 1 ? "it" : "them"} first, or keep the model.`,
          );
}

async function dropModelOrExplain({ database, selectSchema }: Run, model: ModelFile): Promise<FileProblem | null> {
    const select = selectRelationOf(model, selectSchema);
    const place = `${model.schema}.${model.name}`;
    const statements = [
        `drop view if exists ${quoteQualified(select.schema, select.name)}`,
        ...(model.materialisation === "table"
            ? [`drop table if exists ${quoteQualified(model.schema, model.name)}`]
            : []),
    ];
    await database.query("savepoint dropping");
    try {
        await database.query(statements.join(";\n"));
        await database.query("release savepoint dropping");
        return null;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        await database.query("rollback to savepoint dropping");
        const { message, hint } = describeStatementError(error);
        return problemOf(model.selectPath, `${place} cannot be dropped: ${message}`, hint);
    }
}

/** A view that changed is published by that: its tests have to hold, and those of the views that read it. */
async function testChangedViews(run: Run, { changedViews, tests }: AppliedOnce): Promise<void> {
    const { database, definitions, ordered, places } = run;
    const touched = new Set(changedViews);
    for (const model of ordered.order) {
        const reads = ordered.upstream.get(model.name) ?? new Set();
        if (model.materialisation === "view" && [...reads].some((name) => touched.has(name))) {
            touched.add(model.name);
        }
    }
    const views = new Set(
        definitions.models.filter(({ materialisation }) => materialisation === "view").map(({ name }) => name),
    );
    const problems: FileProblem[] = [];
    for (const test of tests) {
        if (!touched.has(test.model_name) || !views.has(test.model_name) || test.severity !== "error") {
            continue;
        }
        const { rows } = await database.query<{ count: string }>(
            `select count(*) as count from (${test.failing_rows_sql}) as failing`,
        );
        const count = Number(rows[0]?.count ?? 0);
        if (
            judgeFailures(
                { ...test, maxFailures: test.max_failures, warnIf: test.warn_if, errorIf: test.error_if },
                count,
            ) === "failed"
        ) {
            problems.push(
                places.line(
                    test.test.path,
                    test.test.line,
                    `The data test "${test.test_name}" fails for ${count} ${count === 1 ? "row" : "rows"} of the changed view.`,
                    "A view is published as soon as it changes: correct its SELECT, or the test.",
                ),
            );
        }
    }
    refuse(problems);
}

interface Hung {
    readonly foreign: ReadonlyMap<string, readonly string[]>;
    readonly readers: ReadonlyMap<string, readonly string[]>;
}

async function loadHung(database: Queryable, { models }: Changes): Promise<Hung> {
    const relations = models.flatMap(({ before }) => (before === null ? [] : [before]));
    return relations.length === 0
        ? { foreign: new Map(), readers: new Map() }
        : {
              foreign: await loadForeignDependents(database, relations),
              readers: await loadColumnReaders(database, relations),
          };
}

function planAll(run: Run, { columns }: AppliedOnce): readonly ModelPlan[] {
    const { changes, columnsBefore, ordered, hung } = run;
    const readersOf = new Map<string, Set<string>>();
    for (const [reader, names] of ordered.upstream) {
        for (const name of names) {
            readersOf.set(name, (readersOf.get(name) ?? new Set()).add(reader));
        }
    }
    const downstreamOf = (name: string, found = new Set<string>()): ReadonlySet<string> => {
        for (const reader of readersOf.get(name) ?? []) {
            if (!found.has(reader)) {
                found.add(reader);
                downstreamOf(reader, found);
            }
        }
        return found;
    };
    return changes.models.map((change) => {
        const { before, after } = change;
        const known = before === null ? [] : (columnsBefore.get(before.name) ?? []);
        const place = before === null ? "" : `${before.schema}.${before.name}`;
        const names = known.map(({ name }) => name);
        return planModel(change, {
            columnsBefore: known,
            columnsAfter: after === null ? [] : (columns.get(after.name) ?? []),
            renamedColumns: before === null || after === null ? new Map() : renamedColumns({ before, after }, names),
            readersOf: new Map(names.map((name) => [name, hung.readers.get(`${place}.${name}`) ?? []])),
            downstream: [...downstreamOf(after?.name ?? before?.name ?? "")].sort(),
            foreign: hung.foreign.get(place) ?? [],
        });
    });
}

async function loadFingerprints(database: Queryable): Promise<ReadonlyMap<string, string>> {
    const { rows } = await database.query<{ name: string; fingerprint: string }>(
        "select model_name as name, fingerprint::text as fingerprint from ops.model where materialisation = 'table'",
    );
    return new Map(rows.map(({ name, fingerprint }) => [name, fingerprint]));
}

function findRebuilt(
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
    { ordered }: Run,
    carried: ReadonlySet<string>,
): readonly string[] {
    return ordered.order
        .map(({ name }) => name)
        .filter((name) => after.has(name) && before.get(name) !== after.get(name) && !carried.has(name));
}

/** @throws StardeckError that says every problem */
function refuse(problems: readonly FileProblem[]): void {
    if (problems.length > 0) {
        const sorted = [...problems].sort((one, other) =>
            one.path < other.path ? -1 : one.path > other.path ? 1 : (one.line ?? 0) - (other.line ?? 0),
        );
        throw new StardeckError(sorted.map((problem) => formatProblem(problem).join("\n")).join("\n\n"), {
            code: "failed",
            hint: "Nothing was changed.",
        });
    }
}
