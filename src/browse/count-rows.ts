import type { Database } from "../database/database.js";
import { countAll } from "./count-all.js";
import { estimateStatement } from "./estimate.js";
import { buildConditions, buildWhereSql } from "./filter-sql.js";
import { buildFromSql, placeInGiven } from "./from-sql.js";
import { roleSettingsOf, type GridView } from "./grid-view.js";
import { makeParameters } from "./parameters.js";
import type { ReadOptions } from "./relation.js";

/** The exact number of the view's rows; reads all of them. */
export async function countRows(database: Database, view: GridView, options: ReadOptions): Promise<number> {
    try {
        return await database.withReadOnlyTransaction((connection) => countAll({ connection, view }), {
            ...options,
            roleSettings: roleSettingsOf(view),
            isGuarded: true,
        });
    } catch (error) {
        throw placeInGiven(error, view);
    }
}

/** The planner's estimate of the view's rows; reads none of them. */
export async function estimateRows(database: Database, view: GridView, options: ReadOptions): Promise<number> {
    const parameters = makeParameters();
    const where = buildWhereSql(buildConditions(view, parameters));
    try {
        return await database.withReadOnlyTransaction(
            (connection) =>
                estimateStatement(connection, `select from ${buildFromSql(view.relation)}${where}`, parameters.values),
            { ...options, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
    } catch (error) {
        throw placeInGiven(error, view);
    }
}
