import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";

test("the package holds what the program reads at run time, and nothing that only tests and benchmarks need", async () => {
    const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
        cwd: packageFolder,
        maxBuffer: 16 * 1024 * 1024,
    });
    const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
    const paths = (packed?.files ?? []).map(({ path }) => path);
    expect(paths).toEqual(
        expect.arrayContaining([
            "dist/program/cli.js",
            "dist/program/index.js",
            "dist/program/knex.js",
            "dist/program/server.js",
            "dist/types/index.d.ts",
            "dist/types/knex.d.ts",
            "dist/types/project/define.d.ts",
            "dist/types/project/definitions.d.ts",
            "dist/embedded-template.archive",
            "dist/demo-warehouse.archive",
            "migrations/20250101000000_prep_functions.ts",
            "migrations/models/prep/stg_order.sql",
            "migrations/models/prep/stg_order.ts",
            "migrations/sources/webshop.ts",
            "seeds-sql/landing-tables.sql",
            "slides/01-questions.md",
            "stardeck.config.ts",
        ]),
    );
    const folders = new Set(
        paths.map((path) =>
            path
                .split("/")
                .slice(0, path.startsWith("dist/") ? 2 : 1)
                .join("/"),
        ),
    );
    expect([...folders].sort()).toEqual([
        "LICENSE",
        "README.md",
        "dist/demo-warehouse.archive",
        "dist/embedded-template.archive",
        "dist/program",
        "dist/types",
        "migrations",
        "package.json",
        "seeds-sql",
        "slides",
        "stardeck.config.ts",
    ]);
});
