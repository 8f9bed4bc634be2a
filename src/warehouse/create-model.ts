import type { Knex } from "knex";
import { errorMessage, StardeckError } from "../config/errors.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { Relation } from "./data-tests.js";
import type { ColumnDefinition, ModelDefinition, TableModelDefinition } from "./definitions.js";
import { checkName, fitName } from "./names.js";
import { checkLineage, registerModel, selectViewName } from "./register-model.js";
import { runSql } from "./run-sql.js";
import { bindSourceSchema } from "./source-schema.js";
import { refuseTakenName } from "./taken-name.js";

/**
 * Makes a model: its SELECT as a view, its target (a table model's) with primary key, not-nulls, comments and indexes,
 * and its entry in `ops`. All of it or, in the migration's transaction, nothing.
 *
 * @throws StardeckError when SELECT and contract differ, a name is unusable, an upstream change has no mapping to entities,
 * or the model would read itself.
 */
export async function createModel(knex: Knex, model: ModelDefinition): Promise<void> {
    checkName("Model", model.name);
    const select = bindSourceSchema(knex, model.select);
    if (model.materialisation === "view") {
        await createView(knex, { schema: model.layer, name: model.name }, select, model);
        await commentOn(knex, "view", { schema: model.layer, name: model.name }, model);
    } else {
        const selectView = selectViewName(model.name);
        await createView(knex, { schema: "prep", name: selectView }, select, model);
        await knex.raw(`comment on view ?? is ${quoteLiteral(`The SELECT of ${model.layer}.${model.name}.`)}`, [
            `prep.${selectView}`,
        ]);
        await createTable(knex, model);
    }
    await registerModel(knex, model);
    await checkLineage(knex, model);
}

/** Removes a model, its data and its entry in `ops`; refused by PostgreSQL while anything else reads it. What is gone already is no problem. */
export async function dropModel(knex: Knex, name: string): Promise<void> {
    const model = await knex("ops.model").where({ model_name: name }).first<RegisteredModel | undefined>();
    if (model === undefined) {
        throw new StardeckError(`There is no model "${name}" to drop.`, { code: "failed" });
    }
    if (model.materialisation === "view") {
        await knex.raw("drop view if exists ??", [`${model.layer}.${name}`]);
    } else {
        await knex.raw("drop view if exists ??", [`prep.${model.select_view ?? ""}`]);
        await knex.schema.withSchema(model.layer).dropTableIfExists(name);
    }
    await knex("ops.model").where({ model_name: name }).delete();
}

interface RegisteredModel {
    readonly layer: string;
    readonly materialisation: string;
    readonly select_view: string | null;
}

async function createView(
    knex: Knex,
    view: Relation,
    select: string,
    { name, columns }: ModelDefinition,
): Promise<void> {
    await refuseTakenName(knex, view);
    const withoutEnd = select.trim().replace(/;$/, "");
    try {
        await runSql(knex, `create view ${quoteQualified(view.schema, view.name)} as\n${withoutEnd}`);
    } catch (error) {
        throw new StardeckError(`The SELECT of "${name}" is none that PostgreSQL accepts: ${errorMessage(error)}.`, {
            code: "failed",
            hint: "Correct the SELECT, or what it reads.",
            cause: error,
        });
    }
    const actual = await loadColumns(knex, view.schema, view.name);
    const expected = await declaredColumns(knex, columns);
    const differing = actual.findIndex((column, index) => column !== expected[index]);
    if (differing >= 0 || actual.length !== expected.length) {
        const place = differing >= 0 ? differing : actual.length;
        throw new StardeckError(
            `The SELECT of "${name}" does not keep its contract: column ${place + 1} is ${actual[place] ?? "missing"}, declared ${expected[place] ?? "nowhere"}.`,
            { code: "failed", hint: "Cast or rename in the SELECT, or change the declared columns." },
        );
    }
}

export async function loadColumns(knex: Knex, schema: string, name: string): Promise<readonly string[]> {
    const { rows } = await knex.raw<{ rows: { column: string }[] }>(
        `select attname || ' ' || format_type(atttypid, atttypmod) as column
         from pg_attribute
         where attrelid = (?)::regclass and attnum > 0 and not attisdropped
         order by attnum`,
        [quoteQualified(schema, name)],
    );
    return rows.map((row) => row.column);
}

/** `name type` for each declared column, the type as PostgreSQL writes it: `decimal(12, 2)` is `numeric(12,2)`. */
export async function declaredColumns(knex: Knex, columns: readonly ColumnDefinition[]): Promise<readonly string[]> {
    const list = columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
    await runSql(knex, `create temporary table stardeck_contract (${list})`);
    const declared = await loadColumns(knex, "pg_temp", "stardeck_contract");
    await runSql(knex, "drop table pg_temp.stardeck_contract");
    return declared;
}

async function createTable(knex: Knex, model: TableModelDefinition): Promise<void> {
    await refuseTakenName(knex, { schema: model.layer, name: model.name });
    await knex.schema.withSchema(model.layer).createTable(model.name, (table) => {
        for (const column of model.columns) {
            const builder = table.specificType(column.name, column.type);
            if (column.notNull === true || model.primaryKey.includes(column.name)) {
                builder.notNullable();
            }
        }
        table.primary([...model.primaryKey], {
            constraintName: fitName([model.name, ...model.primaryKey].join("_"), "_pk"),
        });
        for (const columns of model.indexes ?? []) {
            table.index([...columns], fitName([model.name, ...columns].join("_"), "_idx"));
        }
    });
    await commentOn(knex, "table", { schema: model.layer, name: model.name }, model);
}

async function commentOn(
    knex: Knex,
    kind: "view" | "table",
    relation: Relation,
    model: ModelDefinition,
): Promise<void> {
    const qualified = quoteQualified(relation.schema, relation.name);
    const text = quoteLiteral(`${model.description} Grain: ${model.grain}.`);
    const columns = model.columns.map(
        (column) =>
            `comment on column ${qualified}.${quoteIdentifier(column.name)} is ${quoteLiteral(column.description)}`,
    );
    await runSql(knex, [`comment on ${kind} ${qualified} is ${text}`, ...columns].join(";\n"));
}
