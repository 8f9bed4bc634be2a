import { expect } from "vitest";
import { openDatabase } from "../setup/databases.js";
import { story } from "./story.js";

story("changes nothing with --read-only, and says why", { databases: ["server"] }, async (stage) => {
    const countRuns = (): Promise<unknown> =>
        openDatabase(stage.settings, async (database) => (await database.query("select from ops.run")).rowCount);
    const before = await countRuns();
    const terminal = await stage.open(["--read-only"]);
    await terminal.waitFor(/─ read only$/m);
    await terminal.waitFor(/mart_weekly_discounts/);
    for (const [key, title] of [
        ["b", "build"],
        ["B", "build downstream"],
        ["f", "full refresh"],
        ["t", "test"],
        ["R", "retry"],
    ] as const) {
        terminal.type(key);
        await terminal.waitFor(`${title}: opened for reading only.`);
    }
    terminal.type("?");
    await terminal.waitFor("Keys of Home");
    terminal.type("build");
    await terminal.waitFor(/b +build +opened for reading only/);
    terminal.press("enter");
    await terminal.waitFor(/^ b build: opened for reading only\./m);
    terminal.press("esc");
    await terminal.waitFor(/› +│/);
    terminal.press("esc");
    await terminal.waitFor((screen) => !screen.join().includes("Keys of Home"));

    terminal.type("5");
    await terminal.waitFor("[5 Data]");
    terminal.type("Q");
    await terminal.waitFor("One SELECT, WITH, VALUES or TABLE.");
    terminal.type("select pg_advisory_lock(7)");
    terminal.press("enter");
    await terminal.waitFor("pg_advisory_lock() may do more than read");
    terminal.press("esc");
    await terminal.waitFor("⏎ edit");
    terminal.press("q", "q", "q");
    expect(await terminal.exit()).toBe(0);
    expect(await countRuns()).toBe(before);
});
