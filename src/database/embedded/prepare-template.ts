import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInputsOrNull, writeArchive } from "./data-archive.js";
import { initialiseDirectly } from "./open-data.js";
import { templateFile } from "./template.js";

// Run by `npm run build`. Initialising a database takes seconds; unpacking a prepared one takes a fraction of one.
if (readInputsOrNull(templateFile) === null) {
    const folder = mkdtempSync(join(tmpdir(), "stardeck-template-"));
    try {
        const data = join(folder, "data");
        await initialiseDirectly(data);
        await writeArchive(data, templateFile, "initdb");
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
