import { keepDigitsSql } from "../database/exact-numbers.js";
import { quoteIdentifier, quoteLiteral } from "../sql/identifiers.js";
import type { Queryable } from "../warehouse/registry.js";

/** A row's values as PostgreSQL writes them, by column; long ones are cut. */
export type RowTexts = Readonly<Record<string, string | null>>;

/** A row's values as JSON, by column; numbers of more digits than JavaScript holds are strings. */
export type RowValues = Readonly<Record<string, unknown>>;

/** A row before and after a run. */
export interface ChangedRow<Values = RowValues> {
    readonly operation: "insert" | "update" | "delete";
    readonly before: Values | null;
    readonly after: Values | null;
}

/** The sample of rows that a run changed in one model. */
export interface ChangedRows {
    /** In the table's order. */
    readonly columns: readonly string[];
    /** SQL type by column: `numeric(12,2)`; dropped columns are missing. */
    readonly types: Readonly<Record<string, string>>;
    readonly rows: readonly ChangedRow<RowTexts>[];
}

const longestValue = 2000;

/** Loads the sample that a run kept. A first load keeps none: every row is new. Numbers stay text, so they lose no digits. */
export async function loadChangedRows(
    database: Queryable,
    runId: string,
    { modelName, schema }: { readonly modelName: string; readonly schema: string },
): Promise<ChangedRows> {
    const rows = await loadSample<RowTexts>(database, runId, modelName, textsSql);
    const { rows: columns } = await database.query<{ name: string; type: string }>(
        `select attname::text as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and attnum > 0 and not attisdropped
        order by attnum`,
        [schema, modelName],
    );
    const known = columns.map(({ name }) => name);
    // Columns that a later migration has dropped.
    const others = rows.flatMap(({ before, after }) => Object.keys(after ?? before ?? {}));
    return {
        columns: [...new Set([...known, ...others])],
        types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
        rows,
    };
}

/** The same sample with its values as JSON. */
export function loadChangedValues(
    database: Queryable,
    runId: string,
    modelName: string,
): Promise<readonly ChangedRow[]> {
    return loadSample<RowValues>(database, runId, modelName, keepDigitsSql);
}

async function loadSample<Values>(
    database: Queryable,
    runId: string,
    modelName: string,
    valuesSql: (row: string) => string,
): Promise<readonly ChangedRow<Values>[]> {
    const { rows } = await database.query<ChangedRow<Values>>(
        `select operation, ${valuesSql("old_row")} as before, ${valuesSql("new_row")} as after
        from ops.row_change
        where run_id = $1 and model_name = $2
        order by position`,
        [runId, modelName],
    );
    return rows;
}

function textsSql(row: string): string {
    return `(select jsonb_object_agg(key, left(value, ${longestValue})) from jsonb_each_text(${row}))`;
}

/**
 * A SELECT of changed rows with old and new values side by side: what happened to the row, its key, each column that changed in
 * some row as `status before` and `status`, then the columns that changed in no row.
 *
 * @param recorded the run that has kept the rows; null if no run has, then the statement itself contains them
 */
export function buildChangedRowsSql(
    { columns, types, rows }: ChangedRows,
    primaryKey: readonly string[],
    recorded: { readonly runId: string; readonly modelName: string } | null,
): string {
    const values = columns.filter((name) => !primaryKey.includes(name));
    const isChanged = (name: string): boolean =>
        rows.some(({ before, after }) => before !== null && after !== null && before[name] !== after[name]);
    const valueSql = (row: string, name: string): string => {
        const text = `${row} ->> ${quoteLiteral(name)}`;
        return types[name] === undefined ? text : `(${text})::${types[name]}`;
    };
    const either = "coalesce(new_row, old_row)";
    return [
        "select",
        [
            `    case operation when 'insert' then 'new' when 'update' then 'changed' else 'gone' end as "change"`,
            ...primaryKey.map((name) => `    ${valueSql(either, name)} as ${quoteIdentifier(name)}`),
            ...values
                .filter(isChanged)
                .flatMap((name) => [
                    `    ${valueSql("old_row", name)} as ${quoteIdentifier(`${name} before`)}`,
                    `    ${valueSql("new_row", name)} as ${quoteIdentifier(name)}`,
                ]),
            ...values
                .filter((name) => !isChanged(name))
                .map((name) => `    ${valueSql(either, name)} as ${quoteIdentifier(name)}`),
        ].join(",\n"),
        ...(recorded === null
            ? [
                  `from jsonb_to_recordset(${quoteLiteral(JSON.stringify(rows.map(toRecord)))}::jsonb)`,
                  "    as changed (position integer, operation text, old_row jsonb, new_row jsonb)",
              ]
            : [
                  "from ops.row_change",
                  `where run_id = ${quoteLiteral(recorded.runId)} and model_name = ${quoteLiteral(recorded.modelName)}`,
              ]),
        "order by position",
    ].join("\n");
}

function toRecord({ operation, before, after }: ChangedRow<RowTexts>, position: number): object {
    return { position, operation, old_row: before, new_row: after };
}

/** A condition that selects those of these rows that still exist in the table; null when all were deleted. */
export function buildChangedRowsCondition(
    primaryKey: readonly string[],
    rows: readonly ChangedRow<RowTexts>[],
): string | null {
    const keys = rows.flatMap(({ after }) => {
        const values = after === null ? [] : primaryKey.map((column) => after[column]);
        return values.length > 0 && values.every((value) => typeof value === "string") ? [values] : [];
    });
    if (keys.length === 0) {
        return null;
    }
    const columns = primaryKey.map(quoteIdentifier).join(", ");
    const literals = keys.map((values) => values.map(quoteLiteral).join(", "));
    return primaryKey.length === 1
        ? `${columns} in (${literals.join(", ")})`
        : `(${columns}) in (${literals.map((values) => `(${values})`).join(", ")})`;
}
