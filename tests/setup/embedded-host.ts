import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** One per worker, whose tests run one after the other. */
let running: ChildProcess | null = null;

/**
 * Starts a server for a folder with an embedded database, in one process for all folders of this worker: a separate process, as the
 * product starts it, would cost another second of processor time. Tests of that process use `openEmbedded` on their own folder.
 */
export async function serveInHost(folder: string): Promise<void> {
    const host = (running ??= startHost());
    host.send(folder);
    const [answer] = (await Promise.race([once(host, "message"), once(host, "exit")])) as [unknown];
    if (answer !== "ready") {
        throw new Error(`The embedded database in ${folder} is not served: ${String(answer)}`);
    }
}

function startHost(): ChildProcess {
    const host = fork(join(import.meta.dirname, "embedded-host-program.js"), {
        cwd: "/",
        execArgv: ["--expose-gc"],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    // It ends with this worker, and does not keep the worker alive.
    host.unref();
    host.channel?.unref();
    host.once("exit", () => {
        running = null;
    });
    return host;
}
