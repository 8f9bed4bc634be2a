import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { buildProgram } from "./build-program.js";
import { atEndOfRun } from "./end-of-run.js";
import { startPostgresServer, type TestServer } from "./postgres-server.js";
import { runName } from "./run-name.js";

declare module "vitest" {
    export interface ProvidedContext {
        /** The server on which tests make their databases. */
        testServer: TestServer;
        /** A folder for files of the tests; removed at the end of the run. */
        runFolder: string;
    }
}

interface TestRun {
    readonly server: TestServer;
    readonly runFolder: string;
    readonly stop: () => Promise<void>;
}

/** Vitest loads this file once for each project that needs it; all of them share one run. */
const shared = globalThis as { stardeckTestRun?: { readonly run: Promise<TestRun>; users: number } };

/** Builds the program and starts the server, once for the whole test run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
    const started = (shared.stardeckTestRun ??= { run: startRun(), users: 0 });
    started.users += 1;
    const { server, runFolder, stop } = await started.run;
    project.provide("testServer", server);
    project.provide("runFolder", runFolder);
    return async () => {
        started.users -= 1;
        if (started.users === 0) {
            delete shared.stardeckTestRun;
            await stop();
        }
    };
}

async function startRun(): Promise<TestRun> {
    forgetDatabases();
    buildProgram();
    const runFolder = await mkdtemp(join(tmpdir(), "stardeck-tests-"));
    const removeRunFolder = atEndOfRun('rm -rf "$1" || { sleep 1; rm -rf "$1"; }', [runFolder]);
    const { server, stop } = await findServer(runFolder);
    return {
        server,
        runFolder,
        stop: async () => {
            await Promise.all([stop(), removeRunFolder()]);
        },
    };
}

/** The environment of the workers, without database settings of the shell: no test may touch that database. */
function forgetDatabases(): void {
    const settings = /^(DATABASE_URL|PG[A-Z]+|STARDECK_(?!TEST_|WEBSHOP_SAMPLE$).*)$/;
    for (const name of Object.keys(process.env).filter((each) => settings.test(each))) {
        Reflect.deleteProperty(process.env, name);
    }
}

async function findServer(runFolder: string): Promise<{ server: TestServer; stop: () => Promise<void> }> {
    const url = process.env.STARDECK_TEST_DATABASE_URL ?? "";
    if (url === "") {
        return await startPostgresServer(process.env.STARDECK_TEST_POSTGRES ?? "");
    }
    return { server: { url, socketFolder: null }, stop: () => dropDatabases(url, runName(runFolder)) };
}

/** Leaves a server that goes on running as it was. */
async function dropDatabases(url: string, prefix: string): Promise<void> {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ datname: string }>(
        "select datname from pg_database where starts_with(datname, $1)",
        [prefix],
    );
    for (const { datname } of rows) {
        await client.query(`drop database if exists "${datname}" with (force)`);
    }
    await client.end();
}
