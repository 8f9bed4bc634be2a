import { errorMessage, StardeckError } from "../../config/errors.js";
import { wrapFileError } from "./failure.js";
import { serveFolderOrNull } from "./serve-folder.js";
import type { ServerReport } from "./server-report.js";

/*
 * The server process of the embedded database: `node server.js <folder>`, started by openEmbedded(). It runs in its own session
 * without a terminal, writes to the log file, and ends when its last client has gone.
 */

const log = (line: string): void => {
    process.stderr.write(`${new Date().toISOString()} [${process.pid}] ${line}\n`);
};

/** Reports to the process that started the server, if it still runs. */
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

// When the terminal closes, the server keeps running for its clients.
process.on("SIGHUP", () => undefined);
const folder = process.argv[2] ?? "";
try {
    const close = await serveFolderOrNull(folder, { onLog: log, onClosed: () => process.exit(0) });
    if (close === null) {
        await report({ kind: "taken" });
        process.exit(0);
    }
    // The terminal's signals do not reach this session: a person or the system has sent these.
    process.on("SIGTERM", close);
    process.on("SIGINT", close);
    await report({ kind: "ready" });
} catch (error) {
    log(errorMessage(error));
    await report(makeFailedReport(error, folder));
    process.exit(1);
}
