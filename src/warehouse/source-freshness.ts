import { quoteQualified } from "../sql/identifiers.js";
import { findLandingProblemOrNull, type LandingProblem } from "./landing-table.js";
import type { Queryable, Source } from "./registry.js";
import { loadVersionTimeOrNull, type VersionTime } from "./version-time.js";

/** How new a source's rows are. Demo data is not expected to have new rows. */
export type Freshness = "fresh" | "stale" | "much too old" | "not watched" | "demo data";

/** The age of a source's newest record, and how that is judged. */
export interface SourceAge {
    /** ISO 8601 without time zone (UTC by convention); null if there are no rows, or no version column holds times. */
    readonly newest: string | null;
    /** Null if `newest` is null. */
    readonly ageHours: number | null;
    readonly freshness: Freshness;
}

/** Reads only the newest record, which is quick with an index, and counts nothing. */
export async function loadSourceAge(
    database: Queryable,
    source: Source,
): Promise<LandingProblem | ({ readonly kind: "found" } & SourceAge)> {
    const problem = await findLandingProblemOrNull(database, source);
    if (problem !== null) {
        return problem;
    }
    const version = await loadVersionTimeOrNull(database, source);
    const { rows } = await database.query<{ newest: string | null; ageHours: number | null; isDemo: boolean }>(
        `select
            ${isDemoSql("$1")} as "isDemo",
            to_char(newest, 'YYYY-MM-DD"T"HH24:MI:SS') as newest,
            extract(epoch from (clock_timestamp() at time zone 'UTC') - newest)::float8 / 3600 as "ageHours"
        from (${version === null ? "select null::timestamp as newest" : newestSql(source, version)}) as versions`,
        [source.schema],
    );
    const { newest = null, ageHours = null, isDemo = false } = rows[0] ?? {};
    return { kind: "found", newest, ageHours, freshness: judgeSource(source, { ageHours, isDemo }) };
}

function newestSql({ schema, table }: Source, { column, time }: VersionTime): string {
    return `select (select ${time} from ${quoteQualified(schema, table)} where ${column} < 'infinity' order by ${column} desc limit 1) as newest`;
}

/**
 * Judges a source's freshness, in the same way for every place that shows it.
 *
 * @param ageHours null when there are no rows
 */
export function judgeSource(
    { warnAfterHours, errorAfterHours }: Pick<Source, "warnAfterHours" | "errorAfterHours">,
    { ageHours, isDemo }: { readonly ageHours: number | null; readonly isDemo: boolean },
): Freshness {
    if (isDemo) {
        return "demo data";
    }
    if (warnAfterHours === null || errorAfterHours === null || ageHours === null) {
        return "not watched";
    }
    if (ageHours > errorAfterHours) {
        return "much too old";
    }
    return ageHours > warnAfterHours ? "stale" : "fresh";
}

/** SQL that is true if a database schema holds the landing tables of stardeck's demo. */
export function isDemoSql(schema: string): string {
    return `exists (
        select 1
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = ${schema} and relname = 'stardeck_seed'
    )`;
}
