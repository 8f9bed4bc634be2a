import { defineConfig } from "vitest/config";
import { findTestProjects } from "./tests/setup/test-projects.js";

const files = findTestProjects(import.meta.dirname);
// As the compiler does it. What Vite would add in development makes React warn of the classic transform.
const oxc = { jsx: { runtime: "classic", development: false } } as const;
const usual = {
    // Limits for what hangs, on a busy machine too: no test that passes waits for them.
    testTimeout: 180_000,
    // The first file to need a template makes it for all: migrations, demo data and a build.
    hookTimeout: 300_000,
};
// CI tests on the newest server, and on the oldest what may differ there.
const databaseFiles = process.env.STARDECK_TEST_ONLY === "server" ? files.server : files.database;
const setUp = { globalSetup: ["tests/setup/global-setup.ts"] };

export default defineConfig({
    test: {
        // Every worker may hold a PostgreSQL in WebAssembly; two keep a small machine responsive. Here and not in a
        // project, where it would hold against `--maxWorkers`.
        maxWorkers: 2,
        projects: [
            // Pure tests leave nothing behind: they share what a worker has loaded.
            // Ink writes no frames where CI is set, but the last.
            { oxc, test: { ...usual, name: "unit", include: [...files.unit], isolate: false, env: { CI: "false" } } },
            { oxc, test: { ...usual, ...setUp, name: "database", include: [...databaseFiles], isolate: false } },
            { oxc, test: { ...usual, ...setUp, name: "stories", include: [...files.stories], isolate: false } },
        ],
    },
});
