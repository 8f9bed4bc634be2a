import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeOnEmbedded, describeOnServer } from "../setup/databases.js";
import { runStardeck } from "./run-stardeck.js";

describeOnEmbedded("stardeck land", {}, (test) => {
    const land = (...args: readonly string[]) => runStardeck(test, ["land", ...args]);
    const write = (name: string, text: string) => writeFile(join(test.workingFolder, name), text);
    const rows = async (table: string) => (await test.connected.query(`select * from ${table} order by 1`)).rows;

    it("makes the table at the first time, and appends to it at the next", async () => {
        await write("orders.csv", 'id,status,placed_on\n1,PLACED,2025-01-06\n2,"",\n');
        expect(await land("orders.csv", "orders")).toMatchObject({
            exitCode: 0,
            stdout: "Landed 2 rows in staging.orders.\n",
        });
        await write("more.csv", "status,id\nPAID,3\n");
        expect(await land("more.csv", "staging.orders")).toMatchObject({ exitCode: 0 });
        expect(await rows("(select id, status, placed_on::text from staging.orders) as orders")).toEqual([
            { id: 1, status: "PLACED", placed_on: "2025-01-06" },
            { id: 2, status: "", placed_on: null },
            { id: 3, status: "PAID", placed_on: null },
        ]);
    });

    it("lands all rows or none", async () => {
        await write("bad.csv", "id,status\n4,PAID\nfive,PAID\n");
        const { exitCode, stderr } = await land("bad.csv", "orders");
        expect(exitCode).toBe(1);
        expect(stderr).toContain('bad.csv does not fit staging.orders: invalid input syntax for type integer: "five".');
        expect(await rows("staging.orders")).toHaveLength(3);
    });

    it("names the column that the table does not have", async () => {
        await write("typo.csv", "id,stauts\n6,PAID\n");
        const { exitCode, stderr } = await land("typo.csv", "orders");
        expect([exitCode, stderr]).toEqual([1, 'staging.orders has no column "stauts".\nDid you mean status?\n']);
    });

    it("lands where the project's configuration says, as seed does and debug looks", async () => {
        await write(
            "stardeck.config.ts",
            'import { defineConfig } from "stardeck";\nexport default defineConfig({ name: "shop", sourceSchema: "raw" });\n',
        );
        await write("customers.csv", "id,name\n1,Ada\n");
        expect(await land("customers.csv", "customers")).toMatchObject({ stdout: "Landed 1 row in raw.customers.\n" });
        const seed = await runStardeck(test, ["seed", "--days", "1", "--scale", "0.1"]);
        expect([seed.exitCode, seed.stderr]).toEqual([2, expect.stringContaining('schema "raw"')]);
        const debug = await runStardeck(test, ["debug"]);
        expect(debug.stdout).toContain("landing tables in raw: none");
        // A file with a problem keeps nobody from landing rows.
        await mkdir(join(test.workingFolder, "migrations/models/marts"), { recursive: true });
        await write("migrations/models/marts/mart_orders.sql", "");
        expect(await land("customers.csv", "customers")).toMatchObject({ exitCode: 0 });
    });
});

describeOnServer("stardeck land", {}, (test) => {
    it("writes into a server's table only when told so", async () => {
        await test.connected.query('create table public."My Orders" (id int, payload json)');
        await writeFile(join(test.workingFolder, "orders.csv"), 'id,payload\n1,"{""a"": 1}"\n');
        const args = ["land", "orders.csv", 'public."My Orders"'];
        expect(await runStardeck(test, args)).toMatchObject({ exitCode: 2, stdout: "" });
        expect(await runStardeck(test, [...args, "--into-server"])).toMatchObject({
            exitCode: 0,
            stdout: 'Landed 1 row in public."My Orders".\n',
        });
        expect((await test.connected.query('select * from public."My Orders"')).rows).toEqual([
            { id: 1, payload: { a: 1 } },
        ]);
    });
});
