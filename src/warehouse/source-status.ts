import { quoteQualified } from "../sql/identifiers.js";
import { findLandingProblemOrNull, type LandingProblem } from "./landing-table.js";
import type { Queryable, Source } from "./registry.js";
import { loadVersionTimeOrNull } from "./version-time.js";
import { isDemoSql, judgeSource, type Freshness } from "./source-freshness.js";

/** What stands in the database for a declared source. */
export type SourceStatus =
    | LandingProblem
    | {
          readonly kind: "found";
          readonly rowCount: number;
          /** ISO 8601 without time zone (UTC by convention); null when there are no rows, or none tells its time. */
          readonly newest: string | null;
          /** Null when nothing is expected of it, or it has no rows. */
          readonly ageHours: number | null;
          readonly freshness: Freshness;
      };

/** Looks at one landing table: is it there, readable, as declared, and fresh? */
export async function loadSourceStatus(database: Queryable, source: Source): Promise<SourceStatus> {
    const problem = await findLandingProblemOrNull(database, source);
    return problem ?? loadFreshness(database, quoteQualified(source.schema, source.table), source);
}

async function loadFreshness(database: Queryable, qualified: string, source: Source): Promise<SourceStatus> {
    const time = (await loadVersionTimeOrNull(database, source))?.time ?? "null::timestamp";
    const { rows } = await database.query<{
        rowCount: number;
        newest: string | null;
        ageHours: number | null;
        isDemo: boolean;
    }>(
        `select ${isDemoSql("$1")} as "isDemo", counted.*
        from (select
            count(*)::float8 as "rowCount",
            to_char(max(${time}) filter (where isfinite(${time})), 'YYYY-MM-DD"T"HH24:MI:SS') as "newest",
            round(
                (extract(epoch from (clock_timestamp() at time zone 'UTC') - max(${time}) filter (where isfinite(${time}))) / 3600)::numeric, 1
            )::float8 as "ageHours"
        from ${qualified}) as counted`,
        [source.schema],
    );
    const { rowCount = 0, newest = null, ageHours = null, isDemo = false } = rows[0] ?? {};
    return { kind: "found", rowCount, newest, ageHours, freshness: judgeSource(source, { ageHours, isDemo }) };
}
