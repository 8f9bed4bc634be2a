import { Session } from "node:inspector";
import { createServer } from "node:net";
import { workerData } from "node:worker_threads";
import { turnQuestion } from "./turn-question.js";

/*
 * A thread of the server process that hears cancel requests while a statement blocks the main thread: four bytes with a
 * backend's process id, on a socket beside the database's. It answers with one byte, 1 if there was something to cancel.
 * Asked whose turn it is, by one byte, it answers with JSON.
 *
 * The inspector can make the main thread run a line of JavaScript in the middle of WebAssembly. That line sets the flags
 * which PostgreSQL's own signal handler would set; PostgreSQL looks at them all the time and ends the statement cleanly.
 */
const { path } = workerData as { readonly path: string };
const server = `globalThis.stardeckServers.get(${JSON.stringify(path)})`;

createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => {
        if (request.equals(turnQuestion)) {
            askMainThread(`${server}?.describeTurn()`, (turn) => {
                socket.end(typeof turn === "string" ? turn : "");
            });
            return;
        }
        const backendPid = request.length === 4 ? request.readUInt32BE(0) : 0;
        askMainThread(`${server}?.cancelStatement(${backendPid})`, (isCancelled) => {
            socket.end(Buffer.from([isCancelled === true ? 1 : 0]));
        });
    });
}).listen(path);

function askMainThread(expression: string, onAnswer: (answer: unknown) => void): void {
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.evaluate", { expression, returnByValue: true }, (error, answer) => {
        session.disconnect();
        onAnswer(error === null ? answer.result.value : undefined);
    });
}
