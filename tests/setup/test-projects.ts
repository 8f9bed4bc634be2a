import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The test files of each project, as paths from the repository's root. */
export interface TestProjects {
    /** Pure functions and components: no database, no built program, no set-up. */
    readonly unit: readonly string[];
    /** What needs a database or the built program. */
    readonly database: readonly string[];
    /** A person's way through the program, in a terminal. */
    readonly stories: readonly string[];
}

/** What only the set-up provides: its folder and server, and the built program. */
const needsSetup = /\binject\(|\bdist\//;

/**
 * Sorts the test files by what they need: those in tests/stories are stories; those that use what the set-up provides, themselves
 * or through what they import below tests/, are of `database`; the rest are `unit`. Nobody has to keep a list.
 */
export function findTestProjects(root: string): TestProjects {
    const tests = join(root, "tests");
    const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
        .map((file) => join(tests, file))
        .filter((file) => /\.tsx?$/.test(file));
    const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
    const isReached = (file: string, seen: Set<string>): boolean => {
        const text = texts.get(file);
        if (text === undefined || seen.has(file)) {
            return false;
        }
        seen.add(file);
        return (
            needsSetup.test(text) ||
            Array.from(text.matchAll(/ from "(\.[^"]+)"/g), ([, specifier]) => specifier ?? "").some((specifier) =>
                isReached(findSource(join(dirname(file), specifier)), seen),
            )
        );
    };
    const sorted: Record<keyof TestProjects, string[]> = { unit: [], database: [], stories: [] };
    for (const file of files.filter((each) => /\.test\.tsx?$/.test(each)).sort()) {
        const isStory = file.startsWith(join(tests, "stories", "/"));
        sorted[isStory ? "stories" : isReached(file, new Set()) ? "database" : "unit"].push(relative(root, file));
    }
    return sorted;
}

/** `x.js`, as imports name it, is `x.ts` or `x.tsx`. */
function findSource(path: string): string {
    return [path.replace(/\.js$/, ".ts"), path.replace(/\.js$/, ".tsx")].find(existsSync) ?? path;
}
