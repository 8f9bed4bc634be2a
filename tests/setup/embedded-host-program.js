import process from "node:process";
import { closeSync, writeSync } from "node:fs";
import { makeLayout } from "../../dist/src/database/embedded/layout.js";
import { serveFolderOrNull } from "../../dist/src/database/embedded/serve-folder.js";
import { openLog } from "../../dist/src/database/embedded/server-log.js";

// Serves one folder after the other, as the product's server process serves one: what V8 has compiled of PostgreSQL for the first serves all.
process.on("message", async (folder) => {
    const log = openLog(makeLayout(folder).log);
    const onLog = (line) => {
        writeSync(log, `${new Date().toISOString()} [${process.pid}] ${line}\n`);
    };
    const onClosed = () => {
        closeSync(log);
        // PostgreSQL's memory is large, and nothing else here asks for it back.
        globalThis.gc();
    };
    try {
        await serveFolderOrNull(folder, { onLog, onClosed });
        process.send("ready");
    } catch (error) {
        process.send(error.stack);
    }
});
process.on("disconnect", () => {
    process.exit();
});
