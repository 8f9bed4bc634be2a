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
    /** Test files of `database` whose result may depend on the version of PostgreSQL's server. */
    readonly server: readonly string[];
}

/** Modules that need the set-up: its folder, its server, or the built program. */
const needsSetup = /\binject\(|\bdist\//;

const usesServer = /\bdescribeOn(Server|BothDatabases)\(|"testServer"|\bstartPostgresServer\(/;

/** Tests that use a server but do not depend on its version, with the reason: one version is enough for them. */
export const sameOnEveryVersion: Readonly<Record<string, string>> = {
    "tests/browse/export-rows.test.ts": "rows are read as tests/browse/load-page.test.ts reads them",
    "tests/browse/find-next.test.ts": "rows are read as tests/browse/load-page.test.ts reads them",
    "tests/browse/load-value-counts.test.ts": "groups and counts, which every version does alike",
    "tests/browse/round-trips.test.ts": "counts round trips",
    "tests/browse/trace/trace-down.test.ts": "rows are read as tests/browse/load-page.test.ts reads them",
    "tests/browse/view-sql.test.ts": "the SQL is made from a view, whatever the version",
    "tests/commands/building.test.ts": "is about what a build prints; builds are tested in tests/engine",
    "tests/commands/connection-limit.test.ts": "counts connections",
    "tests/commands/dev.test.ts": "is about files that change",
    "tests/commands/examples.test.ts": "whether commands end well; what they read is tested in commands/reading",
    "tests/commands/hostile-texts.test.ts": "is about characters in texts",
    "tests/commands/hot-standby.test.ts": "asks the server nothing but pg_is_in_recovery()",
    "tests/commands/land.test.ts": "is about files in CSV",
    "tests/commands/output-lost.test.ts": "is about pipes",
    "tests/commands/planted-names.test.ts": "every version finds functions and operators by the same rules",
    "tests/commands/process.test.ts": "is about processes",
    "tests/commands/query.test.ts":
        "is about where a statement comes from; tests/browse/read-pages.test.ts runs statements",
    "tests/commands/trouble.test.ts": "is about what is said when a command cannot do its work",
    "tests/deck/export/export-deck.test.ts": "is about the text of a page",
    "tests/deck/load-block.test.ts": "blocks read by what browse and runs read by",
    "tests/demo/open-demo-database.test.ts": "is about the demo's folder",
    "tests/derivation/column-lineage.test.ts": "derives from the text of SELECTs, whatever the version",
    "tests/derivation/derived-mappings.test.ts": "derives from the text of SELECTs, whatever the version",
    "tests/derivation/webshop-mappings.test.ts": "derives from the text of SELECTs, whatever the version",
    "tests/properties/changed-sources-law.test.ts": "the SQL is the one of tests/engine; only the rows are random",
    "tests/properties/full-build.test.ts":
        "the SQL is the one of tests/engine and tests/migrations; only the rows are random",
    "tests/properties/incremental-law.test.ts":
        "the SQL is the one of tests/engine and tests/migrations; only the rows are random",
    "tests/properties/random-projects.test.ts": "the SQL is the one of tests/engine; only the projects are random",
    "tests/runs/model-reads.test.ts": "reads stardeck's own tables by plain SQL",
    "tests/runs/run-pages.test.ts": "reads stardeck's own tables by plain SQL",
    "tests/runs/watch-run.test.ts": "reads stardeck's own tables by plain SQL",
    "tests/setup.test.ts": "is about the tests themselves",
};

/**
 * Sorts the test files by what they need: those in tests/stories are stories; those that use what the set-up provides, themselves
 * or through what they import below tests/, are `database`; the rest are `unit`. No list has to be maintained.
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
    const sorted: Record<keyof TestProjects, string[]> = { unit: [], database: [], stories: [], server: [] };
    for (const file of files.filter((each) => /\.test\.tsx?$/.test(each)).sort()) {
        const isStory = file.startsWith(join(tests, "stories", "/"));
        const path = relative(root, file);
        const project = isStory ? "stories" : isReached(file, new Set()) ? "database" : "unit";
        sorted[project].push(path);
        if (project === "database" && usesServer.test(texts.get(file) ?? "") && !(path in sameOnEveryVersion)) {
            sorted.server.push(path);
        }
    }
    return sorted;
}

/** `x.js`, as imports name it, is `x.ts` or `x.tsx`. */
function findSource(path: string): string {
    return [path.replace(/\.js$/, ".ts"), path.replace(/\.js$/, ".tsx")].find(existsSync) ?? path;
}
