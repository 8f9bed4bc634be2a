import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { Project } from "../../src/project/project.js";
import { readProject } from "../../src/project/read-project.js";
import {
    loadMigrationStatus,
    planMigrations,
    rollbackMigrations,
    runMigrations,
} from "../../src/warehouse/migrations.js";
import { build, changesOf, testsOf } from "../engine/small-builds.js";
import { writeFiles } from "../project/write-project.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const csv = 'code,name,people\nDE,Germany,84\nFR,"France, the ""Hexagone""",\n';

const files = {
    "stardeck.config.ts": `import { defineConfig } from "stardeck";
export default defineConfig({
    name: "shop",
    seeds: { schema: "lists", tables: { country: { description: "Countries.", columns: { code: "char(2)" } } } },
});
`,
    "seeds-sql/country.csv": csv,
    "migrations/models/warehouse/dim_country.sql": `-- Countries.
-- Grain: one row per country.
-- Key: country_code.

select code::text as country_code, name from lists.country
`,
    "migrations/models/warehouse/dim_size.sql": `-- Sizes.
-- Grain: one row per size.
-- Key: size_code.

select 'DE'::text as size_code
`,
    "migrations/models/warehouse/dim_size.ts": `import { defineModel } from "stardeck";
export default defineModel({
    tests: [{ kind: "relationships", column: "size_code", to: "country", toColumn: "code" }],
});
`,
    "migrations/tests/dim_size.is_of_a_country.sql":
        "select * from warehouse.dim_size where size_code not in (select code from lists.country)\n",
};

describeOnBothDatabases("seeds", (test) => {
    let folder = "";
    let project: Project;

    beforeEach(async () => {
        for (const schema of ["reports", "lists", "marts", "warehouse", "prep", "ops"]) {
            await test.connected.query(`drop schema if exists ${schema} cascade`);
        }
        folder = writeFiles(files);
        await migrate();
    });

    function change(path: keyof typeof files, text: string | null): void {
        if (text === null) {
            rmSync(join(folder, path));
        } else {
            writeFileSync(join(folder, path), text);
        }
    }

    async function migrate(isApproved = true): Promise<readonly string[]> {
        project = readProject(folder, { cacheFolder: null });
        return (await runMigrations(test.connected, { project, sourceSchema: "staging" }, { isApproved })).names;
    }

    const parameters = (): { readonly project: Project; readonly sourceSchema: string } => ({
        project: readProject(folder, { cacheFolder: null }),
        sourceSchema: "staging",
    });

    async function read(): Promise<readonly object[]> {
        const { rows } = await test.connected.query<{ row: object }>(
            "select (to_jsonb(country) - 'loaded_at') as row from lists.country order by code",
        );
        return rows.map(({ row }) => row);
    }

    async function columns(): Promise<string> {
        const { rows } = await test.connected.query<{ list: string }>(
            `select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) as list
            from pg_attribute
            where attrelid = 'lists.country'::regclass and attnum > 0 and not attisdropped`,
        );
        return rows[0]?.list ?? "";
    }

    it("fill a table that says which file it is of, and nothing is pending then", async () => {
        expect(await read()).toEqual([
            { code: "DE", name: "Germany", people: 84 },
            { code: "FR", name: 'France, the "Hexagone"', people: null },
        ]);
        const { rows } = await test.connected.query(
            "select obj_description('lists.country'::regclass, 'pg_class') as comment",
        );
        expect(rows).toEqual([{ comment: "Countries. Filled by stardeck from seeds-sql/country.csv." }]);
        expect((await loadMigrationStatus(test.connected, parameters())).completed).toEqual([
            "project v1",
            "seeds/country v1",
            "models/warehouse/dim_country v1",
            "models/warehouse/dim_size v1",
        ]);
        expect(await migrate()).toEqual([]);
    });

    it("are pending when a file alone has changed, and its readers and tests follow", async () => {
        await build(test.connected);
        change("seeds-sql/country.csv", "code,name,people\nFR,France,68\n");
        expect((await loadMigrationStatus(test.connected, parameters())).pending).toEqual(["seeds/country v2"]);
        expect(await planMigrations(test.connected, parameters())).toEqual({
            migrations: [],
            sources: [],
            layers: null,
            seeds: [{ name: "country", kind: "changed", path: "seeds-sql/country.csv", rowCount: 1, breaking: [] }],
            models: [],
            rebuilt: [],
            warnings: [],
        });
        expect(await migrate()).toEqual(["seeds/country v2"]);
        expect(await read()).toEqual([{ code: "FR", name: "France", people: 68 }]);
        const run = await build(test.connected);
        expect(changesOf(run)).toMatchObject({ dim_country: "all: +0 ~1 -1 =0" });
        expect(testsOf(run)).toMatchObject({
            "dim_size.is_of_a_country": "failed 1",
            "dim_size.relationships.size_code": "failed 1",
        });
    });

    it("get back the rows and columns of before", async () => {
        const before = [await columns(), await read()];
        change("seeds-sql/country.csv", "code,area,name\nDE,357588,Deutschland\n");
        expect(await migrate()).toEqual(["seeds/country v2"]);
        expect([await columns(), await read()]).toEqual([
            "code character(2), area integer, name text, loaded_at timestamp without time zone",
            [{ code: "DE", area: 357_588, name: "Deutschland" }],
        ]);
        await rollbackMigrations(test.connected, parameters(), { all: false });
        expect([await columns(), await read()]).toEqual(before);
        await rollbackMigrations(test.connected, parameters(), { all: true });
        expect((await test.connected.query("select from pg_namespace where nspname = 'lists'")).rowCount).toBe(0);
    });

    it("ask before a column or a file goes", async () => {
        change("seeds-sql/country.csv", "code,name\nDE,Germany\n");
        await expect(migrate(false)).rejects.toMatchObject({
            plan: { seeds: [{ breaking: ["drops the column people"] }] },
        });
        change("seeds-sql/country.csv", "code,name,people\nDE,Germany,many\n");
        await expect(migrate(false)).rejects.toMatchObject({
            plan: { seeds: [{ breaking: ["changes the column people from integer to text"] }] },
        });
    });

    it("name the line of the model that reads a column which is gone", async () => {
        change("seeds-sql/country.csv", "code,people\nDE,84\n");
        await expect(migrate()).rejects.toThrow(
            [
                'migrations/models/warehouse/dim_country.sql:5: Column "name" does not exist.',
                "5 │ select code::text as country_code, name from lists.country",
                "                                       ^",
            ].join("\n"),
        );
        expect(await read()).toHaveLength(2);
    });

    it("take a model along to another type of a column", async () => {
        change("seeds-sql/country.csv", "code,name,people\nDE,49,84\n");
        await migrate();
        await build(test.connected);
        const { rows } = await test.connected.query(
            "select country_code, name, pg_typeof(name)::text as type from warehouse.dim_country",
        );
        expect(rows).toEqual([{ country_code: "DE", name: 49, type: "integer" }]);
    });

    it("keep what others have made, and say what is in the way", async () => {
        await test.connected.query("create schema reports");
        await test.connected.query("create view reports.names as select code, name from lists.country");
        change("seeds-sql/country.csv", "code,area,name,people\nDE,357588,Germany,84\n");
        await migrate();
        expect((await test.connected.query("select * from reports.names")).rows).toEqual([
            { code: "DE", name: "Germany" },
        ]);
        change(
            "migrations/models/warehouse/dim_country.sql",
            files["migrations/models/warehouse/dim_country.sql"].replace(", name from", " from"),
        );
        change("seeds-sql/country.csv", "code,area,people\nDE,357588,84\n");
        await expect(migrate()).rejects.toThrow(
            "seeds-sql/country.csv: lists.country cannot drop or retype name: something reads it that stardeck did not make.",
        );
    });

    it("are dropped with their file, unless a model reads them", async () => {
        change("seeds-sql/country.csv", null);
        change(
            "stardeck.config.ts",
            'import { defineConfig } from "stardeck";\nexport default defineConfig({ name: "shop", seeds: { schema: "lists" } });\n',
        );
        change("migrations/models/warehouse/dim_size.ts", null);
        change("migrations/tests/dim_size.is_of_a_country.sql", null);
        await expect(migrate()).rejects.toThrow(
            "It reads lists.country, which is neither a model nor a declared source.",
        );
        change("migrations/models/warehouse/dim_country.sql", null);
        expect(await migrate()).toEqual([
            "seeds/country v2",
            "models/warehouse/dim_size v2",
            "models/warehouse/dim_country v2",
        ]);
        expect((await test.connected.query("select from pg_namespace where nspname = 'lists'")).rowCount).toBe(0);
    });

    it("say which line does not fit, and leave the rows that were there", async () => {
        change("seeds-sql/country.csv", "code,name,people\nDE,Germany,84\nFRA,France,68\n");
        await expect(migrate()).rejects.toThrow("seeds-sql/country.csv:3: Value too long for type character(2).");
        expect(await read()).toHaveLength(2);
    });

    it("leave a table alone that somebody else has made", async () => {
        await test.connected.query("comment on table lists.country is 'Mine.'");
        change("seeds-sql/country.csv", "code,name,people\nDE,Germany,84\n");
        await expect(migrate()).rejects.toThrow(
            "seeds-sql/country.csv: lists.country is there already, and stardeck did not make it.",
        );
    });

    it("are filled again where their table is gone", async () => {
        await test.connected.query("drop table lists.country cascade");
        await migrate();
        expect(await read()).toHaveLength(2);
    });
});
