import { expect } from "vitest";
import { runBuild } from "../../src/engine/build.js";
import { openDatabase } from "../setup/databases.js";
import { story } from "./story.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

story(
    "finds what past runs changed, compares two, and reopens one as it ended",
    { sizes },
    async ({ open, settings, columns }) => {
        await openDatabase(settings, async (database) => {
            await database.query(
                `insert into staging.product (id, name, "EAN", price, published)
                values (90001, 'Lamp', '4012345678901', 12.5, true)`,
            );
            await runBuild(database, {
                command: "build",
                select: ["dim_product"],
                exclude: [],
                fullRefresh: false,
                failFast: false,
                threads: 1,
                signal: new AbortController().signal,
                onEvent: () => undefined,
            });
        });
        const terminal = await open();
        await terminal.waitFor(/^ \? help/m);
        terminal.press("7");
        await terminal.waitFor("History   2 runs");
        await terminal.waitFor(/^▌ +[✓!] +2 build dim_.*\+1 ~0 -0/m);
        expect(terminal.screen().some((row) => /│ +Run 2: build dim_product/.test(row))).toBe(columns >= 100);
        terminal.press("tab");
        await terminal.waitFor(/▌✓ dim_product .*\+1 ~0 -0/);
        terminal.press("enter");
        await terminal.waitFor("dim_product: what run 2 changed");
        await terminal.waitFor(/new .*Lamp/);
        terminal.press("esc");
        await terminal.waitFor("History   2 runs");
        terminal.press("h", "space", "j", "c");
        await terminal.waitFor("runs 1 and 2: their models");
        await terminal.waitFor(/int_events +ok +not in it/);
        terminal.press("[");
        await terminal.waitFor(/2 +build dim_product/);
        terminal.press("esc");
        await terminal.waitFor(/^▌.* 1 build/m);
        terminal.press("enter");
        await terminal.waitFor(/Build #1 .*ok/);
        await terminal.waitFor(/[✓!] mart_weekly_fulfilment/);
        terminal.press("esc");
        await terminal.waitFor("History   2 runs");
        terminal.press("/");
        await terminal.waitFor("Runs with");
        terminal.type("mart_weekly");
        terminal.press("enter");
        await terminal.waitFor(/only with "mart_weekly"/);
        await terminal.waitFor((screen) => !screen.join("\n").includes("2 build dim_"));
        terminal.press("y");
        await terminal.waitFor("stardeck history 1");
    },
);
