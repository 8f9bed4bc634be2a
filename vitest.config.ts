import { defineConfig } from "vitest/config";

export default defineConfig({
    // As the compiler does it. What Vite would add in development makes React warn of the classic transform.
    oxc: { jsx: { runtime: "classic", development: false } },
    test: {
        include: ["tests/**/*.test.{ts,tsx}"],
        globalSetup: ["tests/setup/global-setup.ts"],
        testTimeout: 60_000,
        // The first file to need a template makes it for all: migrations, demo data and a build.
        hookTimeout: 180_000,
        // Every worker may hold a PostgreSQL in WebAssembly; two keep a small machine responsive.
        maxWorkers: 2,
    },
});
