import { problemOf, type FileProblem } from "../../project/problem.js";
import type { ModelFile, SeedFile } from "../../project/project.js";
import { quoteLiteral } from "../../sql/identifiers.js";
import { describeLandingProblem, findLandingProblemOrNull } from "../landing-table.js";
import { modelEdgesSql, type ModelEdge } from "../lineage.js";
import type { CopyTarget, Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import type { Change, Changes, Definitions } from "./definitions.js";
import { loadColumnReaders, loadForeignDependents } from "./foreign-dependents.js";
import { orderModels, type OrderedModels } from "./order-models.js";
import type { ModelPlan } from "./plan.js";
import { ProblemPlaces } from "./problems.js";
import { renamedColumns } from "./rename-models.js";
import { selectRelationOf } from "./model-sql.js";

export interface Application {
    readonly definitions: Definitions;
    readonly projectName: string;
    /** The source schema in the configuration; a flag may have set another one for this run. */
    readonly configuredSourceSchema: string;
    /** The project's folder; null if the definitions come from `ops`. */
    readonly folder: string | null;
    /** `back` restores earlier definitions, with their columns and keys. */
    readonly direction: "forth" | "back";
    /** Loads the bytes of a CSV file as of when its definition was read. */
    readonly loadSeedBytes: (seed: SeedFile) => Promise<Buffer>;
    /** Whether all of it is rolled back, whatever comes of it. */
    readonly isPlan: boolean;
    /** Runs once every SELECT is as it is to be, and before tables are kept from their readers: what it throws is refused. */
    readonly check?: (queryable: Queryable, models: readonly ModelPlan[]) => Promise<void>;
}

/** The definitions to apply, and what is known about the database before that. */
export interface Run extends Application {
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
    /** Models with unchanged files that may name something which was removed or renamed. */
    readonly rereads: ReadonlySet<string>;
}

/** Objects of others that depend on changed models, and which models read their columns. */
export interface Hung {
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

/** Finds models to parse again: PostgreSQL's views follow a renaming, but the files still have the old name. */
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

/** Loads everything that the change depends on, before anything is changed. */
export async function prepareRun(database: CopyTarget, application: Application, changes: Changes): Promise<Run> {
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
    const ordered = await orderModels(database, definitions, new Set([...changeOf.keys(), ...rereads]), edges, changes);
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

/** Refuses new models whose name is taken by a relation that stardeck did not make. */
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
