import type { Database } from "../database/database.js";
import { buildClippedSql } from "./cell-sql.js";
import { buildCountedValues, clipCharacters, parseValueCount, type ValueCount } from "./counted-values.js";
import { placeInGiven } from "./from-sql.js";
import { roleSettingsOf, type GridView } from "./grid-view.js";
import { makeParameters } from "./parameters.js";
import type { ReadOptions } from "./relation.js";

export type { ValueCount };

export interface ValueCounts {
    /** The most frequent first; equally frequent values in ascending order, null last. */
    readonly values: readonly ValueCount[];
    /** The number of different values without null. */
    readonly distinctCount: number;
    readonly rowCount: number;
}

/** The most frequent values of a column among all rows of the view; reads all rows. */
export async function loadValueCounts(
    database: Database,
    view: GridView,
    column: string,
    { maxValues, ...options }: ReadOptions & { readonly maxValues: number },
): Promise<ValueCounts> {
    const parameters = makeParameters();
    const counted = buildCountedValues(view, column, parameters);
    const sql = `
        with counted as materialized (${counted.sql})

        select
            ${buildClippedSql("value", counted.typeId, clipCharacters)},
            rows,
            (select sum(rows) from counted),
            (select count(value) from counted)
        from counted
        order by rows desc, value
        limit ${parameters.bind(String(maxValues), "bigint")}`;
    try {
        const { rows } = await database.withReadOnlyTransaction(
            (connection) => connection.queryText(sql, parameters.values),
            { ...options, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
        const [first] = rows;
        const rowCount = Number(first?.[2] ?? 0);
        return {
            values: rows.map(([value = null, count]) =>
                parseValueCount(value, Number(count), rowCount, counted.typeId),
            ),
            distinctCount: Number(first?.[3] ?? 0),
            rowCount,
        };
    } catch (error) {
        throw placeInGiven(error, view);
    }
}
