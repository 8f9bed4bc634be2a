import { Session } from "node:inspector";
import { createServer, type Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { turnQuestion, watchRequest } from "./listener-requests.js";

/*
 * A thread of the server process that reads cancel requests while a statement blocks the main thread. A request is four bytes with
 * a backend's process id, on a socket beside the database's; the answer is one byte, 1 if there was something to cancel.
 * The one byte `turnQuestion` asks whose turn it is; the answer is JSON. While a statement of a killed program blocks the main
 * thread, only this thread notices that the program is gone: its connection for that purpose (`watchRequest`) closes.
 *
 * The inspector can make the main thread run a line of JavaScript in the middle of WebAssembly. That line sets the flags
 * which PostgreSQL's own signal handler would set; PostgreSQL checks them frequently and ends the statement cleanly.
 */
const { path } = workerData as { readonly path: string };
const server = `globalThis.stardeckServers.get(${JSON.stringify(path)})`;

const againMs = 150;

createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => {
        if (request.equals(turnQuestion)) {
            askMainThread(`${server}?.describeTurn()`, (turn) => {
                socket.end(typeof turn === "string" ? turn : "");
            });
            return;
        }
        if (request.subarray(0, watchRequest.length).equals(watchRequest)) {
            abandonAtItsEnd(socket, request.subarray(watchRequest.length));
            return;
        }
        const backendPid = request.length === 4 ? request.readUInt32BE(0) : 0;
        askMainThread(`${server}?.cancelStatement(${backendPid})`, (isCancelled) => {
            socket.end(Buffer.from([isCancelled === true ? 1 : 0]));
        });
    });
}).listen(path);

function abandonAtItsEnd(socket: Socket, first: Buffer): void {
    const pieces = [first];
    socket.on("data", (piece: Buffer) => pieces.push(piece));
    socket.once("close", () => {
        const ids = Buffer.concat(pieces);
        for (let at = 0; at + 4 <= ids.length; at += 4) {
            abandon(ids.readUInt32BE(at));
        }
    });
}

/** Repeats the request until the client is gone, because a function may catch the error of a cancelled statement. */
function abandon(backendPid: number): void {
    askMainThread(`${server}?.abandonClient(${backendPid})`, (isThere) => {
        if (isThere === true) {
            setTimeout(abandon, againMs, backendPid);
        }
    });
}

function askMainThread(expression: string, onAnswer: (answer: unknown) => void): void {
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.evaluate", { expression, returnByValue: true }, (error, answer) => {
        session.disconnect();
        onAnswer(error === null ? answer.result.value : undefined);
    });
}
