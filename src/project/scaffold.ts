import { isSnakeCase } from "./check-definition.js";
import type { LayerDefinition, SourceKind } from "./definitions.js";

/** A relation of a database that models could read. */
export interface FoundSource {
    readonly schema: string;
    readonly name: string;
    /** Its name in the schema. */
    readonly table: string;
    readonly kind: SourceKind;
    /** PostgreSQL's comment on it; empty if there is none. */
    readonly description: string;
    readonly key: readonly string[];
    /** False when the database has no key for it, so that `key` is a guess. */
    readonly isKeyKnown: boolean;
    readonly versionColumn: string | null;
}

/** The properties of a new project. */
export interface NewProject {
    readonly name: string;
    /** The version of stardeck that makes it. */
    readonly version: string;
    /** Null for the default layers. */
    readonly layers: readonly LayerDefinition[] | null;
    /** Null for the default. */
    readonly seedSchema: string | null;
    readonly sources: readonly FoundSource[];
}

/** The default layers: the folders of a new project, and its database schemas unless their names are taken. */
export const usualLayers = ["prep", "warehouse", "marts"] as const;

/** The files of a new project, by path. */
export function makeProjectFiles(project: NewProject): Readonly<Record<string, string>> {
    const sourceSchema = mainSchemaOrNull(project.sources);
    const schemas = [...new Set(project.sources.map(({ schema }) => schema))];
    return {
        ...makeCommonFiles(project),
        "stardeck.config.ts": formatConfig(project, sourceSchema),
        ...Object.fromEntries(usualLayers.map((layer) => [`migrations/models/${layer}/.gitkeep`, ""])),
        ...(schemas.length === 0 ? { "migrations/sources/.gitkeep": "" } : {}),
        "migrations/tests/.gitkeep": "",
        "seeds-sql/.gitkeep": "",
        ...Object.fromEntries(
            schemas.map((schema, index) => [
                `migrations/sources/${fileNameOf(schema, schemas.slice(0, index))}.ts`,
                formatSources(
                    project.sources.filter((source) => source.schema === schema),
                    schema === sourceSchema ? null : schema,
                ),
            ]),
        ),
    };
}

/** The files of a project besides its configuration, models and sources: for npm, git, Knex and the editor. */
export function makeCommonFiles({
    name,
    version,
}: Pick<NewProject, "name" | "version">): Readonly<Record<string, string>> {
    const packageJson = {
        name: name.toLowerCase(),
        private: true,
        type: "module",
        scripts: { start: "stardeck" },
        dependencies: { knex: "^3.0.0", stardeck: `^${version}` },
    };
    const tsconfig = {
        compilerOptions: {
            target: "es2023",
            module: "nodenext",
            strict: true,
            exactOptionalPropertyTypes: true,
            noEmit: true,
            skipLibCheck: true,
        },
        include: ["stardeck.config.ts", "migrations"],
    };
    return {
        "package.json": formatJson(packageJson),
        "tsconfig.json": formatJson(tsconfig),
        "knexfile.js": `import { makeKnexfile } from "stardeck/knex";\n\nexport default makeKnexfile(import.meta.dirname);\n`,
        ".gitignore": "node_modules/\n.stardeck/\n",
        "README.md": formatReadme(name),
    };
}

function formatReadme(name: string): string {
    return `# ${name}

A warehouse in PostgreSQL, made by [stardeck](https://www.npmjs.com/package/stardeck).

- \`migrations/sources/*.ts\`: the tables that others fill
- \`migrations/models/<layer>/<model>.sql\`: one SELECT a model; beside it \`<model>.ts\`, where there is more to say
- \`migrations/tests/\`: data tests in files of their own
- \`seeds-sql/*.csv\`: small reference tables

\`stardeck plan\` shows what the files would change, \`stardeck migrate\` does it, \`stardeck build\` fills the tables and tests them.
DATABASE_URL names the server; without it the database is in \`.stardeck/\`.
`;
}

