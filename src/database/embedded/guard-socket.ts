import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";
import { platform } from "../../config/process.js";
import { fileErrorCode } from "./failure.js";

/*
 * A socket in the database's own folder, which the server listens on as long as it lives. Any process that can reach the folder, by
 * any path and from any container, can test it by connecting: the kernel accepts the connection while the server lives and refuses
 * it afterwards, however the server ended. Nothing is ever sent.
 */

const namePattern = /^guard-[0-9a-f]{12}$/;

export interface Guard {
    readonly name: string;
    readonly listener: Server;
}

/** Starts listening on a new guard socket; null when the file system has no sockets. */
export async function makeGuardOrNull(folder: string): Promise<Guard | null> {
    const name = `guard-${randomBytes(6).toString("hex")}`;
    const listener = createServer((socket) => socket.destroy());
    listener.unref();
    return withShortPath(
        folder,
        name,
        (path) =>
            new Promise((resolve) => {
                listener.once("error", () => {
                    resolve(null);
                });
                listener.listen(path, () => {
                    resolve({ name, listener });
                });
            }),
    );
}

/** `gone` when no process listens on the socket; `unknown` when that cannot be tested. */
export async function askGuard(folder: string, name: string): Promise<"alive" | "gone" | "unknown"> {
    if (!namePattern.test(name)) {
        return "unknown";
    }
    const reason = await withShortPath(folder, name, tryConnect);
    if (reason === null || reason === "EAGAIN") {
        return "alive";
    }
    return reason === "ECONNREFUSED" ? "gone" : "unknown";
}

export function removeGuard(folder: string, name: string): void {
    if (namePattern.test(name)) {
        rmSync(join(folder, name), { force: true });
    }
}

/** Null when a process listens on the socket, else the operating system's error code. */
export async function tryConnect(path: string): Promise<string | null> {
    return await new Promise((resolve) => {
        const socket = createConnection(path);
        socket.once("connect", () => {
            socket.destroy();
            resolve(null);
        });
        socket.once("error", (error) => {
            resolve(fileErrorCode(error) ?? "unknown");
        });
    });
}

/** A socket's path is limited to about 100 bytes. On Linux an open folder has a short path. */
async function withShortPath<T>(folder: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
    if (platform !== "linux") {
        return use(join(folder, name));
    }
    const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
        return await use(`/proc/self/fd/${descriptor}/${name}`);
    } finally {
        closeSync(descriptor);
    }
}
