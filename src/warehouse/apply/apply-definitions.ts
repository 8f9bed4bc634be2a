import type { FileProblem } from "../../project/problem.js";
import type { ModelFile, SeedFile, SourceFile } from "../../project/project.js";
import { quoteQualified } from "../../sql/identifiers.js";
import { dropForeignCopies } from "../copy-relation.js";
import { makeHistories } from "../make-histories.js";
import { rememberModelViews } from "../model-views.js";
import type { CopyTarget, Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import type { ShapingMode } from "./alter-table.js";
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
} from "./definitions.js";
import { dropModels } from "./drop-models.js";
import { dropEmptySchemas, makeSchemas, moveSelectViews } from "./layer-schemas.js";
import { planChanges } from "./plan-changes.js";
import type { ModelPlan } from "./plan.js";
import { prepareRun, type Application, type Run } from "./prepare-run.js";
import { refuseProblems } from "./problems.js";
import { recordModels, recordProject, recordSources, recordTests, recordVersions } from "./record-definitions.js";
import { carryRenamed, renameChangedModels } from "./rename-changed-models.js";
import { ModelShaper } from "./shape-models.js";
import { clearForSpreading, spreadModels } from "./spread-models.js";
import { testChangedViews } from "./test-changed-views.js";

/** What was applied, and its consequences for the next build. */
export interface Applied {
    readonly sources: readonly Change<SourceFile>[];
    readonly seeds: readonly Change<SeedFile>[];
    /** Null if the layers have not changed. */
    readonly layersBefore: Changes["layersBefore"];
    readonly models: readonly ModelPlan[];
    readonly rebuilt: readonly string[];
    readonly versions: readonly AppliedVersion[];
}

/**
 * Brings the database to the wanted definitions, in the open transaction. Readers lose no table, column or row now: removals in a
 * built table wait for the model's next build.
 *
 * @throws StardeckError `failed` with every problem of every file; the caller must then roll back
 */
export async function applyDefinitions(database: CopyTarget, application: Application): Promise<Applied> {
    const changes = findChanges(await loadAppliedVersions(database), application.definitions);
    if (changes.versions.length === 0) {
        await recordProject(database, application);
        return { sources: [], seeds: [], layersBefore: null, models: [], rebuilt: [], versions: [] };
    }
    const run = await prepareRun(database, application, changes);
    const before = await loadFingerprints(database);
    const isForth = application.direction === "forth";
    await database.query("savepoint rehearsal");
    let applied = await applyOnce(run, isForth ? "rehearse" : "restore", null);
    const { carried } = applied;
    if (run.problems.length + applied.problems.length > 0) {
        await applied.alterTables();
        refuseProblems([...run.problems, ...applied.problems]);
    }
    const models = planChanges(run, applied.columns);
    const rebuilt = findRebuilt(before, await loadFingerprints(database), run, carried);
    if (applied.unfinished.size > 0 && isForth) {
        await applied.alterTables();
        refuseProblems(applied.problems);
        applied = await expand(run, applied);
    }
    await testChangedViews(run, applied);
    await application.check?.(database, models);
    if (isForth) {
        await recordVersions(database, changes.versions, await loadSeedTexts(application, changes));
    }
    await applied.alterTables();
    refuseProblems(applied.problems);
    await database.query("release savepoint rehearsal");
    const { sources, seeds, layersBefore, versions } = changes;
    return { sources, seeds, layersBefore, models, rebuilt, versions };
}

