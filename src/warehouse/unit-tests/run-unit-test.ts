import { errorMessage, StatementError } from "../../database/errors.js";
import type { UnitTestRow } from "../../project/definitions.js";
import type { UnitTestFile } from "../../project/read-unit-tests.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { didYouMean } from "../../text/nearest-name.js";
import type { Queryable } from "../queryable.js";
import { compareRows, type Cells, type RowDifference } from "./compare-rows.js";
import { listRelations, replaceRelations, type NamedRelation } from "./replace-relations.js";

/** What a unit test needs to know about its model. */
export interface TestedModel {
    readonly name: string;
    /** With the source schema bound. */
    readonly select: string;
    /** Rows with equal values in these columns are compared cell by cell; may be empty. */
    readonly primaryKey: readonly string[];
}

/** A part of a unit test's definition: `["given", "orders", 0, "amount"]`. */
export type UnitTestPath = readonly (string | number)[];

export interface UnitTestResult {
    readonly modelName: string;
    readonly testName: string;
    /** `broken`: the test itself is wrong, so that it could not run. */
    readonly status: "passed" | "failed" | "broken";
    /** Why it is broken, one sentence; null for the others. */
    readonly message: string | null;
    /** The part of the test that the message is about. */
    readonly path: UnitTestPath;
    /** The columns that the expected rows name, in the order of the SELECT. */
    readonly columns: readonly string[];
    readonly differences: readonly RowDifference[];
}

/** The test itself is wrong. */
class BrokenTest extends Error {
    constructor(
        message: string,
        readonly path: UnitTestPath,
    ) {
        super(message);
    }
}

interface Column {
    readonly name: string;
    readonly type: string;
}

/**
 * Runs a model's SELECT over the given rows instead of the relations that it reads, and compares the result with the expected rows.
 * Runs in an open transaction and undoes its changes there.
 *
 * @param columnsFrom the quoted relation with the columns that an input will have; null if the input already has them
 */
export async function runUnitTest(
    database: Queryable,
    model: TestedModel,
    { name: testName, definition }: Pick<UnitTestFile, "name" | "definition">,
    columnsFrom: (input: NamedRelation) => string | null = () => null,
): Promise<UnitTestResult> {
    const result = { modelName: model.name, testName, message: null, path: [], columns: [], differences: [] };
    await database.query("savepoint unit_test");
    try {
        const { columns, differences } = await compareWithExpected(database, model, definition, columnsFrom);
        return { ...result, status: differences.length === 0 ? "passed" : "failed", columns, differences };
    } catch (error) {
        if (error instanceof BrokenTest) {
            return { ...result, status: "broken", message: error.message, path: error.path };
        }
        if (!(error instanceof StatementError) || error.sqlState === "57014") {
            throw error;
        }
        return { ...result, status: "broken", message: `Its SELECT fails over these rows: ${errorMessage(error)}.` };
    } finally {
        await database.query("rollback to savepoint unit_test");
        await database.query("release savepoint unit_test");
    }
}

async function compareWithExpected(
    database: Queryable,
    model: TestedModel,
    definition: UnitTestFile["definition"],
    columnsFrom: (input: NamedRelation) => string | null,
): Promise<Pick<UnitTestResult, "columns" | "differences">> {
    const inputs = await listRelations(model.select);
    const givenTo = matchInputs(inputs, Object.keys(definition.given), model.name);
    const tables = new Map<string, string>();
    for (const [index, input] of inputs.entries()) {
        const table = `given_${index + 1}`;
        await database.query(
            `create temporary table ${table} on commit drop as select * from ${columnsFrom(input) ?? keyOf(input)} with no data`,
        );
        tables.set(keyOf(input), `pg_temp.${table}`);
        const given = givenTo.get(keyOf(input));
        if (given !== undefined) {
            await insertRows(database, table, definition.given[given] ?? [], ["given", given], `of ${input.name}`);
        }
    }
    const select = await replaceRelations(model.select, (relation) => tables.get(keyOf(relation)) ?? null);
    await database.query(`create temporary table found on commit drop as select * from (${select}\n) as found`);
    await database.query("create temporary table expected on commit drop as select * from pg_temp.found with no data");
    const all = await insertRows(database, "expected", definition.expect, ["expect"], `of ${model.name}`);
    const named = new Set(definition.expect.flatMap((row) => Object.keys(row)));
    // Without expected rows, show every column.
    const columns = all.filter(({ name }) => named.size === 0 || named.has(name));
    return {
        columns: columns.map(({ name }) => name),
        differences: compareRows(
            await loadRows(database, "expected", columns),
            await loadRows(database, "found", columns),
            keyColumns(model.primaryKey, columns),
        ),
    };
}

const keyOf = ({ schema, name }: NamedRelation): string => quoteQualified(schema, name);

