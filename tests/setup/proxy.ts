import { once } from "node:events";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { withDatabase, type Database } from "../../src/database/database.js";
import type { TestDatabase } from "./databases.js";

export interface ProxyOptions {
    /** Changes the server's messages. */
    readonly changeAnswer?: (answer: Buffer) => void;
    /** Whether to forward a client's message to the server; if not, the client is disconnected. */
    readonly passesOn?: (bytes: Buffer) => boolean;
    /** 2 when not given. */
    readonly maxConnections?: number;
}

/** Opens a server's database through a proxy between the program and the server. */
export async function withProxy<T>(
    test: TestDatabase,
    { changeAnswer = () => undefined, passesOn = () => true, maxConnections = 2 }: ProxyOptions,
    use: (database: Database) => Promise<T>,
): Promise<T> {
    const { database } = test.settings;
    if (database.kind !== "server") {
        throw new Error("not on a server");
    }
    const [real] = database.hosts;
    if (real === undefined) {
        throw new Error("no host");
    }
    const { host, port } = real;
    const proxy = createServer((client) => {
        const server = createConnection({ host, port });
        client.on("data", (bytes: Buffer) => {
            if (passesOn(bytes)) {
                server.write(bytes);
            } else {
                client.destroy();
            }
        });
        server.on("data", (answer: Buffer) => {
            changeAnswer(answer);
            client.write(answer);
        });
        server.on("close", () => client.destroy());
        client.on("close", () => server.destroy());
        server.on("error", () => undefined);
        client.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const hosts = [{ ...real, host: "127.0.0.1", port: (proxy.address() as AddressInfo).port }];
    try {
        return await withDatabase({ ...database, hosts }, { ...test.settings, maxConnections }, use);
    } finally {
        proxy.close();
    }
}