/**
 * Makes only changes that readers do not notice. If a SELECT needs the new type of a column whose table waits for its build, the
 * column gets that type at once, provided that all its values can be cast.
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
    refuseProblems(
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

interface AppliedOnce {
    /** Is added to by `alterTables`. */
    readonly problems: readonly FileProblem[];
    /** Does to tables what has waited for the end, and looks at what can only be asked of them then. */
    readonly alterTables: () => Promise<void>;
    /** Alters tables that are named anywhere in texts in SQL. */
    readonly alterTablesIn: (texts: readonly string[]) => Promise<void>;
    readonly columns: ReadonlyMap<string, readonly PlannedColumn[]>;
    /** Tables that wait for their builds. */
    readonly unfinished: ReadonlySet<string>;
    /** Built models in which only names have changed. */
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
    const isOnCluster = await clearForSpreading(run);
    await moveSelectViews(database, selectSchema);
    const renaming = await renameChangedModels(run);
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
        { mode, isPlan: run.isPlan, sourceSchema, sources: definitions.sources, places, built: run.built, castAtOnce },
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
            if (await shaper.shape(model, isKnown ? (before.get(model.name) ?? model) : null, reads)) {
                shaped.push(model);
            } else {
                failed.add(model.name);
            }
        }
    };
    for (const models of groupNew(ordered.order, changeOf)) {
        const isNew = models.length > 1;
        const reads = models.flatMap(({ name }) => [...(ordered.upstream.get(name) ?? [])]);
        if (isNew && !models.some(({ name }) => failed.has(name)) && (await shaper.shapeNew(models, reads))) {
            shaped.push(...models);
        } else {
            for (const model of models) {
                await shapeEach(model);
            }
        }
    }
    problems.push(...shaper.problems.splice(0));
    await dropModels(run, problems);
    if (ordered.failed.size === 0) {
        await dropSeeds(seeding, changes.seeds);
    }
    const columnsOf = plannedColumns ?? shaper.columns;
    await recordModels(database, shaped, { columnsOf, selectSchema, sourceSchema });
    const checking = {
        database,
        definitions,
        places,
        problems: isFirst ? problems : [],
        onPlannedTables: shaper.onPlannedTables.bind(shaper),
    };
    if (isOnCluster) {
        // A table may be spread by a column that it gets now.
        await shaper.alterTables();
        await spreadModels(checking, shaped, selectSchema);
    }
    const allTests = compileTests(checking, definitions.models);
    const shapedNames = new Set(shaped.map(({ name }) => name));
    const tests = allTests.filter(({ model_name: name }) => shapedNames.has(name));
    if (shaped.length > 0) {
        await recordTests(database, shaped, tests);
    }
    await rememberModelViews(database);
    const carried = renaming.isAny ? await carryRenamed(run, renaming, columnsOf) : new Set<string>();
    if (isFirst) {
        await checkContracts(checking, shaped, shaper.columns);
        const read = definitions.models.filter(({ name }) => shapedNames.has(name) || ordered.selects.has(name));
        await checkRepeatability(checking, read, ordered.selects);
    }
    await queueSeedReaders(
        database,
        changes.seeds.flatMap(({ after }) => after ?? []),
    );
    await recordProject(database, run);
    const isLast = run.direction === "back" && definitions.models.length === 0;
    await dropEmptySchemas(database, isLast ? [] : definitions.layers.map(({ schema }) => schema));
    const alterTables = async (): Promise<void> => {
        await shaper.alterRemainingTables();
        problems.push(...shaper.problems.splice(0));
        if (isFirst) {
            const touched = allTests.filter(
                (each) =>
                    shapedNames.has(each.model_name) || (!failed.has(each.model_name) && mentionsAny(each, changes)),
            );
            await checkTests(
                checking,
                touched.filter(({ refers_to: other }) => other === null || !failed.has(other)),
            );
            await checkMappings(checking, shaped);
            await checkPresentations(checking, shaped, shaper.columns);
        }
    };
    return {
        problems,
        alterTables,
        alterTablesIn: shaper.alterTablesIn.bind(shaper),
        columns: shaper.columns,
        unfinished: shaper.unfinished,
        carried,
        changedViews: shaper.changedViews,
        tests: allTests,
    };
}

/** Groups consecutive new models, up to the number made in one message; every other model is a group by itself. */
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

/** Whether a data test reads a model that changes. */
function mentionsAny({ failing_rows_sql: sql }: CheckedTest, { models }: Changes): boolean {
    return models.some(
        ({ before }) =>
            before !== null &&
            (sql.includes(`${before.schema}.${before.name}`) ||
                sql.includes(quoteQualified(before.schema, before.name))),
    );
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
