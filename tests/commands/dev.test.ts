import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeOnBothDatabases, describeOnServer, type TestDatabase } from "../setup/databases.js";
import { onServer } from "../setup/server-databases.js";
import { runStardeck, startStardeck, type FinishedProcess } from "./run-stardeck.js";

const marts = "migrations/models/marts";

const files: Readonly<Record<string, string>> = {
    "stardeck.config.ts": `import { defineConfig } from "stardeck";
export default defineConfig({ name: "shop", sourceSchema: "raw" });
`,
    "migrations/sources/raw.ts": `import { defineSource } from "stardeck";
export const orders = defineSource({ name: "orders", key: "id", versionColumn: "modified_at" });
`,
    "migrations/models/prep/stg_order.sql": `-- Orders.
-- Grain: one row per order.
select distinct on (id) id as order_id, status, amount from {source_schema}.orders order by id, modified_at desc
`,
    [`${marts}/mart_status.sql`]: makeMart("sum(amount) as total"),
    [`${marts}/mart_status.ts`]: `import { defineModel } from "stardeck";
export default defineModel({ affectedBy: { orders: "select status from changed" } });
`,
    [`${marts}/mart_status.test.ts`]: `import { defineUnitTest } from "stardeck";
export const sums_amounts = defineUnitTest({
    given: { stg_order: [{ order_id: 1, status: "PAID", amount: 5 }, { order_id: 2, amount: 7 }] },
    expect: [{ status: "PAID", total: 5 }],
});
`,
    [`${marts}/mart_status.test.yml`]: `counts_orders:
  given:
    stg_order:
      - { order_id: 1, status: PAID }
      - { order_id: 2, status: PAID }
  expect:
    - { status: PAID, order_count: 2 }
`,
};

function makeMart(total: string): string {
    return `-- Orders by status.
-- Grain: one row per status.
-- Key: status.
select status, count(*)::int as order_count, ${total}
from prep.stg_order where status is not null group by status
`;
}

interface Work {
    readonly write: (path: string, text: string) => Promise<void>;
    readonly run: (...args: readonly string[]) => Promise<FinishedProcess>;
}

/** The working folder is the project, which also holds the embedded database; all of it is built. */
function workOn(database: TestDatabase): Work {
    const write = async (path: string, text: string): Promise<void> => {
        await mkdir(dirname(join(database.workingFolder, path)), { recursive: true });
        await writeFile(join(database.workingFolder, path), text);
    };
    const run = (...args: readonly string[]): Promise<FinishedProcess> => runStardeck(database, args);
    beforeAll(async () => {
        for (const [path, text] of Object.entries(files)) {
            await write(path, text);
        }
        await database.connected.query(
            `create schema raw;
            create table raw.orders (id int, status text, amount numeric, modified_at timestamp);
            insert into raw.orders values (1, 'PAID', 5, '2025-01-01'), (2, 'PLACED', 7, '2025-01-01')`,
        );
        expect((await run("migrate")).exitCode).toBe(0);
        expect((await run("build")).exitCode).toBe(0);
    });
    return { write, run };
}

