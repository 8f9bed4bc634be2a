import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Takes the types out of TypeScript modules; everything else is loaded as ever. */
export async function load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !url.endsWith(".ts")) {
        return nextLoad(url, context);
    }
    const fileName = fileURLToPath(url);
    const { outputText } = ts.transpileModule(await readFile(fileName, "utf8"), {
        fileName,
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    return { format: "module", source: outputText, shortCircuit: true };
}
