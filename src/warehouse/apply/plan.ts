import type { ModelFile, SeedFile, SourceFile } from "../../project/project.js";
import { diffLines, type DifferenceLine } from "../../text/line-difference.js";
import type { PlannedColumn } from "../registry.js";
import { compileDataTest } from "../data-tests.js";
import type { Change } from "./definitions.js";

/** What a migration would change, as a value that is printed as text or as JSON. */
export interface Plan {
    /** Versioned migrations that would run. */
    readonly migrations: readonly string[];
    readonly sources: readonly { readonly name: string; readonly kind: Change<SourceFile>["kind"] }[];
    readonly seeds: readonly SeedPlan[];
    /** As `prep, warehouse, marts in shop_marts`; null if they have not changed. */
    readonly layers: { readonly from: string; readonly to: string } | null;
    readonly models: readonly ModelPlan[];
    /** Table models that the next build computes whole: new ones, and those whose fingerprint has changed. */
    readonly rebuilt: readonly string[];
    /** Warnings about needless cost, with their place: `migrations/models/marts/a.sql:3: The entity key …` */
    readonly warnings: readonly string[];
}

/** A CSV file whose table is made, refilled or dropped. */
export interface SeedPlan {
    readonly name: string;
    readonly kind: Change<SeedFile>["kind"];
    readonly path: string;
    readonly rowCount: number;
    /** Why it has to be asked for; empty for what nobody can miss. */
    readonly breaking: readonly string[];
}

export interface ModelPlan {
    readonly name: string;
    readonly layer: string;
    readonly materialisation: "view" | "table";
    readonly kind: Change<ModelFile>["kind"];
    /** Its former name, if it is renamed. */
    readonly renamedFrom: string | null;
    /** The file of its SELECT. */
    readonly path: string;
    readonly select: readonly DifferenceLine[];
    readonly columns: readonly ColumnPlan[];
    /** Other changes, each as a clause: `key: order_id, position instead of order_id`. */
    readonly others: readonly string[];
    /** Models that read it, directly or not. */
    readonly downstream: readonly string[];
    /** Objects of others that depend on it: `view reports.weekly`, `grant select to bi`. */
    readonly foreign: readonly string[];
    /** Why it has to be asked for; empty for what nobody can miss. */
    readonly breaking: readonly string[];
}

export interface ColumnPlan {
    readonly name: string;
    readonly kind: "added" | "removed" | "renamed" | "retyped";
    /** The former type or name. */
    readonly from: string | null;
    /** The type after the change; of a removed column, its last one. */
    readonly type: string;
    /** Models whose current SELECT names the column. */
    readonly readers: readonly string[];
}

export interface Surroundings {
    readonly columnsBefore: readonly PlannedColumn[];
    readonly columnsAfter: readonly PlannedColumn[];
    readonly renamedColumns: ReadonlyMap<string, string>;
    readonly readersOf: ReadonlyMap<string, readonly string[]>;
    readonly downstream: readonly string[];
    readonly foreign: readonly string[];
}

export function isEmptyPlan({ migrations, sources, seeds, layers, models }: Plan): boolean {
    return layers === null && migrations.length + sources.length + seeds.length + models.length === 0;
}

export function isBreaking({ seeds, models }: Plan): boolean {
    return [...seeds, ...models].some(({ breaking }) => breaking.length > 0);
}

export function planSeed({ kind, before, after }: Change<SeedFile>): SeedPlan {
    const seed = after ?? before;
    if (seed === null) {
        throw new Error("a change has a CSV file before or after it");
    }
    const { name, path, rowCount } = seed;
    const now = new Map(after?.columns.map((column) => [column.name, column.type]));
    const breaking =
        after === null
            ? [`drops table ${seed.schema}.${name}`]
            : (before?.columns ?? []).flatMap((column) => {
                  const type = now.get(column.name);
                  return type === undefined
                      ? [`drops the column ${column.name}`]
                      : type === column.type
                        ? []
                        : [`changes the column ${column.name} from ${column.type} to ${type}`];
              });
    return { name, kind, path, rowCount, breaking };
}

export function planModel({ kind, before, after }: Change<ModelFile>, surroundings: Surroundings): ModelPlan {
    const model = after ?? before;
    if (model === null) {
        throw new Error("a change has a model before or after it");
    }
    const columns = before === null || after === null ? [] : planColumns(surroundings);
    const { name, layer, materialisation, selectPath } = model;
    return {
        name,
        layer,
        materialisation,
        kind,
        renamedFrom: kind === "renamed" ? (before?.name ?? null) : null,
        path: selectPath,
        select: before === null || after === null ? [] : diffLines(before.select, after.select).filter(hasDifference),
        columns,
        others: before === null || after === null ? [] : describeOthers(before, after),
        downstream: surroundings.downstream,
        foreign: surroundings.foreign,
        breaking: describeBreaking({ kind, before, after }, columns),
    };
}

function hasDifference(_line: DifferenceLine, _index: number, lines: readonly DifferenceLine[]): boolean {
    return lines.some(({ sign }) => sign !== " ");
}

