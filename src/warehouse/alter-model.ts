import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { declaredColumns, loadColumns } from "./create-model.js";
import { compileDataTest, type Relation } from "./data-tests.js";
import type { DataTestDefinition } from "../project/definitions.js";
import type { ColumnDefinition, TableModelDefinition } from "./definitions.js";
import { checkLineage, registerDataTests, type RegisteredModel } from "./register-model.js";
import { runSql } from "./run-sql.js";
import { bindSourceSchema } from "./source-schema.js";

/** What a later migration changes in a model; everything else stays as it is. */
export interface ModelChange {
    /** The new SELECT: the columns as they were, and the added ones after them. */
    readonly select?: string;
    readonly addedColumns?: readonly ColumnDefinition[];
    /** New descriptions, by column. */
    readonly columnDescriptions?: Readonly<Record<string, string>>;
    /** Tests that are new, or take the place of the test of the same name. */
    readonly tests?: readonly DataTestDefinition[];
    readonly removedTests?: readonly string[];
}

/**
 * Changes a model in place: its table keeps its rows, and its views, grants and indexes. A table model whose SELECT is new
 * is rebuilt whole by the next build; until then readers see the rows that were published last.
 *
 * @throws StardeckError when there is no such model, or the SELECT has other columns than the change says.
 */
export async function alterModel(knex: Knex, name: string, change: ModelChange): Promise<void> {
    const model = await loadModel(knex, name);
    const relation: Relation = { schema: model.layer, name };
    const addedColumns = change.addedColumns ?? [];
    if (change.select !== undefined) {
        const view = model.selectView === null ? relation : { schema: "prep", name: model.selectView };
        await replaceView(knex, view, name, change.select, addedColumns);
    }
    if (model.definition.materialisation === "table") {
        for (const column of addedColumns) {
            await runSql(
                knex,
                `alter table ${quoteQualified(relation.schema, name)} add column ${quoteIdentifier(column.name)} ${column.type}`,
            );
        }
    }
    const descriptions = [
        ...Object.entries(change.columnDescriptions ?? {}),
        ...addedColumns.map((column) => [column.name, column.description] as const),
    ];
    for (const [column, description] of descriptions) {
        const qualified = `${quoteQualified(relation.schema, name)}.${quoteIdentifier(column)}`;
        await runSql(knex, `comment on column ${qualified} is ${quoteLiteral(description)}`);
    }
    await replaceTests(knex, model.definition, relation, change);
    if (change.select !== undefined) {
        await checkLineage(knex, model.definition);
    }
    if (addedColumns.length > 0) {
        const added = addedColumns.map(({ name: column, type, notNull = false, description }) => ({
            name: column,
            type,
            notNull,
            description,
        }));
        await knex.raw("update ops.model set columns = columns || ?::jsonb where model_name = ?", [
            JSON.stringify(added),
            name,
        ]);
    }
}

async function loadModel(
    knex: Knex,
    name: string,
): Promise<{ definition: RegisteredModel; layer: string; selectView: string | null }> {
    const row = await knex("ops.model").where({ model_name: name }).first<ModelRow | undefined>();
    if (row === undefined) {
        throw new StardeckError(`There is no model "${name}" to change.`, { code: "failed" });
    }
    const definition: RegisteredModel =
        row.materialisation === "view" || row.entity_key === null
            ? { name, layer: row.layer, materialisation: "view" }
            : {
                  name,
                  layer: row.layer,
                  materialisation: "table",
                  entityKey: row.entity_key,
                  affectedBy: row.affected_by,
              };
    return { definition, layer: row.layer, selectView: row.select_view };
}

interface ModelRow {
    readonly layer: TableModelDefinition["layer"];
    readonly materialisation: string;
    readonly select_view: string | null;
    readonly entity_key: string | null;
    readonly affected_by: Readonly<Record<string, string>>;
}

async function replaceView(
    knex: Knex,
    view: Relation,
    modelName: string,
    select: string,
    addedColumns: readonly ColumnDefinition[],
): Promise<void> {
    const expected = [
        ...(await loadColumns(knex, view.schema, view.name)),
        ...(await declaredColumns(knex, addedColumns)),
    ];
    const withoutEnd = bindSourceSchema(knex, select).trim().replace(/;$/, "");
    try {
        await runSql(knex, `create or replace view ${quoteQualified(view.schema, view.name)} as\n${withoutEnd}`);
    } catch (error) {
        throw new StardeckError(
            `The new SELECT of "${modelName}" cannot replace the old one: ${errorMessage(error)}.`,
            {
                code: "failed",
                hint: "Keep the columns it had, in their order, and add new ones after them.",
                cause: error,
            },
        );
    }
    const actual = await loadColumns(knex, view.schema, view.name);
    if (actual.join() !== expected.join()) {
        throw new StardeckError(
            `The new SELECT of "${modelName}" has the columns ${actual.join(", ")}, declared are ${expected.join(", ")}.`,
            { code: "failed", hint: "Cast or rename in the SELECT, or change the added columns." },
        );
    }
}

async function replaceTests(
    knex: Knex,
    model: RegisteredModel,
    relation: Relation,
    { tests = [], removedTests = [] }: ModelChange,
): Promise<void> {
    // The name of a test depends on its own model alone.
    const names = tests.map((test) => compileDataTest(test, relation, (other) => ({ ...relation, name: other })).name);
    await knex("ops.data_test")
        .whereIn("test_name", [...names, ...removedTests])
        .where({ model_name: model.name })
        .delete();
    const last = await knex("ops.data_test")
        .where({ model_name: model.name })
        .max<{ position: number | null }>({ position: "position" })
        .first();
    await registerDataTests(knex, model, tests, (last?.position ?? -1) + 1);
}
