import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { FileProblem } from "../../src/project/problem.js";
import { ProjectError } from "../../src/project/problem.js";
import type { Project } from "../../src/project/project.js";
import { readProject } from "../../src/project/read-project.js";

/** A folder with these files, by path; it is gone when the test has finished. */
export function writeFiles(files: Readonly<Record<string, string | Buffer>>): string {
    const folder = mkdtempSync(join(tmpdir(), "stardeck-project-"));
    onTestFinished(() => {
        rmSync(folder, { recursive: true, force: true });
    });
    for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
    }
    return folder;
}

/** The configuration of a project that needs no other. */
export const smallConfig = `import { defineConfig } from "stardeck";

export default defineConfig({ name: "shop" });
`;

/** A view with everything that a model has to say. */
export const smallModel = `-- Orders as they are now.
-- Grain: one row per order.

select id as order_id from {source_schema}.orders;
`;

/** Reads a folder with these files, and a configuration where they have none. */
export function readFiles(files: Readonly<Record<string, string | Buffer>>): Project {
    return readProject(writeFiles({ "stardeck.config.ts": smallConfig, ...files }), { cacheFolder: null });
}

/** The problems of such a folder; none where it has none. */
export function findProblems(files: Readonly<Record<string, string | Buffer>>): readonly FileProblem[] {
    return problemsIn(writeFiles({ "stardeck.config.ts": smallConfig, ...files }));
}

export function problemsIn(folder: string): readonly FileProblem[] {
    try {
        readProject(folder, { cacheFolder: null });
        return [];
    } catch (error) {
        if (error instanceof ProjectError) {
            return error.problems;
        }
        throw error;
    }
}

/** What a person reads of them. */
export function printProblems(files: Readonly<Record<string, string | Buffer>>): string {
    return new ProjectError(findProblems(files)).message;
}