describeOnBothDatabases("a project whose files change", {}, (database) => {
    const { write, run } = workOn(database);

    it("is shown at each save: rows, difference and unit tests, or problems; and nothing lands", async () => {
        const dev = startStardeck(database, ["dev"]);
        await dev.waitForTalk(/Watching: save a model to see its rows\./);
        await write(`${marts}/mart_status.sql`, makeMart("sum(amount) * 2 as total, max(order_id) as last_id"));
        await dev.waitForOutput(/✓ passed {2}mart_status › counts_orders/);
        await write(`${marts}/.mart_status.sql.swp`, "an editor's own");
        await write(`${marts}/mart_status.sql`, makeMart("summ(amount) as total"));
        await dev.waitForOutput(/mart_status\.sql:4: /);
        await rm(join(database.workingFolder, marts, "mart_status.sql"));
        await dev.waitForOutput(/There is no mart_status\.sql beside it\./);
        await write(`${marts}/mart_status.sql`, makeMart("sum(amount) as total"));
        const shown = await dev.waitForOutput(/Its rows are as published: 2 rows\./);
        dev.kill("SIGINT");
        expect((await dev.finished).exitCode).toBe(130);

        expect(shown.replaceAll(/ in \d.* s$/gm, "")).toContain(`
mart_status  2 rows
status  order_count  total  last_id
──────  ───────────  ─────  ───────
PAID              1     10        1
PLACED            1     14        2

Beside what is published: 0 only now, 0 only then, 2 different, 0 equal.
Column new: last_id
      status  order_count  total
────  ──────  ───────────  ─────
then  PAID    1            5
now   ″       ″            10
then  PLACED  1            7
now   ″       ″            14
✗ failed  mart_status › sums_amounts
    ${marts}/mart_status.test.ts:2
              status  total
    ────────  ──────  ─────
    expected  PAID    5
    found     ″       10
✓ passed  mart_status › counts_orders
`);
        const { rows } = await database.connected.query("select * from marts.mart_status order by status");
        expect(rows).toEqual([
            { status: "PAID", order_count: 1, total: "5" },
            { status: "PLACED", order_count: 1, total: "7" },
        ]);
        expect(await run("plan")).toMatchObject({ exitCode: 0, stdout: "" });
    });

    it("is tested by its unit tests, also when an upstream model has changed and is not migrated", async () => {
        expect(await run("test", "--unit")).toEqual({
            exitCode: 0,
            stdout: "✓ passed  mart_status › sums_amounts\n✓ passed  mart_status › counts_orders\n",
            stderr: "2 unit tests: 2 passed, 0 failed\n",
        });
        const upstream = files["migrations/models/prep/stg_order.sql"] ?? "";
        await write(
            "migrations/models/prep/stg_order.sql",
            upstream.replace("amount from", "amount, id % 2 = 0 as is_even from"),
        );
        await write(`${marts}/mart_status.sql`, makeMart("count(*) filter (where is_even) as total"));
        expect(await run("test", "--unit", "mart_status")).toEqual({
            exitCode: 1,
            stdout: `✗ failed  mart_status › sums_amounts
    ${marts}/mart_status.test.ts:2
              status  total
    ────────  ──────  ─────
    expected  PAID    5
    found     ″       0
✓ passed  mart_status › counts_orders
`,
            stderr: "2 unit tests: 1 passed, 1 failed\n",
        });
    });

    it("is not migrated as long as a unit test of a changed model fails", async () => {
        const refused = await run("migrate", "--yes");
        expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
        expect(refused.stderr).toContain("The unit test mart_status › sums_amounts fails.\n");
        expect(refused.stderr).toContain("Correct the SELECT, or what the test expects. Nothing was changed.\n");
        await rm(join(database.workingFolder, marts, "mart_status.test.ts"));
        expect((await run("migrate", "--yes")).exitCode).toBe(0);
    });

    it("says what is wrong with a unit test, and where", async () => {
        await write(
            `${marts}/mart_status.test.yml`,
            "counts_orders:\n  given:\n    stg_order:\n      - order_id: one\n  expect: []\n",
        );
        const { exitCode, stdout } = await run("test", "--unit");
        expect(exitCode).toBe(1);
        expect(stdout).toContain(
            `${marts}/mart_status.test.yml:4: "order_id" is integer: invalid input syntax for type integer: "one".`,
        );
        expect(await run("test", "--unit", "mart_statu")).toEqual({
            exitCode: 2,
            stdout: "",
            stderr: 'There is no model "mart_statu".\nDid you mean mart_status?\n',
        });
        expect((await run("test", "mart_status")).exitCode).toBe(2);
    });
});

describeOnServer("a project on a server in trouble", {}, (database) => {
    const { write, run } = workOn(database);

    it("is watched on when the database was away", async () => {
        const dev = startStardeck(database, ["dev"]);
        await dev.waitForTalk(/Watching: save a model to see its rows\./);
        const { rows } = await database.connected.query<{ name: string }>(
            "select quote_ident(current_database()) as name",
        );
        // No database refuses connections at the word of a session of its own.
        const allow = (isAllowed: boolean): Promise<unknown> =>
            onServer((server) => server.query(`alter database ${rows[0]?.name} with allow_connections ${isAllowed}`));
        await allow(false);
        await database.connected.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        );
        await write(`${marts}/mart_status.sql`, makeMart("sum(amount) + 1 as total"));
        await dev.waitForTalk(/The next save tries the database again\./);
        await allow(true);
        await write(`${marts}/mart_status.sql`, makeMart("sum(amount) + 2 as total"));
        await dev.waitForOutput(/PAID +1 +7\n/);
        dev.kill("SIGINT");
        expect((await dev.finished).exitCode).toBe(130);
    });

    it("keeps what readers had when a build is killed that changes a column's type, and the next one changes it", async () => {
        await write(`${marts}/mart_status.sql`, makeMart("sum(amount)::float8 as total"));
        expect(await run("migrate", "--yes")).toMatchObject({ exitCode: 0 });
        const sql = "select status, total, pg_typeof(total)::text as type from marts.mart_status order by status";
        await database.connected.withTransaction(async (reader) => {
            const before = (await reader.query(sql)).rows;
            expect(before[0]).toEqual({ status: "PAID", total: "5", type: "numeric" });
            const building = startStardeck(database, ["build"]);
            await building.waitForTalk(/Waiting for a lock on marts\.mart_status/);
            building.kill("SIGKILL");
            await building.finished;
            expect((await reader.query(sql)).rows).toEqual(before);
        });
        expect(await run("build", "--wait")).toMatchObject({ exitCode: 0 });
        expect((await database.connected.query(sql)).rows).toEqual([
            { status: "PAID", total: 5, type: "double precision" },
            { status: "PLACED", total: 7, type: "double precision" },
        ]);
    });
});
