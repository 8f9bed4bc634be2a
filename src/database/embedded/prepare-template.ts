import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialiseDirectly } from "./open-data.js";
import { isTemplateCurrent, templateFile, writeTemplate } from "./template.js";

// Run by `npm run build`. Initialising a database takes seconds; unpacking a prepared one takes a fraction of one.
if (!isTemplateCurrent(templateFile)) {
    const folder = mkdtempSync(join(tmpdir(), "stardeck-template-"));
    try {
        const data = join(folder, "data");
        await initialiseDirectly(data);
        writeTemplate(data, templateFile);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
