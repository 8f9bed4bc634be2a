import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath, URL } from "node:url";
import { transformSync } from "rolldown/utils";

/** `x.js`, as TypeScript's imports name it, is `x.ts` or `x.tsx` where only that exists. */
export async function resolve(specifier, context, nextResolve) {
    if (specifier.startsWith(".") && specifier.endsWith(".js") && context.parentURL !== undefined) {
        const url = new URL(specifier, context.parentURL);
        if (url.protocol === "file:" && !existsSync(url)) {
            for (const extension of [".ts", ".tsx"]) {
                const source = new URL(url.href.replace(/\.js$/, extension));
                if (existsSync(source)) {
                    return { url: source.href, shortCircuit: true };
                }
            }
        }
    }
    return nextResolve(specifier, context);
}

/** Strips the types from TypeScript modules; loads everything else as usual. */
export async function load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !/\.tsx?$/.test(url)) {
        return nextLoad(url, context);
    }
    const fileName = fileURLToPath(url);
    const { code, map, errors } = transformSync(fileName, await readFile(fileName, "utf8"), {
        jsx: { runtime: "classic", development: false },
        sourcemap: true,
    });
    if (errors.length > 0) {
        throw new SyntaxError(`${fileName}: ${errors[0].message}`);
    }
    const sourceMap = Buffer.from(JSON.stringify(map)).toString("base64");
    const source = `${code}\n//# sourceMappingURL=data:application/json;base64,${sourceMap}`;
    return { format: "module", source, shortCircuit: true };
}
