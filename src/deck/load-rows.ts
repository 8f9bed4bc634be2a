import { loadLastBuild } from "../runs/last-build.js";
import type { Connection } from "../database/connection.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { checkStatement } from "../browse/check-given-sql.js";
import { inBrackets, placeInText } from "../browse/from-sql.js";
import { findRelation, loadColumns } from "../browse/find-relation.js";
import { findPresentedOrNull, presentModel, titleOf } from "../browse/present-model.js";
import { formatQuantity } from "../text/format-values.js";
import { statementHint } from "../browse/given-sql.js";
import { loadRegistry, type Model } from "../warehouse/registry.js";
import type { BlockRows } from "./block-content.js";
import type { RowsFrom } from "./live-block.js";
import { loadModelSqlOrNull } from "./load-model-sql.js";

/** More rows than fit on a slide, and enough for a chart. */
const maxRows = 1000;
/** Rows beyond this are not counted, because it would take too long. */
const maxCount = 1_000_000;

/**
 * Reads the first rows that a block shows, and how many there are.
 *
 * @throws StardeckError for a model that does not exist; StatementError placed in the block's SQL.
 */
export async function loadRows(connection: Connection, from: RowsFrom): Promise<BlockRows> {
    if (from.kind === "sql") {
        const sql = checkStatement(from.sql);
        try {
            return {
                ...(await readRows(connection, sql)),
                sql,
                presentation: null,
                about: "",
                notes: [],
                relation: null,
            };
        } catch (error) {
            throw placeInText(error, sql, statementHint);
        }
    }
    const registry = await loadRegistry(connection);
    const relation = findRelation(registry, from.name);
    const { schema, name, primaryKey } = relation;
    const { columns, sorts } = presentModel(
        await loadColumns(connection, relation),
        findPresentedOrNull(registry, relation),
    );
    const sorted = sorts.length === 0 ? primaryKey.map((column) => ({ column, descending: false })) : sorts;
    const by = sorted.map(
        ({ column, descending }) => `${quoteIdentifier(column)}${descending ? " desc nulls last" : ""}`,
    );
    const order = by.length === 0 ? "" : ` order by ${by.join(", ")}`;
    const select = `select ${columns.map(({ name: column }) => quoteIdentifier(column)).join(", ")} from ${quoteQualified(schema, name)}${order}`;
    const model = relation.kind === "model" ? registry.models.find((each) => each.name === name) : undefined;
    const rows = await readRows(connection, select);
    return {
        ...rows,
        columns: rows.columns.map((field) => ({ ...columns.find((column) => column.name === field.name), ...field })),
        presentation: model?.presentation ?? null,
        about: model === undefined ? relation.description : titleOf(model),
        sql: (model === undefined ? null : await loadModelSqlOrNull(connection, model)) ?? select,
        notes: model === undefined ? [] : await describeState(connection, model, rows.rowCount),
        relation: { schema, name },
    };
}

async function readRows(
    connection: Connection,
    sql: string,
): Promise<Pick<BlockRows, "columns" | "rows" | "rowCount" | "isCountExact">> {
    // The parameter makes pg use the extended protocol, in which several statements are refused as a whole.
    const { fields, rows } = await connection.queryText(
        `select * from ${inBrackets(sql)} as slide_rows where $1::boolean limit ${maxRows + 1}`,
        ["true"],
    );
    if (rows.length <= maxRows) {
        return { columns: fields, rows, rowCount: rows.length, isCountExact: true };
    }
    const counted = await connection.query<{ rowCount: number }>(
        `select count(*)::float8 as "rowCount"
        from (select from ${inBrackets(sql)} as slide_rows where $1::boolean limit ${maxCount + 1}) as counted`,
        [true],
    );
    const rowCount = counted.rows[0]?.rowCount ?? rows.length;
    return {
        columns: fields,
        rows: rows.slice(0, maxRows),
        rowCount: Math.min(rowCount, maxCount),
        isCountExact: rowCount <= maxCount,
    };
}

/** Notes about a model's rows: missing because it was never built, or old because its last build failed. */
async function describeState(connection: Connection, model: Model, rowCount: number): Promise<readonly string[]> {
    if (model.materialisation === "view") {
        return [];
    }
    const { isBuilt, status, runId } = await loadLastBuild(connection, model.name);
    const run = runId === null ? "" : ` in run ${runId}`;
    if (status === "failed" || status === "skipped" || status === "cancelled") {
        const word = { failed: "failed", skipped: "was skipped", cancelled: "was cancelled" }[status];
        const kept = rowCount > 0 ? `, so these ${formatQuantity(rowCount, "row")} are what was published before` : "";
        return [`${model.name} ${word}${run}${kept}.`];
    }
    return isBuilt ? [] : [`${model.name} was never built: \`stardeck build --select +${model.name}\` does it.`];
}