/** The positions of the key's columns; empty if one of them is not compared. */
function keyColumns(primaryKey: readonly string[], columns: readonly Column[]): readonly number[] {
    const positions = primaryKey.map((name) => columns.findIndex((column) => column.name === name));
    return positions.includes(-1) ? [] : positions;
}

/** Maps the quoted name of each input to the name under which its rows are given, with or without a schema. */
function matchInputs(
    inputs: readonly NamedRelation[],
    names: readonly string[],
    modelName: string,
): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const name of names) {
        const meant = inputs.filter((input) => input.name === name || `${input.schema}.${input.name}` === name);
        const [input] = meant;
        if (input === undefined) {
            const known = inputs.map((each) => each.name);
            throw new BrokenTest(
                `${modelName} does not read "${name}". ${didYouMean(name, known, known.length === 0 ? "It reads nothing." : `It reads ${known.join(", ")}.`)}`,
                ["given", name],
            );
        }
        if (meant.length > 1) {
            throw new BrokenTest(
                `${modelName} reads several relations "${name}": write ${meant.map(({ schema }) => `${schema}.${name}`).join(" or ")}.`,
                ["given", name],
            );
        }
        if (found.has(keyOf(input))) {
            throw new BrokenTest(`The rows of "${name}" are given twice.`, ["given", name]);
        }
        found.set(keyOf(input), name);
    }
    return found;
}

/** @returns the columns of the table */
async function insertRows(
    database: Queryable,
    table: string,
    rows: readonly UnitTestRow[],
    path: UnitTestPath,
    owner: string,
): Promise<readonly Column[]> {
    const { rows: columns } = await database.query<Column>(
        `select attname::text as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = ${quoteLiteral(`pg_temp.${table}`)}::regclass and attnum > 0 and not attisdropped
        order by attnum`,
    );
    const known = columns.map(({ name }) => name);
    for (const [index, row] of rows.entries()) {
        for (const name of Object.keys(row).filter((each) => !known.includes(each))) {
            throw new BrokenTest(
                `There is no column "${name}" ${owner}. ${didYouMean(name, known, `It has ${known.join(", ")}.`)}`,
                [...path, index, name],
            );
        }
    }
    if (rows.length === 0) {
        return columns;
    }
    await database.query("savepoint given_rows");
    try {
        await database.query(
            `insert into pg_temp.${table} select * from jsonb_populate_recordset(null::pg_temp.${table}, ${json(rows)})`,
        );
        await database.query("release savepoint given_rows");
    } catch (error) {
        if (!(error instanceof StatementError) || error.sqlState === "57014") {
            throw error;
        }
        await database.query("rollback to savepoint given_rows");
        throw await findWrongValue(database, { table, rows, columns, path, error });
    }
    return columns;
}

/** Tries the values one by one, because PostgreSQL does not say which one it refused. */
async function findWrongValue(
    database: Queryable,
    {
        table,
        rows,
        columns,
        path,
        error,
    }: {
        readonly table: string;
        readonly rows: readonly UnitTestRow[];
        readonly columns: readonly Column[];
        readonly path: UnitTestPath;
        readonly error: StatementError;
    },
): Promise<BrokenTest> {
    for (const [index, row] of rows.entries()) {
        for (const [name, value] of Object.entries(row)) {
            const problem = await tryValue(database, table, { [name]: value });
            if (problem !== null) {
                const type = columns.find((column) => column.name === name)?.type ?? "";
                return new BrokenTest(`"${name}" is ${type}: ${problem}.`, [...path, index, name]);
            }
        }
    }
    return new BrokenTest(`${errorMessage(error)}.`, path);
}

async function tryValue(database: Queryable, table: string, row: UnitTestRow): Promise<string | null> {
    await database.query("savepoint given_value");
    try {
        await database.query(
            `insert into pg_temp.${table} select * from jsonb_populate_record(null::pg_temp.${table}, ${json(row)})`,
        );
        return null;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        return error.message;
    } finally {
        await database.query("rollback to savepoint given_value");
        await database.query("release savepoint given_value");
    }
}

const json = (value: unknown): string => `${quoteLiteral(JSON.stringify(value))}::jsonb`;

/** Loads the rows as texts, normalised so that equal values give equal texts. */
async function loadRows(database: Queryable, table: string, columns: readonly Column[]): Promise<readonly Cells[]> {
    const cells = columns.map(({ name, type }) => {
        const column = quoteIdentifier(name);
        const value =
            type.startsWith("numeric") && !type.endsWith("]")
                ? `trim_scale(${column})`
                : type === "json"
                  ? `${column}::jsonb`
                  : column;
        return `${value}::text`;
    });
    const { rows } = await database.query<{ cells: Cells }>(
        `select array[${cells.join(", ")}]::text[] as cells from pg_temp.${table}`,
    );
    return rows.map((row) => row.cells);
}
