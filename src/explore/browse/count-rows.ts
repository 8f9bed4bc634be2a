import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { ReadOptions } from "./relation.js";

/** How many rows the view has, exactly: reads all of them. */
export function countRows(database: Database, view: GridView, options: ReadOptions): Promise<number> {
    void [database, view, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}

/** How many rows the planner expects the view to have; reads none of them. */
export function estimateRows(database: Database, view: GridView, options: ReadOptions): Promise<number> {
    void [database, view, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
