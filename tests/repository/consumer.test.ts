import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";

interface Finished {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

async function run(folder: string, program: string, args: readonly string[]): Promise<Finished> {
    const environment = { PATH: process.env.PATH ?? "", HOME: inject("runFolder"), NO_COLOR: "1" };
    try {
        const { stdout, stderr } = await promisify(execFile)(program, args, {
            cwd: folder,
            env: environment,
            maxBuffer: 16 * 1024 * 1024,
        });
        return { exitCode: 0, stdout, stderr };
    } catch (error) {
        const { code, stdout, stderr } = error as {
            readonly code: number;
            readonly stdout: string;
            readonly stderr: string;
        };
        return { exitCode: code, stdout, stderr };
    }
}

const files = {
    "migrations/20260101000000_double.ts": `import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
    await knex.raw("create function prep.double(number int) returns int language sql immutable as 'select number * 2'");
}

export async function down(knex: Knex): Promise<void> {
    await knex.raw("drop function prep.double(int)");
}
`,
    "migrations/sources/shop.ts": `import { defineSource } from "stardeck";

export const orders = defineSource({ name: "orders", schema: "raw", kind: "table", key: "id" });
`,
    "migrations/tests/is-positive.ts": `import { defineTest } from "stardeck";

export const isPositive = defineTest({
    name: "is_positive",
    select: ({ column }: { column: string }, { model, quote }) => \`select * from \${model} where \${quote(column)} <= 0\`,
});
`,
    "migrations/models/marts/mart_orders.sql": `-- Orders by country.
-- Grain: one row per country.
-- Key: country.

select country, prep.double(count(*)::int) as twice from seeds.sale where country is not null group by country
`,
    "migrations/models/marts/mart_orders.ts": `import { defineModel } from "stardeck";
import { isPositive } from "../../tests/is-positive.js";

export default defineModel({
    columns: { twice: { description: "Twice the number of orders.", type: "integer" } },
    tests: [{ kind: "not_null", column: "twice", severity: "warn" }, isPositive({ column: "twice" })],
});

// @ts-expect-error there is no such kind of data test
defineModel({ tests: [{ kind: "not_nul", column: "twice" }] });
`,
    "migrations/models/marts/mart_orders.test.ts": `import { defineUnitTest } from "stardeck";

export const counts = defineUnitTest({
    given: { sale: [{ country: "DE" }, { country: "DE" }] },
    expect: [{ country: "DE", twice: 4 }],
});
`,
    "seeds-sql/sale.csv": "id,country\n1,DE\n2,FR\n",
    "api.ts": `import { defineConfig, defineModel, defineSource, defineTest, defineUnitTest } from "stardeck";
import { makeKnexfile } from "stardeck/knex";

export const all = [defineConfig, defineModel, defineSource, defineTest, defineUnitTest, makeKnexfile] as const;
export const config = defineConfig({ name: "shop", layers: [{ name: "marts", materialisation: "table" }] });
`,
};

describe("the packed package, in a folder of its own", () => {
    let base = "";
    let shop = "";

    beforeAll(async () => {
        base = await mkdtemp(join(inject("runFolder"), "consumer-"));
        const packed = await run(packageFolder, "npm", [
            "pack",
            "--ignore-scripts",
            "--json",
            "--pack-destination",
            base,
        ]);
        const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
        const installed = join(base, "node_modules", "stardeck");
        await mkdir(installed, { recursive: true });
        expect(await run(base, "tar", ["-xzf", filename, "-C", installed, "--strip-components=1"])).toMatchObject({
            exitCode: 0,
        });
        // As npm would install them, without a network.
        const { dependencies } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as {
            readonly dependencies: Readonly<Record<string, string>>;
        };
        for (const name of Object.keys(dependencies)) {
            const link = join(base, "node_modules", name);
            await mkdir(dirname(link), { recursive: true });
            await symlink(join(packageFolder, "node_modules", name), link);
        }
        shop = join(base, "shop");
    });

    const node = (folder: string, script: string, ...args: readonly string[]): Promise<Finished> =>
        run(folder, process.execPath, [join(base, "node_modules", script), ...args]);
    const stardeck = (...args: readonly string[]): Promise<Finished> =>
        node(shop === "" ? base : shop, "stardeck/dist/program/cli.js", ...args);
    const knex = (...args: readonly string[]): Promise<Finished> => node(shop, "knex/bin/cli.js", ...args);

    it("makes a project whose files type-check against it", async () => {
        expect(await node(base, "stardeck/dist/program/cli.js", "init", "shop")).toMatchObject({
            exitCode: 0,
            stdout: `Made the project shop in ${shop}.\n`,
        });
        for (const [path, text] of Object.entries(files)) {
            await mkdir(dirname(join(shop, path)), { recursive: true });
            await writeFile(join(shop, path), text);
        }
        const compiler = join(packageFolder, "node_modules", "typescript", "bin", "tsc");
        const settings = JSON.parse(await readFile(join(shop, "tsconfig.json"), "utf8")) as { include: string[] };
        settings.include.push("api.ts");
        await writeFile(join(shop, "tsconfig.json"), JSON.stringify(settings));
        expect(await run(shop, process.execPath, [compiler, "-p", "."])).toEqual({
            exitCode: 0,
            stdout: "",
            stderr: "",
        });
    });

    it("is imported as an ES module", async () => {
        const script =
            'import * as api from "stardeck"; import * as knex from "stardeck/knex"; console.log(Object.keys(api).sort().join(), Object.keys(knex).join())';
        expect(await run(shop, process.execPath, ["--input-type=module", "-e", script])).toEqual({
            exitCode: 0,
            stdout: "defineConfig,defineModel,defineSource,defineTest,defineUnitTest makeKnexfile\n",
            stderr: "",
        });
    });

    it("is migrated by Knex's own command, seeds included, and builds", { timeout: 120_000 }, async () => {
        expect((await knex("migrate:status")).stdout).toContain("Found 5 Pending Migration file/files.");
        expect((await knex("migrate:latest")).stdout).toContain("Batch 1 run: 5 migrations");
        expect((await stardeck("test", "--unit")).exitCode).toBe(0);
        expect((await stardeck("build")).exitCode).toBe(0);
        expect(
            (await stardeck("query", "select country, twice from marts.mart_orders", "--format", "csv")).stdout,
        ).toContain("DE,2");
        await writeFile(join(shop, "seeds-sql/sale.csv"), "id,country\n1,DE\n2,DE\n");
        expect((await knex("migrate:status")).stdout).toContain("seeds/sale v2");
        expect((await knex("migrate:latest")).stdout).toContain("Batch 2 run: 1 migrations");
        expect((await knex("migrate:rollback")).stdout).toContain("Batch 2 rolled back: 1 migrations");
        expect((await knex("migrate:rollback", "--all")).stdout).toContain("Batch 1 rolled back: 5 migrations");
    });

    it("copies the webshop and knows its models", async () => {
        expect(await stardeck("init", "--example", "webshop", join(base, "webshop"))).toMatchObject({ exitCode: 0 });
        const status = await node(join(base, "webshop"), "stardeck/dist/program/cli.js", "migrate", "--status");
        expect(status.stdout).toContain("models/marts/mart_weekly_discounts v1");
    });
});
