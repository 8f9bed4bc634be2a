import type { Connection } from "../database/connection.js";
import { quoteQualified } from "../sql/identifiers.js";
import { StardeckError } from "../database/errors.js";
import type { CalendarDay } from "./calendar-day.js";

/** The landing tables that a daily batch fills. */
export const landingTables = [
    "customer",
    "product",
    "orders",
    "orderitem",
    "event",
    "category",
    "productbrand",
    "productcategory",
    "customeraddress",
    "paymentprovider",
    "customerpaymentprovider",
] as const;

export type LandingTable = (typeof landingTables)[number];

/** The demo data in a source schema. */
export interface SeedState {
    readonly firstDay: CalendarDay;
    readonly lastDay: CalendarDay;
    readonly dayCount: number;
    /** Days that are missing because the first seeding was interrupted. */
    readonly missingDayCount: number;
    /** Size of the shop; 1 is the default demo. */
    readonly scale: number;
}

/** Runs statements: a database or one of its connections. */
export type Queryable = Pick<Connection, "query">;

/**
 * The demo data in a source schema; null when the schema does not exist, or stardeck made it and it has no data yet.
 * The table `stardeck_seed` shows that stardeck made the schema: both are made in one transaction.
 *
 * @throws StardeckError `usage` when stardeck did not make the schema.
 */
export async function loadSeedState(database: Queryable, sourceSchema: string): Promise<SeedState | null> {
    const { rows } = await database.query<{ names: readonly string[] }>(
        `select array(
            select relname::text
            from pg_catalog.pg_class
            where relnamespace = pg_namespace.oid and relname = any($2)
            order by relname
        ) as names
        from pg_catalog.pg_namespace
        where nspname = $1`,
        [sourceSchema, ["stardeck_seed", ...landingTables]],
    );
    const [schema] = rows;
    if (schema === undefined) {
        return null;
    }
    if (!schema.names.includes("stardeck_seed")) {
        const holds = schema.names.length === 0 ? "" : ` (it holds ${schema.names.join(", ")})`;
        throw new StardeckError(
            `stardeck did not make the schema "${sourceSchema}"${holds}, so it gets no demo data.`,
            { code: "usage", hint: "Name an unused schema by --source-schema, or build from the data that is there." },
        );
    }
    const state = await database.query<{
        first_day: string;
        last_day: string;
        day_count: number;
        missing_day_count: number;
        scale_milli: number;
    }>(
        `select
            to_char(seed.first_day, 'YYYY-MM-DD') as first_day,
            to_char(max(seed_day.day), 'YYYY-MM-DD') as last_day,
            count(seed_day.day)::integer as day_count,
            greatest(seed.first_through - max(seed_day.day), 0) as missing_day_count,
            seed.scale_milli
        from ${quoteQualified(sourceSchema, "stardeck_seed")} as seed
        cross join ${quoteQualified(sourceSchema, "stardeck_seed_day")} as seed_day
        group by seed.first_day, seed.first_through, seed.scale_milli`,
    );
    const row = state.rows[0];
    if (row === undefined) {
        return null;
    }
    return {
        firstDay: row.first_day,
        lastDay: row.last_day,
        dayCount: row.day_count,
        missingDayCount: row.missing_day_count,
        scale: row.scale_milli / 1000,
    };
}
