import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { onTestFinished, vi } from "vitest";
import { openEmbedded, type EmbeddedServer } from "../../src/database/embedded/open-embedded.js";

/** A folder that goes when the test ends. */
export async function makeTestFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "stardeck-embedded-"));
    onTestFinished(async () => {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    return folder;
}

/** Opens the embedded database; it is let go when the test ends. */
export async function openForTest(folder: string): Promise<EmbeddedServer> {
    const server = await openEmbedded(folder);
    onTestFinished(() => server.close());
    return server;
}

/** Connects; the connection ends with the test. Errors of a connection that the test breaks are ignored. */
export async function connectForTest({ connection }: EmbeddedServer, config: pg.ClientConfig = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...connection, ...config });
    client.on("error", () => undefined);
    await client.connect();
    onTestFinished(() => client.end());
    return client;
}

export interface OtherProgram {
    readonly process: ChildProcess;
    /** Process id of the server that it uses. */
    readonly serverPid: number;
    /** Resolves when it has ended, however. */
    readonly ended: Promise<unknown>;
}

/** Another program that opens the folder, runs `sql` on one connection and then holds both open until it is ended. */
export async function startOtherProgram(folder: string, sql = "select 1"): Promise<OtherProgram> {
    const program = `
        import pg from "pg";
        import { openEmbedded } from "./dist/src/database/embedded/open-embedded.js";
        const server = await openEmbedded(${JSON.stringify(folder)});
        const client = new pg.Client(server.connection);
        await client.connect();
        await client.query(${JSON.stringify(sql)});
        process.stdout.write(String(server.pid));
        process.stdin.on("data", async () => {
            await client.end();
            await server.close();
            process.exit();
        });`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        cwd: join(import.meta.dirname, "../.."),
        stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    onTestFinished(() => {
        child.kill("SIGKILL");
    });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    return { process: child, serverPid: Number(output.toString()), ended };
}

/** Another program that runs all of these statements in each of two transactions, on as many connections. */
export function startProgramWithTransactions(folder: string, statements: readonly string[]): ChildProcess {
    const program = `
        import { withDatabase } from "./dist/src/database/database.js";
        const options = { connectTimeoutMs: 0, statementTimeoutMs: 0, maxConnections: 2 };
        await withDatabase({ kind: "embedded", folder: ${JSON.stringify(folder)} }, options, async (database) => {
            const run = () =>
                database.withTransaction(async (connection) => {
                    for (const statement of ${JSON.stringify(statements)}) {
                        await connection.query(statement);
                    }
                });
            await Promise.all([run(), run()]);
        });`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        cwd: join(import.meta.dirname, "../.."),
        stdio: "inherit",
    });
    onTestFinished(() => {
        child.kill("SIGKILL");
    });
    return child;
}

/** Resolves when the process is gone. */
export async function waitForEnd(pid: number): Promise<void> {
    await vi.waitFor(
        () => {
            if (isRunning(pid)) {
                throw new Error(`process ${pid} still runs`);
            }
        },
        { timeout: 60_000, interval: 10 },
    );
}

export function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

/** The first row, values as text. */
export async function queryRow(client: pg.Client, sql: string, values: unknown[] = []): Promise<unknown[]> {
    const types = { getTypeParser: () => (text: string) => text } as pg.CustomTypesConfig;
    const { rows } = await client.query<unknown[]>({ text: sql, values, rowMode: "array", types });
    return rows[0] ?? [];
}
