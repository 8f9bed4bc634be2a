// Preloaded by `node --import`: writes the URL of every module that the program loads to stderr, one `loaded <url>` a line.
import { register } from "node:module";

const hooks = `
    import { writeSync } from "node:fs";
    export async function resolve(specifier, context, next) {
        const resolved = await next(specifier, context);
        writeSync(2, "loaded " + resolved.url + "\\n");
        return resolved;
    }
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