function planColumns({ columnsBefore, columnsAfter, renamedColumns, readersOf }: Surroundings): readonly ColumnPlan[] {
    const before = new Map(columnsBefore.map((column) => [column.name, column]));
    const after = new Map(columnsAfter.map((column) => [column.name, column]));
    const oldNameOf = new Map([...renamedColumns].map(([old, name]) => [name, old]));
    const readers = (name: string): readonly string[] => readersOf.get(name) ?? [];
    return [
        ...columnsAfter.flatMap(({ name, type }): ColumnPlan[] => {
            const oldName = oldNameOf.get(name);
            const old = before.get(oldName ?? name);
            if (old === undefined) {
                return [{ name, kind: "added", from: null, type, readers: [] }];
            }
            return [
                ...(oldName === undefined
                    ? []
                    : [{ name, kind: "renamed" as const, from: oldName, type, readers: readers(oldName) }]),
                ...(old.type === type
                    ? []
                    : [{ name, kind: "retyped" as const, from: old.type, type, readers: readers(old.name) }]),
            ];
        }),
        ...columnsBefore
            .filter(({ name }) => !after.has(name) && !renamedColumns.has(name))
            .map(({ name, type }): ColumnPlan => ({ name, kind: "removed", from: null, type, readers: readers(name) })),
    ];
}

function describeOthers(before: ModelFile, after: ModelFile): readonly string[] {
    const replaced = (what: string, old: string, now: string): readonly string[] =>
        old === now ? [] : [`${what}: ${now === "" ? "none" : now} instead of ${old === "" ? "none" : old}`];
    const listed = (what: string, old: readonly string[], now: readonly string[]): readonly string[] => {
        const changes = [
            ...now.filter((each) => !old.includes(each)).map((each) => `+ ${each}`),
            ...old.filter((each) => !now.includes(each)).map((each) => `- ${each}`),
        ];
        return changes.length === 0 ? [] : [`${what}: ${changes.join(", ")}`];
    };
    const testsOf = (model: ModelFile): ReadonlyMap<string, string> =>
        new Map(
            model.tests.map(({ definition }) => [
                compileDataTest(definition, model, (name) => ({ schema: "", name })).name.slice(model.name.length + 1),
                JSON.stringify(definition),
            ]),
        );
    const [oldTests, newTests] = [testsOf(before), testsOf(after)];
    const changedTests = [...newTests].filter(([name, text]) => oldTests.has(name) && oldTests.get(name) !== text);
    const described = (model: ModelFile): string =>
        JSON.stringify(Object.entries(model.columns).map(([name, { description }]) => [name, description]));
    const contract = (model: ModelFile): string =>
        JSON.stringify(
            Object.entries(model.columns).map(([name, { type, notNull }]) => [name, type, notNull ?? false]),
        );
    const spreadOf = ({ distribution }: ModelFile): string =>
        typeof distribution === "object" ? distribution.column : (distribution ?? "");
    return [
        ...replaced("layer", before.layer, after.layer),
        ...replaced("database schema", before.schema, after.schema),
        ...replaced("materialisation", before.materialisation, after.materialisation),
        ...replaced("key", before.primaryKey.join(", "), after.primaryKey.join(", ")),
        ...replaced("entity", before.entityKey?.join(", ") ?? "", after.entityKey?.join(", ") ?? ""),
        ...replaced("grain", before.grain, after.grain),
        ...(before.description === after.description ? [] : ["description"]),
        ...(described(before) === described(after) ? [] : ["descriptions of columns"]),
        ...(contract(before) === contract(after) ? [] : ["contract of columns"]),
        ...listed("tests", [...oldTests.keys()], [...newTests.keys()]),
        ...(changedTests.length === 0 ? [] : [`tests changed: ${changedTests.map(([name]) => name).join(", ")}`]),
        ...listed("tags", before.tags, after.tags),
        ...listed(
            "indexes",
            before.indexes.map((index) => `(${index.join(", ")})`),
            after.indexes.map((index) => `(${index.join(", ")})`),
        ),
        ...(JSON.stringify(before.affectedBy) === JSON.stringify(after.affectedBy) ? [] : ["affected entities"]),
        ...replaced("rebuild", before.rebuild ?? "", after.rebuild ?? ""),
        ...replaced("distribution", spreadOf(before), spreadOf(after)),
        ...(JSON.stringify(before.presentation) === JSON.stringify(after.presentation) ? [] : ["presentation"]),
    ];
}

function describeBreaking(
    { kind, before, after }: Change<ModelFile>,
    columns: readonly ColumnPlan[],
): readonly string[] {
    if (before === null) {
        return [];
    }
    if (after === null) {
        return [`drops ${before.materialisation} ${before.schema}.${before.name}`];
    }
    return [
        ...(kind === "renamed" ? [`renames ${before.schema}.${before.name} to ${after.schema}.${after.name}`] : []),
        ...(before.schema !== after.schema && kind !== "renamed"
            ? [`moves ${before.schema}.${before.name} to ${after.schema}`]
            : []),
        ...columns
            .filter(({ kind: change }) => change !== "added")
            .map(({ kind: change, name, from, type }) =>
                change === "removed"
                    ? `drops the column ${name}`
                    : change === "renamed"
                      ? `renames the column ${from ?? ""} to ${name}`
                      : `changes the column ${name} from ${from ?? ""} to ${type}`,
            ),
        ...(before.materialisation === after.materialisation
            ? before.primaryKey.join() === after.primaryKey.join()
                ? []
                : ["changes the key"]
            : [`makes a ${after.materialisation} of a ${before.materialisation}`]),
    ];
}
