import { describe, expect, it } from "vitest";
import { printProblems, readFiles, smallModel } from "./write-project.js";

const tableSql = `-- Orders, with what they cost.
-- Grain: one row per order,
-- the cancelled ones included.
-- Key: order_id, "Part".
-- Entity: order_id.

-- Read by everybody.
select 1 as order_id, 2 as "Part";
`;

describe("readProject", () => {
    it("fills in what the configuration leaves out", () => {
        const project = readFiles({});
        expect({
            ...project,
            folder: "",
            configPath: "",
            slidesFolder: project.slidesFolder.replace(project.folder, ""),
        }).toEqual({
            name: "shop",
            folder: "",
            configPath: "",
            layers: [
                { name: "prep", schema: "prep", materialisation: "view" },
                { name: "warehouse", schema: "warehouse", materialisation: "table" },
                { name: "marts", schema: "marts", materialisation: "table" },
            ],
            sourceSchema: "staging",
            sources: [],
            models: [],
            migrations: [],
            seeds: [],
            slidesFolder: "/slides",
            threads: null,
        });
    });

    it("reads a model from its SELECT, the file beside it and the tests that name it", () => {
        const [model] = readFiles({
            "migrations/models/marts/fct_orders.sql": tableSql,
            "migrations/models/marts/fct_orders.ts": `import { defineModel } from "stardeck";
import { isPositive } from "../../tests/is-positive.js";

export default defineModel({
    columns: { order_id: "The shop's number.", Part: { description: "Which part.", notNull: true, type: "integer" } },
    tests: [
        { kind: "unique", columns: ["order_id", "Part"] },
        isPositive({ column: "Part", severity: "warn" }),
    ],
    indexes: [["Part"]],
    tags: ["orders"],
});
`,
            "migrations/tests/is-positive.ts": `import { defineTest } from "stardeck";

export const isPositive = defineTest({
    name: "is_positive",
    perEntity: true,
    select: ({ column }: { column: string }, { model, quote }) => \`select * from \${model} where \${quote(column)} <= 0\`,
});
`,
            "migrations/tests/fct_orders.no_gap.sql": `-- Numbers without a gap.
-- Where: number > 0
--   and number < 100.
-- Severity: warn.
-- Warn if: >1.
-- Error if: between 5 and 9.
-- Known: The shop skips numbers.
-- Max failures: 3.

select 1 where false;
`,
        }).models;
        expect(model).toEqual({
            name: "fct_orders",
            layer: "marts",
            schema: "marts",
            materialisation: "table",
            description: "Orders, with what they cost.",
            grain: "one row per order, the cancelled ones included",
            primaryKey: ["order_id", "Part"],
            entityKey: ["order_id"],
            select: '-- Read by everybody.\nselect 1 as order_id, 2 as "Part"',
            selectPath: "migrations/models/marts/fct_orders.sql",
            selectLine: 7,
            definitionPath: "migrations/models/marts/fct_orders.ts",
            columns: {
                order_id: { description: "The shop's number." },
                Part: { description: "Which part.", notNull: true, type: "integer" },
            },
            tests: [
                {
                    definition: { kind: "unique", columns: ["order_id", "Part"] },
                    path: "migrations/models/marts/fct_orders.ts",
                    line: 7,
                },
                {
                    definition: {
                        kind: "singular",
                        name: "is_positive_part",
                        select: 'select * from "marts"."fct_orders" where "Part" <= 0',
                        perEntity: true,
                        severity: "warn",
                    },
                    path: "migrations/models/marts/fct_orders.ts",
                    line: 8,
                },
                {
                    definition: {
                        kind: "singular",
                        name: "no_gap",
                        select: "select 1 where false",
                        severity: "warn",
                        maxFailures: 3,
                        where: "number > 0 and number < 100",
                        warnIf: ">1",
                        errorIf: "between 5 and 9",
                        known: "The shop skips numbers.",
                        description: "Numbers without a gap.",
                    },
                    path: "migrations/tests/fct_orders.no_gap.sql",
                    line: 10,
                },
            ],
            indexes: [["Part"]],
            tags: ["orders"],
            affectedBy: {},
            renamedFrom: null,
            rebuild: null,
            presentation: {},
            checksum: model?.checksum,
        });
    });

    it("takes the key for the grain of a table that says none", () => {
        const { models } = readFiles({
            "migrations/models/marts/one.sql": "-- Key: order_id.\n\nselect 1 as order_id",
            "migrations/models/marts/two.sql": "-- Key: order_id, line.\n\nselect 1 as order_id, 1 as line",
            "migrations/models/marts/three.sql": "-- Key: day, shop, till.\n\nselect 1 as day, 1 as shop, 1 as till",
            "migrations/models/prep/view.sql": "select 1 as order_id",
        });
        expect(models.map(({ name, grain }) => ({ name, grain }))).toEqual([
            { name: "view", grain: "" },
            { name: "one", grain: "one row per order_id" },
            { name: "three", grain: "one row per day, shop, and till" },
            { name: "two", grain: "one row per order_id and line" },
        ]);
    });

    it("tells every problem of every file at once, with its place and the way out", () => {
        expect(
            printProblems({
                "migrations/models/marts/a.sql": smallModel,
                "migrations/models/marts/b.sql": "select 1",
                "migrations/models/martz/c.sql": smallModel,
                "migrations/models/prep/d.sql": smallModel,
                "migrations/models/prep/d.ts": `import { defineModel } from "stardeck";

export default defineModel({
    tags: ["orders"],
    columns: {
        order_id: { descripton: "The number." },
    },
});
`,
                "migrations/sources/shop.ts": "export const orders = {;",
            }),
        ).toBe(`migrations/models/marts/a.sql:2: It is a table and does not say its key.
2 │ -- Grain: one row per order.
    ^
Begin the file with "-- Key: order_id."; several columns are separated by commas.

migrations/models/marts/b.sql:1: It is a table and does not say its key.
1 │ select 1
    ^
Begin the file with "-- Key: order_id."; several columns are separated by commas.

migrations/models/martz/c.sql: There is no layer "martz".
Did you mean marts?

migrations/models/prep/d.ts:6: columns.order_id.descripton: There is no "descripton" here. Did you mean description?
6 │         order_id: { descripton: "The number." },
                        ^

migrations/sources/shop.ts:1: Syntax error: Unexpected token, expected ",".
1 │ export const orders = {;
                            ^`);
    });
});
