import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { fillTemplate, withRunLock, type TemplateName } from "./templates.js";

/** Gives the working folder an embedded database with the template's content; the folder goes afterwards. */
export async function withEmbeddedFolder(
    workingFolder: string,
    template: TemplateName,
    use: () => Promise<void>,
): Promise<void> {
    if (template !== "empty") {
        await cp(await makeTemplateFolder(template), workingFolder, { recursive: true });
    }
    try {
        await use();
    } finally {
        await rm(workingFolder, { recursive: true, force: true, maxRetries: 10 });
    }
}

/** Makes a working folder with the template's content, unless another worker has, and gives its path. */
async function makeTemplateFolder(template: TemplateName): Promise<string> {
    const folder = join(inject("runFolder"), `template-${template}`);
    await withRunLock(async () => {
        if (existsSync(folder)) {
            return;
        }
        const unfinished = `${folder}-unfinished`;
        await rm(unfinished, { recursive: true, force: true });
        await mkdir(unfinished);
        await fillTemplate(template, unfinished, []);
        // The server ends a moment after its last client: copy nothing before that.
        const server = await openEmbedded(join(unfinished, ".stardeck"));
        await server.close();
        await rename(unfinished, folder);
    });
    return folder;
}
