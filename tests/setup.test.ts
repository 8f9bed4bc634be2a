import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { parseCsv } from "./setup/csv.js";
import { describeOnBothDatabases } from "./setup/databases.js";
import {
    createLandingTables,
    describeWhereSampleExists,
    landingTables,
    restoreLandingCsv,
} from "./setup/landing-tables.js";

describeOnBothDatabases("a test database", (database) => {
    it("begins empty", async () => {
        const { rows } = await database.connected.query(
            "select from pg_class where relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_|^information_schema$')",
        );
        expect(rows).toEqual([]);
    });

    it("keeps what the tests of its describe write", async () => {
        await database.connected.query("create table public.kept as select 1 as value");
        const { rows } = await database.connected.query("select value from public.kept");
        expect(rows).toEqual([{ value: 1 }]);
    });

    it("is named by the settings, the working folder and the flags alike", () => {
        expect(database.settings.database.kind).toBe(database.kind);
        expect(database.flags).toHaveLength(database.kind === "server" ? 2 : 0);
        expect(database.workingFolder).toContain(inject("runFolder"));
    });

    it("takes landing tables with every column of the extract", async () => {
        await createLandingTables(database.connected, "staging");
        const { rows } = await database.connected.query<{ name: string }>(
            "select relname as name from pg_class where relnamespace = 'staging'::regnamespace order by 1",
        );
        expect(rows.map(({ name }) => name)).toEqual(Object.keys(landingTables).sort());
    });
});

describeOnBothDatabases("a migrated test database", { template: "migrated" }, (database) => {
    it("holds the models", async () => {
        const { rows } = await database.connected.query("select from ops.model where model_name like 'mart\\_%'");
        expect(rows).toHaveLength(3);
    });
});

describeWhereSampleExists("the sample of real landing tables", (sampleFolder) => {
    describeOnBothDatabases("restored", (database) => {
        it("keeps event payloads character by character and empty fields as null", async () => {
            await createLandingTables(database.connected, "public");
            await restoreLandingCsv(database.connected, "public", sampleFolder);
            const { rows } = await database.connected.query(
                `select
                    (select count(*) > 1000 from public.event where json_typeof(event) = 'string') as has_event_text,
                    (select count(*) > 0 from public.product where "EAN" is not null and price > 0) as has_products,
                    (select count(*) from public.event where created_at is null) as count_without_time`,
            );
            expect(rows).toEqual([{ has_event_text: true, has_products: true, count_without_time: "0" }]);
        });
    });
});

describe("the test server", () => {
    const { url, socketFolder } = inject("testServer");

    // What a server that somebody else has set up asks for is not ours to test.
    if (socketFolder !== null) {
        it("asks for the password over TCP and for none on its socket", async () => {
            const { username, port } = new URL(url);
            const wrong = new pg.Client({ host: "127.0.0.1", port: Number(port), user: username, password: "wrong" });
            await expect(wrong.connect()).rejects.toThrow("password authentication failed");
            const local = new pg.Client({
                host: socketFolder,
                port: Number(port),
                user: username,
                database: "postgres",
            });
            await local.connect();
            await local.end();
        });
    }
});

describe("parseCsv", () => {
    it("tells an empty field from empty text and keeps quotes, commas and line ends inside quotes", () => {
        expect(parseCsv('a,b\n,""\n"say ""hi"", \\""then""\n go",2\r\nlast,')).toEqual([
            ["a", "b"],
            [null, ""],
            ['say "hi", \\"then"\n go', "2"],
            ["last", null],
        ]);
    });
});