function formatJson(value: object): string {
    return `${JSON.stringify(value, null, 2)}\n`;
}

function formatConfig({ name, layers, seedSchema }: NewProject, sourceSchema: string | null): string {
    const lines = [
        `name: ${quote(name)},`,
        ...(layers === null ? [] : ["layers: [", ...layers.map((layer) => `    ${formatLayer(layer)},`), "],"]),
        ...(sourceSchema === null ? [] : [`sourceSchema: ${quote(sourceSchema)},`]),
        ...(seedSchema === null ? [] : [`seeds: { schema: ${quote(seedSchema)} },`]),
    ];
    return `import { defineConfig } from "stardeck";

export default defineConfig({
${lines.map((line) => `    ${line}`).join("\n")}
});
`;
}

function formatLayer({ name, schema, materialisation }: LayerDefinition): string {
    const parts = [
        `name: ${quote(name)}`,
        ...(schema === undefined ? [] : [`schema: ${quote(schema)}`]),
        ...(materialisation === undefined ? [] : [`materialisation: ${quote(materialisation)}`]),
    ];
    return `{ ${parts.join(", ")} }`;
}

/** The schema with the most sources, which becomes the project's `sourceSchema`. */
function mainSchemaOrNull(sources: readonly FoundSource[]): string | null {
    const counts = new Map<string, number>();
    for (const { schema } of sources) {
        counts.set(schema, (counts.get(schema) ?? 0) + 1);
    }
    const [main] = [...counts].sort(([, one], [, other]) => other - one);
    return main?.[0] ?? null;
}

function formatSources(sources: readonly FoundSource[], schema: string | null): string {
    const taken: string[] = ["defineSource"];
    const definitions = sources.map((source) => {
        const exportName = freeName(identifierOf(source.name), taken);
        taken.push(exportName);
        const key = source.key.length === 1 ? quote(source.key[0] ?? "") : `[${source.key.map(quote).join(", ")}]`;
        const lines = [
            `name: ${quote(source.name)},`,
            ...(source.table === source.name ? [] : [`table: ${quote(source.table)},`]),
            ...(schema === null ? [] : [`schema: ${quote(schema)},`]),
            ...(source.description === "" ? [] : [`description: ${quote(source.description)},`]),
            ...(source.kind === "versions" ? [] : [`kind: ${quote(source.kind)},`]),
            ...(source.isKeyKnown
                ? []
                : ["// The database does not say what tells its rows apart: name the columns that do."]),
            `key: ${key},`,
            ...(source.versionColumn === null ? [] : [`versionColumn: ${quote(source.versionColumn)},`]),
        ];
        return `export const ${exportName} = defineSource({\n${lines.map((line) => `    ${line}`).join("\n")}\n});\n`;
    });
    return `import { defineSource } from "stardeck";\n\n${definitions.join("\n")}`;
}

function quote(text: string): string {
    return JSON.stringify(text);
}

/** A variable name for a table: `Order Items` becomes `order_items`. */
function identifierOf(name: string): string {
    const word = name.toLowerCase().replaceAll(/[^a-z0-9_]+/g, "_");
    return isSnakeCase(word) && !reservedInJavaScript.has(word) ? word : `table_${word}`;
}

// prettier-ignore
const reservedInJavaScript = new Set([
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else",
    "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in", "instanceof",
    "interface", "let", "new", "null", "package", "private", "protected", "public", "return", "static", "super", "switch", "this",
    "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield",
]);

function fileNameOf(schema: string, before: readonly string[]): string {
    const word = schema.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "_");
    return freeName(
        word,
        before.map((other) => other.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "_")),
    );
}

/** A name that is not taken: `orders`, `orders_2`, … */
export function freeName(name: string, taken: readonly string[]): string {
    for (let number = 1; ; number++) {
        const candidate = number === 1 ? name : `${name}_${number}`;
        if (!taken.includes(candidate)) {
            return candidate;
        }
    }
}
