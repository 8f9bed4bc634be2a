import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readProject } from "../../src/project/read-project.js";
import { findProblems, problemsIn, smallConfig, smallModel, writeFiles } from "./write-project.js";

/** The sentences alone, each with its place. */
function sentences(files: Readonly<Record<string, string | Buffer>>): readonly string[] {
    return findProblems(files).map(
        ({ path, line, message }) => `${path}${line === null ? "" : `:${line}`}: ${message}`,
    );
}

/** The problems of a file beside a small model that says this. */
function problemsOfAddition(definition: string): readonly string[] {
    return sentences({
        "migrations/models/prep/a.sql": smallModel,
        "migrations/models/prep/a.ts": `import { defineModel } from "stardeck";\n\n${definition}\n`,
    }).map((sentence) => sentence.replace("migrations/models/prep/", ""));
}

describe("values that are no plain data", () => {
    it.each([
        [
            "export default defineModel({ tags: [() => 1] } as never);",
            "a.ts:3: tags[0]: It is a function, where data is expected.",
        ],
        [
            "export default defineModel({ tags: 5 } as never);",
            "a.ts:3: tags: It is a number, where a list is expected.",
        ],
        [
            "export default defineModel({ tags: new Set() } as never);",
            "a.ts:3: tags: It is an object of a class, where data is expected.",
        ],
        [
            "export default defineModel({ tags: [1n] } as never);",
            "a.ts:3: tags[0]: It is a bigint, where data is expected.",
        ],
        [
            "export default defineModel({ get tags(): never { throw new Error('no'); } });",
            "a.ts:3: tags: It cannot be read: no.",
        ],
        [
            "const all: unknown[] = [];\nall.push(all);\nexport default defineModel({ tags: all } as never);",
            "a.ts:5: tags[0]: It holds itself.",
        ],
        [
            "export default defineModel({ tags: Array(1e9) } as never);",
            "a.ts:3: tags: There are more than 100000 values in it.",
        ],
        ["export default defineModel(7 as never);", "a.ts:3: Its default export was not made by defineModel."],
        ["export default { tags: [] };", "a.ts:3: Its default export was not made by defineModel."],
        ["export const model = defineModel({});", "a.ts: It has no default export."],
        [
            "export default defineModel(new Proxy({}, { ownKeys() { throw new Error('hidden'); } }));",
            "a.ts:3: It cannot be read: hidden.",
        ],
    ])("%s", (definition, expected) => {
        expect(problemsOfAddition(definition)).toEqual([expected]);
    });
});

describe("TypeScript that does not run", () => {
    it.each([
        ["export default defineModel({", 'a.ts:4: Syntax error: Unexpected token, expected ",".'],
        [
            "const a = 1;\nconst a = 2;\nexport default defineModel({});",
            "a.ts:4: Syntax error: Identifier 'a' has already been declared.",
        ],
        ["\nthrow new Error('Not today');", "a.ts:4: Not today."],
        ["export default defineModel({ tags: unknown.tags });", "a.ts:3: unknown is not defined."],
        [
            'import { x } from "./missing.js";\nexport default defineModel({ tags: [x] });',
            'a.ts:3: There is no file "./missing.js".',
        ],
        [
            'import { x } from "left-pad-of-nobody";\nexport default defineModel({ tags: [x] });',
            'a.ts:3: There is no package "left-pad-of-nobody" here.',
        ],
        [
            'import * as kit from "stardeck";\nexport default kit.defineModl({});',
            'a.ts:4: "stardeck" exports no defineModl. Did you mean defineModel?',
        ],
    ])("%s", (definition, expected) => {
        expect(problemsOfAddition(definition)).toEqual([expected]);
    });
});

describe("what a definition says", () => {
    it.each([
        [
            "tests: [{ kind: 'uniqe', columns: ['a'] }]",
            'a.ts:3: tests[0].kind: There is no kind "uniqe". Possible are unique, not_null, accepted_values, relationships, expression, scd2, singular.',
        ],
        ["tests: [{ kind: 'unique', column: 'a' }]", 'a.ts:3: tests[0].columns: "columns" is missing.'],
        [
            "tests: [{ kind: 'not_null', column: 'a', severity: 'fatal' }]",
            'a.ts:3: tests[0].severity: It is "fatal"; possible is error, warn.',
        ],
        [
            "tests: [{ kind: 'not_null', column: 'a' }, { kind: 'not_null', column: 'a' }]",
            'a.ts:3: There are two tests "a.not_null.a".',
        ],
        [
            "tests: [{ kind: 'relationships', column: 'a', to: 'b', toColumn: 'a' }]",
            'a.ts:3: The test refers to "b", which is neither a model nor a source.',
        ],
        ["affectedBy: { orders: 'select 1' }", "a.ts:3: It is a view, and views have no affectedBy."],
        ["distribution: 'reference'", "a.ts:3: It is a view, and views have no distribution."],
        ["distribution: 'copies'", 'a.ts:3: distribution: It is "copies"; possible is reference.'],
        ["distribution: { columns: ['a'] }", 'a.ts:3: distribution.column: "column" is missing.'],
        [
            "materialisation: 'table', distribution: { column: 'b' }",
            'a.ts:3: Its rows cannot be distributed by "b", which is not in its key.',
        ],
        ["renamedFrom: 'a'", 'a.ts: It cannot be renamed from "a", which is still a model.'],
        [
            "columns: { a: { notNull: 'yes' } }",
            "a.ts:3: columns.a.notNull: It is a text, where true or false is expected.",
        ],
    ])("%s", (definition, expected) => {
        expect(problemsOfAddition(`export default defineModel({ ${definition} } as never);`)).toContain(expected);
    });
});

