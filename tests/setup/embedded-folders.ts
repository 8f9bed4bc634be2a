import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { serveInHost } from "./embedded-host.js";
import { completeTemplate, findBaseOrNull, withRunLock, type TemplateName } from "./templates.js";

/** Puts an embedded database with the template's content into the working folder; the folder is removed afterwards. */
export async function withEmbeddedFolder(
    workingFolder: string,
    template: TemplateName,
    use: () => Promise<void>,
): Promise<void> {
    await copyFolder(await makeTemplateFolder(template), workingFolder);
    try {
        await serveInHost(join(workingFolder, ".stardeck"));
        await use();
    } finally {
        await removeFolder(workingFolder);
    }
}

/** Makes a folder for `use`, and removes it afterwards with its content. */
export async function withEmptyFolder(workingFolder: string, use: () => Promise<void>): Promise<void> {
    try {
        await use();
    } finally {
        await removeFolder(workingFolder);
    }
}

/** Makes a working folder with the template's content, unless another worker has, and returns its path. */
async function makeTemplateFolder(template: TemplateName): Promise<string> {
    const base = findBaseOrNull(template);
    const baseFolder = base === null ? null : await makeTemplateFolder(base);
    const folder = join(inject("runFolder"), `template-${template}`);
    await withRunLock(async () => {
        if (existsSync(folder)) {
            return;
        }
        const unfinished = `${folder}-unfinished`;
        await removeFolder(unfinished);
        await mkdir(unfinished);
        if (baseFolder !== null) {
            await copyFolder(baseFolder, unfinished);
        }
        await completeTemplate(template, { workingFolder: unfinished, flags: [] });
        // The server ends a moment after its last client: copy nothing before that.
        const server = await openEmbedded(join(unfinished, ".stardeck"));
        await server.close();
        await rename(unfinished, folder);
    });
    return folder;
}

/** Copies with the system's `cp`, which takes a third of the processor time of Node's `cp` for a thousand files. */
async function copyFolder(from: string, to: string): Promise<void> {
    await promisify(execFile)("cp", ["-R", `${from}/.`, to]);
}

async function removeFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
