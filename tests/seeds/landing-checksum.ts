import type { Database } from "../../src/database/database.js";
import { quoteQualified } from "../../src/sql/identifiers.js";
import { landingTables } from "../../src/seeds/seed-state.js";

/** One number over all rows of each landing table, whatever their order: equal content, equal checksum. */
export async function loadLandingChecksums(database: Database, schema: string): Promise<Record<string, string>> {
    const checksums: Record<string, string> = {};
    for (const table of landingTables) {
        const { rows } = await database.query<{ checksum: string }>(
            `select concat(count(*), ':', sum(('x' || left(md5(landed::text), 15))::bit(60)::bigint)) as checksum
            from ${quoteQualified(schema, table)} as landed`,
        );
        checksums[table] = rows[0]?.checksum ?? "";
    }
    return checksums;
}
