// Puts the compiled program, React and Ink into a few files, dist/program: Node opens, reads and compiles every module by
// itself, and the interface has some 900. What is loaded by its path is bundled with the rest, so that a class like
// StardeckError exists once.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath, URL } from "node:url";
import { build } from "rolldown";
import { isolatedDeclaration } from "rolldown/experimental";

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const unfinished = pathOf("dist/program.unfinished");
const program = pathOf("dist/program");

await build({
    input: {
        cli: pathOf("dist/src/cli.js"),
        index: pathOf("dist/src/index.js"),
        knex: pathOf("dist/src/knex.js"),
        server: pathOf("dist/src/database/embedded/server.js"),
        "cancel-listener": pathOf("dist/src/database/embedded/cancel-listener.js"),
    },
    platform: "node",
    tsconfig: false,
    // Knex has to have the same `pg`; PGlite and libpg-query find their files beside themselves; ink-table is given the
    // bundle's Ink (see ink-table.ts).
    external: [/^(knex|pg|@electric-sql\/pglite|ink-table|libpg-query)(\/|$)/],
    // React's production build, and none of Ink's connection to React's developer tools.
    transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
    plugins: [{ name: "no-devtools", load: { filter: { id: /\/ink\/build\/devtools\.js$/ }, handler: () => "" } }],
    // Keep names, for readable stack traces.
    output: {
        dir: unfinished,
        format: "esm",
        chunkFileNames: "[name]-[hash].js",
        minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
        comments: { legal: true },
    },
    logLevel: "warn",
});
await rm(program, { recursive: true, force: true });
await rename(unfinished, program);

// The types of the modules that project files import.
for (const name of ["index", "knex", "project/define", "project/definitions"]) {
    const { code, errors } = await isolatedDeclaration(name, await readFile(pathOf(`src/${name}.ts`), "utf8"));
    if (errors.length > 0) {
        throw new Error(`src/${name}.ts: ${errors[0].message}`);
    }
    const declarations = pathOf(`dist/types/${name}.d.ts`);
    await mkdir(dirname(declarations), { recursive: true });
    await writeFile(declarations, code);
}
