import { homedir } from "node:os";
import { expect, it } from "vitest";
import { resolvePath } from "../../src/config/resolve-path.js";

it.each([
    ["~", homedir()],
    ["~/rows.csv", `${homedir()}/rows.csv`],
    ["rows.csv", "/somewhere/rows.csv"],
    ["../rows.csv", "/rows.csv"],
    ["/tmp/rows.csv", "/tmp/rows.csv"],
    ["a~/rows.csv", "/somewhere/a~/rows.csv"],
    ["~other/rows.csv", "/somewhere/~other/rows.csv"],
])("resolves %j to %j", (typed, path) => {
    expect(resolvePath("/somewhere", typed)).toBe(path);
});
