import type { ModelFile } from "../../project/project.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import type { Queryable } from "../queryable.js";
import { indexName, primaryKeyName, selectRelationOf } from "./model-sql.js";

interface Renaming {
    readonly before: ModelFile;
    readonly after: ModelFile;
    readonly selectSchema: string;
}

/** Old name → new name of the columns that a model's files rename. */
export function renamedColumns(
    { before, after }: Pick<Renaming, "before" | "after">,
    known: readonly string[],
): ReadonlyMap<string, string> {
    const wanted = new Map(Object.entries(after.columns));
    const names = new Map<string, string>();
    for (const [name, { renamedFrom }] of wanted) {
        if (renamedFrom !== undefined && known.includes(renamedFrom) && !known.includes(name)) {
            names.set(renamedFrom, name);
        }
    }
    // A rollback renames back.
    for (const [name, { renamedFrom }] of Object.entries(before.columns)) {
        if (renamedFrom !== undefined && known.includes(name) && !known.includes(renamedFrom) && !wanted.has(name)) {
            names.set(name, renamedFrom);
        }
    }
    return names;
}

/**
 * Renames a model's relations, columns and record, and moves them to their new database schema; rows, grants and dependent objects
 * stay.
 *
 * @param known its current columns
 * @returns the earlier definition with the new names
 */
export async function renameModel(
    database: Queryable,
    renaming: Renaming,
    known: readonly string[],
): Promise<ModelFile> {
    const { before, after, selectSchema } = renaming;
    const columns = renamedColumns(renaming, known);
    const nameOf = (column: string): string => columns.get(column) ?? column;
    const renamed: ModelFile = {
        ...before,
        name: after.name,
        layer: after.layer,
        schema: after.schema,
        primaryKey: before.primaryKey.map(nameOf),
        indexes: before.indexes.map((index) => index.map(nameOf)),
    };
    const isMoved = before.name !== after.name || before.schema !== after.schema;
    if (!isMoved && columns.size === 0) {
        return renamed;
    }
    const isTable = before.materialisation === "table";
    const statements: string[] = [];
    const oldSelect = selectRelationOf(before, selectSchema);
    const newSelect = selectRelationOf(renamed, selectSchema);
    const relations = isTable
        ? [
              {
                  kind: "table",
                  from: { schema: before.schema, name: before.name },
                  to: { schema: renamed.schema, name: renamed.name },
              },
              { kind: "view", from: oldSelect, to: newSelect },
          ]
        : [{ kind: "view", from: oldSelect, to: newSelect }];
    for (const { kind, from, to } of relations) {
        const altered = `alter ${kind} ${quoteQualified(from.schema, from.name)}`;
        const atHome = `alter ${kind} ${quoteQualified(from.schema, to.name)}`;
        statements.push(
            ...(from.name === to.name ? [] : [`${altered} rename to ${quoteIdentifier(to.name)}`]),
            ...(from.schema === to.schema ? [] : [`${atHome} set schema ${quoteIdentifier(to.schema)}`]),
            ...[...columns].map(
                ([old, name]) =>
                    `alter ${kind} ${quoteQualified(to.schema, to.name)} rename column ${quoteIdentifier(old)} to ${quoteIdentifier(name)}`,
            ),
        );
    }
    if (isTable) {
        const table = quoteQualified(renamed.schema, renamed.name);
        if (primaryKeyName(before) !== primaryKeyName(renamed)) {
            statements.push(
                `alter table ${table} rename constraint ${quoteIdentifier(primaryKeyName(before))} to ${quoteIdentifier(primaryKeyName(renamed))}`,
            );
        }
        for (const [position, index] of before.indexes.entries()) {
            const old = indexName(before, index);
            const name = indexName(renamed, renamed.indexes[position] ?? []);
            if (old !== name) {
                statements.push(
                    `alter index if exists ${quoteQualified(renamed.schema, old)} rename to ${quoteIdentifier(name)}`,
                );
            }
        }
    }
    await database.query([...statements, ...recordSql(renaming)].join(";\n"));
    return renamed;
}

/** Statements that move everything in `ops` about a model, also its history, to the new name. */
function recordSql({ before, after, selectSchema }: Renaming): readonly string[] {
    const [old, name] = [quoteLiteral(before.name), quoteLiteral(after.name)];
    const select = selectRelationOf({ ...before, name: after.name }, selectSchema).name;
    const move = `update ops.model set model_name = ${name}, layer = ${quoteLiteral(after.layer)}, schema_name = ${quoteLiteral(after.schema)},
            select_view = case when select_view is not null then ${quoteLiteral(select)} end
        where model_name = ${old}`;
    return before.name === after.name
        ? [move]
        : [
              move,
              `update ops.data_test set test_name = ${name} || substr(test_name, length(${old}) + 1) where model_name = ${name}`,
              `update ops.test_run set model_name = ${name}, test_name = ${name} || substr(test_name, length(${old}) + 1) where model_name = ${old}`,
              `update ops.model_run set model_name = ${name} where model_name = ${old}`,
              `update ops.row_change set model_name = ${name} where model_name = ${old}`,
              `update ops.affected_entity set upstream_name = ${name} where upstream_name = ${old}`,
          ];
}
