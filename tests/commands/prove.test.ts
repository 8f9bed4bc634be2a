import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { beforeAll, expect, it } from "vitest";
import { writeFiles, smallConfig } from "../project/write-project.js";
import { describeOnServer } from "../setup/databases.js";
import { parseJsonLines, runStardeck } from "./run-stardeck.js";

const tables = [
    "create schema shop",
    "create type shop.state as enum ('open', 'paid')",
    "create table shop.customer (part int, code text check (code <> ''), name text, primary key (part, code))",
    `create table shop.orders (
        id int primary key, part int not null, code text not null, state shop.state, amount numeric(10, 2),
        foreign key (part, code) references shop.customer
    )`,
    "create table shop.price (id int, price numeric, modified_at timestamptz)",
    "insert into shop.customer select n % 3, 'k' || n, 'Customer ' || n from generate_series(1, 3) as n",
    "insert into shop.orders select n, part, code, 'open', n from shop.customer, generate_series(1, 6) as n where n % 3 = right(code, 1)::int - 1",
    "insert into shop.price select n % 5, n, timestamptz '2025-01-01 00:00:00+00' + n * interval '1 hour' from generate_series(1, 10) as n",
];

const files = {
    "stardeck.config.ts": smallConfig,
    "migrations/sources/shop.ts": `import { defineSource } from "stardeck";
        export const customer = defineSource({ name: "customer", schema: "shop", kind: "table", key: ["part", "code"] });
        export const orders = defineSource({ name: "orders", schema: "shop", kind: "table", key: "id" });
        export const price = defineSource({ name: "price", schema: "shop", key: "id", versionColumn: "modified_at" });`,
    "migrations/models/marts/mart_prices.sql": `-- Prices.
-- Grain: one row per product.
-- Key: id.

select distinct on (id) id, price, modified_at from shop.price where id is not null order by id, modified_at desc, price`,
    "migrations/models/marts/mart_draws.sql": `-- Another number each time.
-- Grain: one row per product.
-- Key: id.

select id, random() as drawn from marts.mart_prices`,
    "migrations/models/marts/mart_draws.ts": `import { defineModel } from "stardeck";
        export default defineModel({ rebuild: "always" });`,
    "migrations/models/marts/mart_totals.sql": `-- What customers have ordered.
-- Grain: one row per name.
-- Key: name.

select customer.name, count(*) as order_count, sum(orders.amount) as amount
from shop.orders join shop.customer using (part, code)
where customer.name is not null and orders.state = 'open'
group by customer.name`,
    "migrations/models/marts/mart_totals.ts": `import { defineModel } from "stardeck";
        export default defineModel({
            affectedBy: { orders: "select name from changed join shop.customer using (part, code) where change_sign = 1" },
        });`,
};

describeOnServer("prove", {}, (database) => {
    beforeAll(async () => {
        for (const statement of tables) {
            await database.connected.query(statement);
        }
    });

    const prove = (...words: readonly string[]): ReturnType<typeof runStardeck> =>
        runStardeck({ workingFolder: writeFiles(files), flags: database.flags }, ["prove", ...words]);

    it("finds no difference where there is none, and says what it tried", async () => {
        const { exitCode, stdout, stderr } = await prove("mart_prices", "mart_draws", "--rounds", "6", "--seed", "1");
        expect({ exitCode, stdout }).toEqual({
            exitCode: 0,
            stdout: expect.stringMatching(
                /^No difference: 1 table compared with a full refresh after each of 6 rounds, \d+ changed rows in all; 1 of 2 pairs .*\n$/,
            ) as string,
        });
        expect(stderr).toMatch(/^Seed 1: 6 rounds over \d+ sampled rows\.\n/);
        expect(stderr).toContain("Not compared, because each build makes them anew: mart_draws.");
        const { rows } = await database.connected.query("select from pg_namespace where nspname in ('ops', 'marts')");
        expect(rows).toEqual([]);
    });

    it("finds what a wrong affectedBy leaves stale, and shows it with a few rows", { timeout: 240_000 }, async () => {
        const { exitCode, stdout } = await prove("mart_totals", "--rounds", "60", "--seed", "1", "--json");
        const [found, proof] = parseJsonLines(stdout);
        expect(exitCode).toBe(1);
        expect(found).toMatchObject({
            type: "counterexample",
            modelName: "mart_totals",
            isRepeatable: true,
            isAmbiguous: false,
            steps: [[expect.stringMatching(/^(update|delete from) shop\.orders /)]],
        });
        const { sources } = found as { readonly sources: Readonly<Record<string, readonly unknown[]>> };
        expect([sources.orders?.length, sources.customer?.length]).toEqual([1, 1]);
        expect(proof).toMatchObject({ type: "proof", isProven: false, seed: 1, command: found?.command });
    });

    it.each([
        [["mart_total"], 'There is no model "mart_total".\nDid you mean mart_totals?\n'],
        [["--rounds", "0"], '--rounds takes a whole number from 1 to 1000000, not "0".\n'],
    ])("refuses %j", async (words, stderr) => {
        const refused = await prove(...words);
        expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
        expect(refused.stderr).toContain(stderr);
    });

    it("leaves nothing behind", async () => {
        expect((await readdir(tmpdir())).filter((name) => name.startsWith(`stardeck-prove-${process.pid}-`))).toEqual(
            [],
        );
    });
});
