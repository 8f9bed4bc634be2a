import { errorMessage, StardeckError } from "../../config/errors.js";
import { wrapFileError } from "./failure.js";
import { serveFolderOrNull } from "./serve-folder.js";
import type { ServerReport } from "./server-report.js";

/*
 * The server process of the embedded database: `node server.js <folder>`, started by openEmbedded(). It has no terminal
 * (a session of its own, output to the log file) and ends when its last client has gone.
 */

const log = (line: string): void => {
    process.stderr.write(`${new Date().toISOString()} [${process.pid}] ${line}\n`);
};

/** Tells the starter, if it still lives. */
async function report(message: ServerReport): Promise<void> {
    if (!process.connected) {
        return;
    }
    await new Promise<void>((resolve) => {
        process.send?.(message, () => {
            resolve();
        });
    });
}

function makeFailedReport(error: unknown, folder: string): ServerReport {
    const failure = error instanceof StardeckError ? error : wrapFileError(error, folder);
    return { kind: "failed", message: failure.message, hint: failure.hint ?? "" };
}

// A closed terminal is the starter's concern.
process.on("SIGHUP", () => undefined);
const folder = process.argv[2] ?? "";
try {
    const close = await serveFolderOrNull(folder, { onLog: log, onClosed: () => process.exit(0) });
    if (close === null) {
        await report({ kind: "taken" });
        process.exit(0);
    }
    // The terminal's signals do not come here; these are a person's or the system's.
    process.on("SIGTERM", close);
    process.on("SIGINT", close);
    await report({ kind: "ready" });
} catch (error) {
    log(errorMessage(error));
    await report(makeFailedReport(error, folder));
    process.exit(1);
}
