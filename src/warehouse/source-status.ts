import { quoteQualified } from "../sql/identifiers.js";
import { findLandingProblemOrNull, type LandingProblem } from "./landing-table.js";
import type { Queryable, Source } from "./registry.js";
import { loadVersionTimeOrNull } from "./version-time.js";
import { isDemoSql, judgeSource, type Freshness } from "./source-freshness.js";

/** The state of a declared source in the database. */
export type SourceStatus =
    | LandingProblem
    | {
          readonly kind: "found";
          readonly rowCount: number;
          /** ISO 8601 without time zone (UTC by convention); null if there are no rows, or no version column holds times. */
          readonly newest: string | null;
          /** Null if `newest` is null. */
          readonly ageHours: number | null;
          readonly freshness: Freshness;
      };

/** Checks that a landing table exists, is readable and as declared, and how fresh it is. */
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
