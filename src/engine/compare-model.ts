import type { Connection } from "../database/connection.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { ModelFile } from "../project/project.js";
import type { ReplacementOf } from "./changed-upstream.js";
import { replaceRelations } from "../warehouse/unit-tests/replace-relations.js";

/** A row's values as PostgreSQL writes them. */
type Cells = readonly (string | null)[];

/** The rows of a model's current SELECT, compared with the published ones. */
export interface ComparedModel {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rowCount: number;
    /** The first rows, ordered by the key if there is one. */
    readonly rows: readonly Cells[];
    /** Null if nothing is published under its name. */
    readonly difference: ModelDifference | null;
}

export interface ModelDifference {
    readonly addedColumns: readonly string[];
    readonly removedColumns: readonly string[];
    readonly retypedColumns: readonly string[];
    readonly counts: {
        readonly onlyNow: number;
        readonly onlyThen: number;
        readonly differing: number;
        readonly equal: number;
    };
    /** The compared columns: those that both have. */
    readonly columns: readonly string[];
    /** A sample, the published row on the left. */
    readonly rows: readonly { readonly left: Cells | null; readonly right: Cells | null }[];
}

interface Column {
    readonly name: string;
    readonly type: string;
}

/**
 * Computes a model from its file and compares the rows with the published ones. Call it in an open transaction that is rolled back: it
 * makes temporary relations, and takes no lock that blocks readers.
 *
 * @param model the model, with the source schema bound in its SELECT
 * @param replacementOf replacements of upstream models whose files differ from the database
 * @throws StatementError if a SELECT fails
 */
export async function compareModel(
    connection: Connection,
    model: ModelFile,
    replacementOf: ReplacementOf,
    maxRows: number,
): Promise<ComparedModel> {
    const select = await replaceRelations(model.select, replacementOf);
    await connection.query(`create temporary table stardeck_now on commit drop as\n${select}`);
    const columns = await loadColumns(connection, "pg_temp.stardeck_now");
    const key = model.primaryKey.filter((name) => columns.some((column) => column.name === name));
    const order = key.length === 0 ? "" : `order by ${key.map(quoteIdentifier).join(", ")}`;
    const { rows } = await connection.queryText(`select * from pg_temp.stardeck_now ${order} limit ${maxRows}`);
    const { rows: counted } = await connection.query<{ count: number }>(
        "select count(*)::float8 as count from pg_temp.stardeck_now",
    );
    const published = await loadColumns(connection, quoteQualified(model.schema, model.name));
    return {
        columns,
        rowCount: counted[0]?.count ?? 0,
        rows,
        difference: published.length === 0 ? null : await compareRows(connection, model, columns, published, maxRows),
    };
}

/** Empty if there is no such relation. */
async function loadColumns(connection: Connection, relation: string): Promise<readonly Column[]> {
    const { rows } = await connection.query<Column>(
        `select attname::text as name, format_type(atttypid, atttypmod) as type
        from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
        order by attnum`,
        [relation],
    );
    return rows;
}

async function compareRows(
    connection: Connection,
    model: ModelFile,
    columns: readonly Column[],
    published: readonly Column[],
    maxRows: number,
): Promise<ModelDifference> {
    const typeThen = new Map(published.map(({ name, type }) => [name, type]));
    const common = columns.map(({ name }) => name).filter((name) => typeThen.has(name));
    const isKeyed = model.primaryKey.length > 0 && model.primaryKey.every((name) => common.includes(name));
    const texts = (names: readonly string[]): string =>
        `array[${names.map((name) => `${quoteIdentifier(name)}::text`).join(", ")}]::text[]`;
    const sideSql = (relation: string): string =>
        isKeyed
            ? `select ${texts(model.primaryKey)} as key, 1::bigint as place, ${texts(common)} as cells from ${relation}`
            : // Without a key, compare whole rows and number the duplicates.
              `select ${texts(common)} as key, row_number() over (partition by ${texts(common)}) as place, ${texts(common)} as cells from ${relation}`;
    await connection.query(
        `create temporary table stardeck_difference on commit drop as
        select coalesce(then_side.key, now_side.key) as key, then_side.cells as then_cells, now_side.cells as now_cells
        from (${sideSql(quoteQualified(model.schema, model.name))}) as then_side
        full join (${sideSql("pg_temp.stardeck_now")}) as now_side using (key, place)`,
    );
    const { rows: counts } = await connection.query<ModelDifference["counts"]>(
        `select
            (count(*) filter (where then_cells is null))::float8 as "onlyNow",
            (count(*) filter (where now_cells is null))::float8 as "onlyThen",
            (count(*) filter (where then_cells <> now_cells))::float8 as differing,
            (count(*) filter (where then_cells = now_cells))::float8 as equal
        from pg_temp.stardeck_difference`,
    );
    const { rows: sample } = await connection.query<{ left: Cells | null; right: Cells | null }>(
        `select then_cells as left, now_cells as right
        from pg_temp.stardeck_difference
        where then_cells is distinct from now_cells
        order by then_cells is null or now_cells is null, key
        limit ${maxRows}`,
    );
    const names = new Set(columns.map(({ name }) => name));
    return {
        addedColumns: columns.map(({ name }) => name).filter((name) => !typeThen.has(name)),
        removedColumns: published.map(({ name }) => name).filter((name) => !names.has(name)),
        retypedColumns: columns
            .filter(({ name, type }) => (typeThen.get(name) ?? type) !== type)
            .map(({ name }) => name),
        counts: counts[0] ?? { onlyNow: 0, onlyThen: 0, differing: 0, equal: 0 },
        columns: common,
        rows: sample,
    };
}
