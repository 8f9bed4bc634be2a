import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { quoteQualified } from "../sql/identifiers.js";
import { compileDataTest, isPerEntity, type Relation } from "./data-tests.js";
import type { DataTestDefinition } from "../project/definitions.js";
import type { ModelDefinition, TableModelDefinition, ViewModelDefinition } from "./definitions.js";
import {
    findCycleOrNull,
    groupByModel,
    modelEdgesSql,
    nearestTables,
    sameColumnMapping,
    type ModelEdge,
} from "./lineage.js";
import { fitName } from "./names.js";
import { runSql } from "./run-sql.js";
import { bindSourceSchema } from "./source-schema.js";

/** The name of the view in `prep` that holds a table model's SELECT. */
export function selectViewName(modelName: string): string {
    return fitName(modelName, "__select");
}

/** Enters a model and its tests in `ops`. */
export async function registerModel(knex: Knex, model: ModelDefinition): Promise<void> {
    const isTable = model.materialisation === "table";
    await knex("ops.model").insert({
        model_name: model.name,
        layer: model.layer,
        schema_name: model.layer,
        materialisation: model.materialisation,
        description: model.description,
        grain: model.grain,
        select_schema: isTable ? "prep" : null,
        select_view: isTable ? selectViewName(model.name) : null,
        primary_key: isTable ? model.primaryKey : [],
        entity_key: isTable ? model.entityKey : null,
        affected_by: JSON.stringify(isTable ? (model.affectedBy ?? {}) : {}),
        tags: model.tags ?? [],
        columns: JSON.stringify(
            model.columns.map(({ name, type, notNull = false, description }) => ({ name, type, notNull, description })),
        ),
        fingerprint: {},
    });
    await registerDataTests(knex, model, model.tests ?? [], 0);
}

/** What the tests and mappings of a model are checked against. */
export type RegisteredModel =
    | Pick<ViewModelDefinition, "name" | "layer" | "materialisation">
    | Pick<TableModelDefinition, "name" | "layer" | "materialisation" | "entityKey" | "affectedBy">;

/** Enters tests of a model that is registered, in their order from `firstPosition` on. */
export async function registerDataTests(
    knex: Knex,
    model: RegisteredModel,
    definitions: readonly DataTestDefinition[],
    firstPosition: number,
): Promise<void> {
    const layerOf = new Map(
        (await knex("ops.model").select<{ model_name: string; layer: string }[]>("model_name", "layer")).map((row) => [
            row.model_name,
            row.layer,
        ]),
    );
    const relationOf = (name: string): Relation => {
        const layer = layerOf.get(name);
        if (layer === undefined) {
            throw new StardeckError(`A test of "${model.name}" refers to "${name}", which is no model.`, {
                code: "failed",
            });
        }
        return { schema: layer, name };
    };
    const tests: Record<string, unknown>[] = [];
    for (const [index, test] of definitions.entries()) {
        const compiled = compileDataTest(test, { schema: model.layer, name: model.name }, relationOf);
        const failingRowsSql = bindSourceSchema(knex, compiled.failingRowsSql).trim().replace(/;$/, "");
        await checkSql(knex, failingRowsSql, `The test "${compiled.name}"`);
        tests.push({
            test_name: compiled.name,
            model_name: model.name,
            kind: test.kind,
            columns: compiled.columns,
            severity: test.severity ?? "error",
            max_failures: test.maxFailures ?? 0,
            description: test.description ?? "",
            refers_to: test.kind === "relationships" ? test.to : null,
            refers_to_column: test.kind === "relationships" ? test.toColumn : null,
            is_per_entity: model.materialisation === "table" && isPerEntity(test, model.entityKey),
            failing_rows_sql: failingRowsSql,
            position: firstPosition + index,
        });
    }
    if (tests.length > 0) {
        await knex("ops.data_test").insert(tests);
    }
}

/** Refuses a model that reads itself, and a table model that would miss changes of something it reads. */
export async function checkLineage(knex: Knex, model: RegisteredModel): Promise<void> {
    const { rows: edges } = await knex.raw<{ rows: ModelEdge[] }>(modelEdgesSql);
    const upstream = groupByModel(edges);
    const cycle = findCycleOrNull(upstream);
    if (cycle !== null) {
        throw new StardeckError(`The models read each other in a circle: ${cycle.join(" → ")}.`, {
            code: "failed",
            hint: "Move what both need into a model of its own.",
        });
    }
    if (model.materialisation === "view") {
        return;
    }
    const registered =
        await knex("ops.model").select<{ model_name: string; layer: string; materialisation: string }[]>();
    const views = new Set(registered.filter((row) => row.materialisation === "view").map((row) => row.model_name));
    const upstreams = nearestTables(model.name, upstream, (name) => views.has(name));
    const mappings = new Map(Object.entries(model.affectedBy ?? {}));
    for (const upstream of upstreams) {
        const declared = mappings.get(upstream.upstreamName);
        mappings.delete(upstream.upstreamName);
        if (declared === undefined && upstream.upstreamKind === "source") {
            throw new StardeckError(
                `"${model.name}" reads the source "${upstream.upstreamName}" but does not say which ${model.entityKey} its new rows affect.`,
                { code: "failed", hint: `Add affectedBy: { ${upstream.upstreamName}: "select … from changed" }.` },
            );
        }
        const mapping = declared ?? sameColumnMapping(model.entityKey);
        const relation = await changedRelation(knex, upstream);
        await checkSql(
            knex,
            `with changed as (select * from ${relation}) ${mapping}`,
            `The mapping of changes in "${upstream.upstreamName}" to ${model.entityKey} of "${model.name}"`,
        );
    }
    const [unknown] = mappings.keys();
    if (unknown !== undefined) {
        throw new StardeckError(`"${model.name}" declares what changes in "${unknown}" affect, but does not read it.`, {
            code: "failed",
            hint: `It reads ${upstreams.map((upstream) => upstream.upstreamName).join(", ")}.`,
        });
    }
}

async function changedRelation(knex: Knex, upstream: ModelEdge): Promise<string> {
    const table = upstream.upstreamKind === "model" ? "ops.model" : "ops.source";
    const nameColumn = upstream.upstreamKind === "model" ? "model_name" : "source_name";
    const row = await knex(table)
        .where({ [nameColumn]: upstream.upstreamName })
        .first<{ layer?: string; source_schema?: string } | undefined>();
    return quoteQualified(row?.layer ?? row?.source_schema ?? "", upstream.upstreamName);
}

/** Lets PostgreSQL plan a SELECT without running it. */
async function checkSql(knex: Knex, sql: string, what: string): Promise<void> {
    try {
        await runSql(knex, `explain ${sql}`);
    } catch (error) {
        throw new StardeckError(`${what} is not a SELECT that PostgreSQL accepts: ${errorMessage(error)}.`, {
            code: "failed",
            cause: error,
        });
    }
}
