import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const sourceFolder = join(import.meta.dirname, "../../src");

/**
 * The tables of `ops` that builds write: which runs there were, what they did, and what they left for the next ones. A name in single
 * quotes is asked of the catalog: whether the table is there.
 */
const recordOfRuns =
    /(?<!')\bops"?\."?(run|model_run|test_run|row_change|model_state|test_state|build_lock|affected_entity|source_cursor)\b/;

/** Below `runs`, because they make what is recorded: the tables themselves, models that get other names, SELECTs or entities, and seeds. */
const definitions = /^warehouse\/(operations-schema\.ts|load-seeds\.ts|refresh-mappings\.ts|apply\/)/;

it("the record of runs is read and written in src/runs alone", () => {
    const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
        .map((file) => file.replaceAll("\\", "/"))
        .filter((file) => /\.tsx?$/.test(file));
    const writers = files.filter((file) => recordOfRuns.test(readFileSync(join(sourceFolder, file), "utf8")));
    expect(writers.filter((file) => file.startsWith("runs/")).length).toBeGreaterThan(0);
    expect(writers.filter((file) => !file.startsWith("runs/") && !definitions.test(file))).toEqual([]);
});

it("the registry of models is read and written in src/warehouse and src/runs alone", () => {
    const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
        .map((file) => file.replaceAll("\\", "/"))
        .filter((file) => /\.tsx?$/.test(file) && !/^(runs|warehouse)\//.test(file));
    const readers = files.filter((file) =>
        /[^'\w]ops\.(model|source|data_test)\b/.test(readFileSync(join(sourceFolder, file), "utf8")),
    );
    expect(readers).toEqual([]);
});
