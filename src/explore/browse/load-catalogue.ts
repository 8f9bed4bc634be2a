import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { CatalogueRelation } from "./complete-sql.js";
import type { ReadOptions } from "./relation.js";

/** All tables and views that rows can be read from, the system's own left out, with their columns. */
export function loadCatalogue(database: Database, options: ReadOptions): Promise<readonly CatalogueRelation[]> {
    void [database, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
