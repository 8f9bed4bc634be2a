import { expect } from "vitest";
import { story } from "./story.js";
import { restoredModes } from "./story-terminal.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

story("asks for help and reads it in the terminal", { template: "empty", sizes }, async ({ open }) => {
    const terminal = await open(["--help"]);
    expect(await terminal.exit()).toBe(0);
    const rows = terminal.history();
    expect(rows[0]).toBe("$ stardeck --help");
    expect(rows.find((row) => !/^(\$|$)/.test(row))).toMatch(/^Builds, tests, watches and presents/);
    expect(rows.some((row) => row.trimStart().startsWith("build "))).toBe(true);
    expect(terminal.modes()).toEqual(restoredModes);
});

story("lists the models in the terminal", { databases: ["embedded", "server"] }, async ({ open }) => {
    const terminal = await open(["ls"]);
    await terminal.waitFor(/^fct_order_items +warehouse +table/m);
    expect(await terminal.exit()).toBe(0);
});
