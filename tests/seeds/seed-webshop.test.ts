import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import type { Database } from "../../src/database/database.js";
import { landingTables, loadSeedState } from "../../src/seeds/seed-state.js";
import { seedWebshop, type SeededDay } from "../../src/seeds/seed-webshop.js";
import { describeOnBothDatabases, describeOnServer } from "../setup/databases.js";
import { createLandingTables } from "../setup/landing-tables.js";
import { demoChecksums } from "./demo-checksums.js";
import { loadLandingChecksums } from "./landing-checksum.js";
import { warts } from "./warts.js";

async function loadNumber(database: Database, sql: string): Promise<number> {
    const { rows } = await database.query<{ result: string }>(`select (${sql})::text as result`);
    return Number(rows[0]?.result);
}

// That the embedded database gets the same rows is a test of the main job.
describeOnServer("the default demo", {}, (database) => {
    const landed: SeededDay[] = [];

    beforeAll(async () => {
        await seedWebshop(database.connected, { sourceSchema: "staging", onDay: (day) => landed.push(day) });
    }, 180_000);

    it("is the same everywhere, row for row", async () => {
        expect(await loadLandingChecksums(database.connected, "staging")).toEqual(demoChecksums);
    });

    it("reports each day and records what it landed", async () => {
        expect(landed).toHaveLength(70);
        expect(landed[0]?.day).toBe("2024-12-23");
        expect(landed[69]?.day).toBe("2025-03-02");
        for (const table of landingTables) {
            const total = landed.reduce((sum, { rowCounts }) => sum + rowCounts[table], 0);
            expect(await loadNumber(database.connected, `select count(*) from staging.${table}`)).toBe(total);
        }
        expect(await loadSeedState(database.connected, "staging")).toEqual({
            firstDay: "2024-12-23",
            lastDay: "2025-03-02",
            dayCount: 70,
            missingDayCount: 0,
            scale: 1,
        });
    });

    it("makes the same rows again, whatever the session's settings", async () => {
        const makeAgain = database.connected.withTransaction(async (connection) => {
            const count = async (): Promise<string> => {
                const { rows } = await connection.query<{ count: string }>(
                    `select concat_ws(',', ${landingTables
                        .map((table) => `(select count(distinct landed::text) from staging.${table} as landed)`)
                        .join(", ")}) as count`,
                );
                return rows[0]?.count ?? "";
            };
            const before = await count();
            await connection.query(
                "set local timezone = 'Asia/Kolkata'; set local datestyle = 'German, DMY'; set local extra_float_digits = -15",
            );
            for (const table of landingTables) {
                await connection.query(`select staging.stardeck_seed_${table}('23.12.2024', '28.02.2025', 1000)`);
            }
            await connection.query(
                "set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'; set local extra_float_digits = 1",
            );
            expect(await count()).toBe(before);
            throw new Error("roll back");
        });
        await expect(makeAgain).rejects.toThrow("roll back");
    });

    for (const { name, share, least, most } of warts) {
        it(`${name}: ${least} to ${most} %`, async () => {
            const percentage = 100 * (await loadNumber(database.connected, share));
            expect(percentage).toBeGreaterThanOrEqual(least);
            expect(percentage).toBeLessThanOrEqual(most);
        });
    }

    it("fills the cart before it places an order, within one session", async () => {
        const ordersWithoutCart = await loadNumber(
            database.connected,
            `select count(*)
            from staging.stardeck_seed_session as session
            where session.order_id is not null
                and session.session_day < '2025-02-28'
                and not exists (
                    select
                    from staging.event
                    where event.id between session.session_id * 32 - 31 and session.session_id * 32
                        and event.type = 'ADD_PRODUCT_TO_CART'
                        and event.created_at < session.placed_at
                )`,
        );
        expect(ordersWithoutCart).toBe(0);
    });

    it("never lets a batch bring what happened after its day", async () => {
        const fromTheFuture = landingTables.map(
            (table) => `select from staging.${table} where modified_at >= '2025-03-03' or modified_at < created_at`,
        );
        expect(
            await loadNumber(
                database.connected,
                `select count(*) from (${fromTheFuture.join(" union all ")}) as fromTheFuture`,
            ),
        ).toBe(0);
    });
});

