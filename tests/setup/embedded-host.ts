import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Of this worker: its tests run one after the other. */
let running: ChildProcess | null = null;

/**
 * Starts a server for a folder that holds an embedded database, in a process that serves all folders of this worker: a process of its
 * own, as the product starts one, costs a second of processor time more. Tests of that process use `openEmbedded` on a folder of theirs.
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
    // It ends when this worker does, which it does not keep from ending.
    host.unref();
    host.channel?.unref();
    host.once("exit", () => {
        running = null;
    });
    return host;
}
