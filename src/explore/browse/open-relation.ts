import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { ReadOptions, Relation } from "./relation.js";

/**
 * Any table, view or materialised view.
 *
 * @throws StardeckError `failed` when it is not in the database.
 */
export function openRelation(
    database: Database,
    name: { readonly schema: string; readonly name: string },
    options: ReadOptions,
): Promise<Relation> {
    void [database, name, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
