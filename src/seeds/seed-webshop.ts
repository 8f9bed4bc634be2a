import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";
import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { StardeckError } from "../database/errors.js";
import { addDays, type CalendarDay } from "./calendar-day.js";
import { makeSeedPlan, type SeedPlan, type SeedRequest } from "./seed-plan.js";
import { landingTables, loadSeedState, type LandingTable, type SeedState } from "./seed-state.js";

/** One daily batch that has landed. */
export interface SeededDay {
    readonly day: CalendarDay;
    readonly rowCounts: Readonly<Record<LandingTable, number>>;
}

export interface SeedOptions extends SeedRequest {
    readonly sourceSchema: string;
    /** Called after each day's batch is committed. */
    readonly onDay?: (day: SeededDay) => void;
}

const functionFiles = ["functions", "sessions", "customer", "product", "orders", "event", "reference"];

/**
 * Appends daily batches of the demo webshop to the landing tables: first the default demo, or the rest of an interrupted seeding,
 * later the days that follow.
 * A batch depends only on its day, the first day and the scale, so it is the same on every server, and at once or day by day.
 * Each day is one transaction; committed days stay when a later day fails.
 *
 * @throws StardeckError `usage` for invalid days or scale, and for a schema that stardeck did not make.
 */
export async function seedWebshop(database: Database, options: SeedOptions): Promise<SeedState> {
    const { sourceSchema, onDay } = options;
    const plan = makeSeedPlan(options, await loadSeedState(database, sourceSchema));
    for (let dayNumber = 0; dayNumber < plan.dayCount; dayNumber += 1) {
        const day = addDays(plan.from, dayNumber);
        const seeded = await database.withTransaction(async (connection) => {
            await lockSeeding(connection);
            await checkPreviousDay(connection, sourceSchema, day, plan);
            if (dayNumber === 0) {
                await prepareSchema(connection, sourceSchema, plan);
            }
            return await landDay(connection, sourceSchema, day, plan);
        });
        onDay?.(seeded);
    }
    // The embedded database never collects statistics by itself.
    const tables = landingTables.map((table) => quoteQualified(sourceSchema, table));
    await database.query(`analyze ${tables.join(", ")}`);
    const state = await loadSeedState(database, sourceSchema);
    if (state === null) {
        throw new StardeckError(`The schema "${sourceSchema}" was dropped while it was seeded.`, { code: "failed" });
    }
    return state;
}

/** Lets two seeders take turns day by day; the second then finds unexpected days and stops. */
async function lockSeeding(connection: Connection): Promise<void> {
    const anyNumberOfOurOwn = 5_347_812;
    await connection.query("select pg_advisory_xact_lock($1)", [anyNumberOfOurOwn]);
}

async function checkPreviousDay(
    connection: Connection,
    sourceSchema: string,
    day: CalendarDay,
    plan: SeedPlan,
): Promise<void> {
    const state = await loadSeedState(connection, sourceSchema);
    const expected = day === plan.firstDay ? undefined : addDays(day, -1);
    if (state?.lastDay !== expected) {
        throw new StardeckError(`Another process is seeding the schema "${sourceSchema}".`, {
            code: "failed",
            hint: "Wait until it is done.",
        });
    }
}

async function prepareSchema(connection: Connection, sourceSchema: string, plan: SeedPlan): Promise<void> {
    const mark = quoteQualified(sourceSchema, "stardeck_seed");
    if (plan.from === plan.firstDay) {
        const { rows } = await connection.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [
            mark,
        ]);
        if (rows[0]?.exists !== true) {
            await connection.query(await loadSeedSql("landing-tables", sourceSchema));
        }
        await connection.query(`insert into ${mark} (first_day, first_through, scale_milli) values ($1, $2, $3)`, [
            plan.firstDay,
            addDays(plan.firstDay, plan.dayCount - 1),
            plan.scaleMilli,
        ]);
    }
    for (const file of functionFiles) {
        await connection.query(await loadSeedSql(file, sourceSchema));
    }
}

async function loadSeedSql(name: string, sourceSchema: string): Promise<string> {
    const sql = await readFile(join(packageFolder, "seeds-sql", `${name}.sql`), "utf8");
    // A function, because a replacement text would give a meaning to the dollar signs in a name.
    return sql.replaceAll("{source_schema}", () => quoteIdentifier(sourceSchema));
}

async function landDay(
    connection: Connection,
    sourceSchema: string,
    day: CalendarDay,
    plan: SeedPlan,
): Promise<SeededDay> {
    const callSeed = (name: string): string =>
        `${quoteQualified(sourceSchema, `stardeck_seed_${name}`)}($1::date, $2::date, $3::integer)`;
    const parameters = [plan.firstDay, day, plan.scaleMilli];
    await connection.query(`select ${callSeed("sessions")}`, parameters);
    const calls = landingTables.map((table) => `${callSeed(table)} as ${quoteIdentifier(table)}`);
    const { rows } = await connection.query<Record<LandingTable, string>>(`select ${calls.join(", ")}`, parameters);
    const rowCounts = Object.fromEntries(
        Object.entries(rows[0] ?? {}).map(([table, count]) => [table, Number(count)]),
    ) as Record<LandingTable, number>;
    await connection.query(
        `insert into ${quoteQualified(sourceSchema, "stardeck_seed_day")} (day, row_counts) values ($1, $2)`,
        [day, JSON.stringify(rowCounts)],
    );
    return { day, rowCounts };
}
