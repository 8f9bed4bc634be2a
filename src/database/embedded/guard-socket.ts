import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";
import { platform } from "../../config/process.js";
import { fileErrorCode } from "./failure.js";

/*
 * A socket in the database's own folder, which the server listens on as long as it lives. Whoever reaches the folder can ask the
 * kernel about it, by whatever path and from whatever container: a connection is accepted by a living process and refused when it
 * is gone, however it ended. Nothing is ever sent.
 */

const namePattern = /^guard-[0-9a-f]{12}$/;

export interface Guard {
    readonly name: string;
    readonly listener: Server;
}

/** Null where the file system knows no sockets. */
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

/** `gone` when the kernel says that nobody listens; `unknown` where it cannot be asked. */
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

/** Null when somebody listens there, else the operating system's code. */
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

/** The path of a socket has about 100 bytes. On Linux a folder that is open has a short one. */
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
