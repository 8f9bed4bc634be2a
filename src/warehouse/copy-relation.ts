import { createHash } from "node:crypto";
import { quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";

/** The table that holds the copy of a source, quoted. */
export function copyRelation(sourceName: string): string {
    const hash = createHash("sha256").update(sourceName).digest("hex").slice(0, 16);
    return quoteQualified("ops", `source_copy_${hash}`);
}

/** Drops the copies of sources that are no longer declared, or no longer as changed in place. */
export async function dropForeignCopies(database: Queryable): Promise<void> {
    const { rows } = await database.query<{ name: string }>(
        `delete from ops.source_copy
        where not exists (
            select from ops.source
            where source.source_name = source_copy.source_name and source.kind in ('table', 'view')
        )
        returning source_name as name`,
    );
    for (const { name } of rows) {
        await database.query(`drop table if exists ${copyRelation(name)}`);
    }
}