describe("files of models", () => {
    it("says what is wrong with names, layers and headers", () => {
        expect(
            sentences({
                "migrations/models/loose.sql": smallModel,
                "migrations/models/prep/Orders.sql": smallModel,
                "migrations/models/prep/both.sql": smallModel,
                "migrations/models/marts/both.sql": smallModel.replace("\n\n", "\n-- Key: order_id.\n\n"),
                "migrations/models/prep/keyed.sql": smallModel.replace("\n\n", "\n-- Key: order_id.\n\n"),
                "migrations/models/prep/nothing.sql": "-- Nothing.\n-- Grain: none.\n",
                "migrations/models/prep/typo.sql": "-- Orders.\n-- Grian: one row per order.\n\nselect 1",
                "migrations/models/prep/alone.ts": "",
                "migrations/tests/lost.sql": "-- Model: bth.\n\nselect 1",
                "migrations/2026_typo.ts": "",
            }),
        ).toEqual([
            "migrations/2026_typo.ts: The name of a versioned migration begins with fourteen digits: 20260131120000_add_functions.ts.",
            "migrations/models/loose.sql: It is in no layer.",
            'migrations/models/prep/Orders.sql: The model\'s name "Orders" must be lower snake case: letters, digits and underscores, no digit first.',
            "migrations/models/prep/alone.ts: There is no alone.sql beside it.",
            'migrations/models/prep/both.sql: There are two models "both".',
            'migrations/models/prep/keyed.sql:3: It is a view, and views have no "Key:".',
            "migrations/models/prep/nothing.sql:1: It has no SELECT.",
            'migrations/models/prep/typo.sql:2: There is no "Grian:".',
            'migrations/tests/lost.sql: It tests the model "bth", which does not exist.',
        ]);
    });

    it("says in one sentence why a file cannot be read", () => {
        const folder = writeFiles({
            "stardeck.config.ts": smallConfig,
            "migrations/models/prep/binary.sql": Buffer.from([0x2d, 0x2d, 0, 1]),
            "migrations/models/prep/latin1.sql": Buffer.from("-- Gr\xfcn.", "latin1"),
            "migrations/models/prep/utf16.sql": Buffer.from("\ufeff-- Grain", "utf16le"),
            "migrations/models/prep/windows.sql": `\ufeff${smallModel.replaceAll("\n", "\r\n")}`,
        });
        const outside = writeFiles({ "secret.sql": smallModel });
        const models = join(folder, "migrations/models/prep");
        mkdirSync(join(models, "folder.sql"));
        symlinkSync(join(outside, "secret.sql"), join(models, "outside.sql"));
        symlinkSync(join(models, "windows.sql"), join(models, "inside.sql"));
        symlinkSync("/nowhere/at-all", join(models, "dangling.sql"));
        symlinkSync(models, join(models, "loop"));
        writeFileSync(join(models, ".#draft.sql"), "");
        expect(problemsIn(folder).map(({ path, message }) => `${path.split("/").at(-1) ?? ""}: ${message}`)).toEqual([
            "binary.sql: It is binary: it holds zero bytes.",
            "dangling.sql: It does not exist any more, or is a link to nothing.",
            "folder.sql: It is a folder with the name of a file; rename it.",
            "latin1.sql: It is not written in UTF-8; save it as UTF-8.",
            "loop: It is a link to a folder; links to single files are followed.",
            "outside.sql: It is a link that leads out of the project.",
            "utf16.sql: It is written in UTF-16; save it as UTF-8.",
        ]);
    });
});

describe("the configuration", () => {
    it("is one, and its schemas do not overlap", () => {
        expect(
            sentences({
                "stardeck.config.ts": `import { defineConfig } from "stardeck";

export default defineConfig({
    name: "shop",
    layers: [{ name: "prep" }, { name: "marts", schema: "ops" }, { name: "prep" }],
    sourceSchema: "prep",
});
`,
                "stardeck.config.js": "",
            }),
        ).toEqual([
            "stardeck.config.js: A project has one configuration, stardeck.config.ts.",
            'stardeck.config.ts:5: No layer can have the database schema "ops", which is not the project\'s.',
            'stardeck.config.ts:5: There are two layers "prep".',
            'stardeck.config.ts:6: The database schema "prep" holds models or stardeck\'s own tables.',
        ]);
    });

    it("that is missing is told, with the name that it should have", () => {
        const folder = writeFiles({ "stardeck.config.mjs": "" });
        expect(() => readProject(folder, { cacheFolder: null })).toThrow(
            `There is no stardeck.config.ts in ${folder}.`,
        );
    });
});