describeOnBothDatabases("seeding", (database) => {
    it("lands the same at once and day by day", async () => {
        const request = { days: 6, through: "2025-03-02", scale: 0.2 };
        await seedWebshop(database.connected, { sourceSchema: "at once", ...request });
        await seedWebshop(database.connected, {
            sourceSchema: 'day"by$day',
            days: 1,
            through: "2025-02-25",
            scale: 0.2,
        });
        for (let day = 2; day <= 6; day += 1) {
            await seedWebshop(database.connected, { sourceSchema: 'day"by$day' });
        }
        expect(await loadLandingChecksums(database.connected, 'day"by$day')).toEqual(
            await loadLandingChecksums(database.connected, "at once"),
        );
        expect(await loadSeedState(database.connected, 'day"by$day')).toEqual(
            await loadSeedState(database.connected, "at once"),
        );
    });

    it("refuses landing tables that it did not create", async () => {
        await createLandingTables(database.connected, "shop");
        await expect(seedWebshop(database.connected, { sourceSchema: "shop" })).rejects.toMatchObject({
            code: "usage",
            message: expect.stringContaining(
                'stardeck did not make the schema "shop" (it holds category, customer',
            ) as unknown,
        });
        expect(await loadNumber(database.connected, "select count(*) from shop.customer")).toBe(0);
    });

    it("refuses a schema that it did not make, whatever it holds", async () => {
        await database.connected.query("create schema notes");
        await database.connected.query("create table notes.note as select 1 as id");
        await expect(seedWebshop(database.connected, { sourceSchema: "notes", days: 1 })).rejects.toMatchObject({
            code: "usage",
            message: expect.stringContaining('stardeck did not make the schema "notes"') as unknown,
        });
        expect(
            await loadNumber(
                database.connected,
                "select count(*) from pg_catalog.pg_tables where schemaname = 'notes'",
            ),
        ).toBe(1);
    });

    it("fills landing tables that stardeck created and left empty", async () => {
        const sql = await readFile(join(packageFolder, "seeds-sql/landing-tables.sql"), "utf8");
        await database.connected.query(sql.replaceAll("{source_schema}", "prepared"));
        expect(await loadSeedState(database.connected, "prepared")).toBeNull();
        await seedWebshop(database.connected, { sourceSchema: "prepared", days: 1, scale: 0.1 });
        expect(await loadSeedState(database.connected, "prepared")).toMatchObject({ dayCount: 1 });
    });

    it("finds nothing where nothing was seeded", async () => {
        expect(await loadSeedState(database.connected, "nowhere")).toBeNull();
    });

    it("keeps whole days when it is interrupted, and goes on with the rest", async () => {
        const interrupted = seedWebshop(database.connected, {
            sourceSchema: "interrupted",
            days: 3,
            scale: 0.1,
            onDay: ({ day }) => {
                if (day === "2025-03-01") {
                    throw new Error("stop");
                }
            },
        });
        await expect(interrupted).rejects.toThrow("stop");
        expect(await loadSeedState(database.connected, "interrupted")).toMatchObject({
            lastDay: "2025-03-01",
            missingDayCount: 1,
        });
        await seedWebshop(database.connected, { sourceSchema: "interrupted" });
        expect(await loadSeedState(database.connected, "interrupted")).toMatchObject({
            lastDay: "2025-03-02",
            missingDayCount: 0,
        });
    });
});

describe("two seeders at once", () => {
    describeOnBothDatabases("take turns", (database) => {
        it("and land no day twice", async () => {
            await seedWebshop(database.connected, { sourceSchema: "staging", days: 1, scale: 0.1 });
            const seeders = [1, 2].map(() => seedWebshop(database.connected, { sourceSchema: "staging", days: 2 }));
            const outcomes = await Promise.allSettled(seeders);
            expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThanOrEqual(1);
            const state = await loadSeedState(database.connected, "staging");
            expect(state?.dayCount).toBe(outcomes.every(({ status }) => status === "fulfilled") ? 5 : 3);
        });
    });
});
