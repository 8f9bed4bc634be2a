import { expect, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import { findTestProjects, sameOnEveryVersion } from "./test-projects.js";

const { unit, database, stories, server } = findTestProjects(packageFolder);

it("puts every test file into one project, by what it needs", () => {
    const all = [...unit, ...database, ...stories];
    expect(new Set(all).size).toBe(all.length);
    expect(unit).toEqual(
        expect.arrayContaining([
            "tests/oracle/warehouse.test.ts",
            "tests/setup/test-projects.test.ts",
            "tests/tui/kit/ink-table.test.tsx",
        ]),
    );
    expect(database).toEqual(
        expect.arrayContaining([
            // Asks the set-up itself, through what it imports, or runs the built program.
            "tests/setup.test.ts",
            "tests/engine/build.test.ts",
            "tests/repository/headless.test.ts",
        ]),
    );
    expect(stories).toContain("tests/stories/demo.test.ts");
});

it("tests on a second version of the server what may differ there", () => {
    expect(database).toEqual(expect.arrayContaining([...server, ...Object.keys(sameOnEveryVersion)]));
    expect(server.filter((file) => file in sameOnEveryVersion)).toEqual([]);
    expect(server).toContain("tests/engine/build.test.ts");
    expect(server).not.toContain("tests/database/embedded.test.ts");
});
