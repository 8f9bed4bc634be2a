import { Session } from "node:inspector";
import { createServer } from "node:net";
import { workerData } from "node:worker_threads";

/*
 * A thread of the server process that hears cancel requests while a statement blocks the main thread: four bytes with a
 * backend's process id, on a socket beside the database's. It answers with one byte, 1 if there was something to cancel.
 *
 * The inspector can make the main thread run a line of JavaScript in the middle of WebAssembly. That line sets the flags
 * which PostgreSQL's own signal handler would set; PostgreSQL looks at them all the time and ends the statement cleanly.
 */
const { path } = workerData as { readonly path: string };

createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => {
        const backendPid = request.length === 4 ? request.readUInt32BE(0) : 0;
        cancelOnMainThread(backendPid, (isCancelled) => {
            socket.end(Buffer.from([isCancelled ? 1 : 0]));
        });
    });
}).listen(path);

function cancelOnMainThread(backendPid: number, onDone: (isCancelled: boolean) => void): void {
    const session = new Session();
    session.connectToMainThread();
    session.post(
        "Runtime.evaluate",
        { expression: `globalThis.cancelStatement(${backendPid})`, returnByValue: true },
        (error, answer) => {
            session.disconnect();
            onDone(error === null && answer.result.value === true);
        },
    );
}
