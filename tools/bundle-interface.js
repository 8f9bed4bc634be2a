// Puts React and Ink into the one file through which the interface imports them, dist/src/tui/ink.js. The rest of the
// program stays as compiled, module by module, so that a class like StardeckError exists once.
import { rename } from "node:fs/promises";
import { fileURLToPath, URL } from "node:url";
import { build } from "rolldown";

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const bundle = pathOf("dist/src/tui/ink.js");
const unfinished = `${bundle}.unfinished`;

await build({
    input: pathOf("src/tui/ink.ts"),
    platform: "node",
    tsconfig: false,
    // React's production build, and none of Ink's connection to React's developer tools.
    transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
    plugins: [{ name: "no-devtools", load: { filter: { id: /\/ink\/build\/devtools\.js$/ }, handler: () => "" } }],
    output: { file: unfinished, format: "esm", codeSplitting: false, minify: true, comments: { legal: true } },
    logLevel: "warn",
});
// At once, because a program that is running may be about to load it.
await rename(unfinished, bundle);
