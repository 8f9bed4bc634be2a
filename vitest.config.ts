import { defineConfig } from "vitest/config";
import { findTestProjects } from "./tests/setup/test-projects.js";

const files = findTestProjects(import.meta.dirname);
const setUp = { globalSetup: ["tests/setup/global-setup.ts"] };

export default defineConfig({
    // As the compiler does it. What Vite would add in development makes React warn of the classic transform.
    oxc: { jsx: { runtime: "classic", development: false } },
    test: {
        testTimeout: 60_000,
        // The first file to need a template makes it for all: migrations, demo data and a build.
        hookTimeout: 180_000,
        // Every worker may hold a PostgreSQL in WebAssembly; two keep a small machine responsive.
        maxWorkers: 2,
        projects: [
            // Pure tests leave nothing behind: they share what a worker has loaded.
            { extends: true, test: { name: "unit", include: [...files.unit], isolate: false } },
            { extends: true, test: { name: "database", include: [...files.database], ...setUp } },
            { extends: true, test: { name: "stories", include: [...files.stories], ...setUp } },
        ],
    },
});
