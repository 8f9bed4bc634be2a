import { expect } from "vitest";
import { story } from "./story.js";
import { restoredModes, type StoryTerminal } from "./story-terminal.js";

const ready = /^ \? help/m;
/** For what a machine that does other things as well takes its time for. */
const patient = { timeoutMs: 60_000 };

/** The whole screen, drawn for its size. */
function isDrawn(rows: number): (screen: readonly string[]) => boolean {
    return (screen) => screen.length === rows && screen.slice(-2).join("\n").includes(" ? help");
}

async function closeDialog(terminal: StoryTerminal, title: string): Promise<void> {
    terminal.press("esc");
    await terminal.waitFor((screen) => !screen.join("\n").includes(title));
}

async function openRelation(terminal: StoryTerminal, name: string): Promise<void> {
    terminal.press("d");
    await terminal.waitFor("type to search");
    terminal.type(name);
    await terminal.waitFor((screen) => screen.some((row) => /[▌>]/.test(row) && row.includes(name)));
    terminal.press("enter");
    await terminal.waitFor(new RegExp(`^ \\w+\\.${name} `, "m"));
}

story("finds a key, arranges a mart, asks in SQL, and finds its place again", {}, async ({ open }) => {
    const terminal = await open([], patient);
    await terminal.waitFor(ready);

    // What the keys do can be searched and run; so can every action by name.
    terminal.press("?");
    await terminal.waitFor("Keys of Home");
    terminal.type("theme");
    await terminal.waitFor(/▌\^T +theme/);
    terminal.press("enter");
    await terminal.waitFor("Theme: light.");
    terminal.press(":");
    await terminal.waitFor("Commands");
    terminal.type("mouse");
    await terminal.waitFor(/▌mouse on\/off/);
    terminal.press("enter");
    await terminal.waitFor("The mouse clicks and scrolls here.");
    expect(terminal.modes().isMouseReported).toBe(true);
    terminal.press("M");
    await terminal.waitFor("The mouse selects text as usual.");
    expect(terminal.modes().isMouseReported).toBe(false);
    terminal.press("J");
    await terminal.waitFor("Nothing has run yet.");
    await closeDialog(terminal, "Nothing has run yet.");

    // A mart opens with a chart beside its rows; its view is changed, and taken back.
    terminal.resize(120, 40);
    await terminal.waitFor(isDrawn(40));
    terminal.press("5");
    await terminal.waitFor("[5 Data]");
    await openRelation(terminal, "mart_weekly_discounts");
    await terminal.waitFor(/│ .*discount_amount/);
    // A mart begins with its newest period.
    await terminal.waitFor("sort: week_start ↓");
    terminal.press("s");
    await terminal.waitFor((screen) => !screen.join("\n").includes("sort:"));
    terminal.press("s");
    await terminal.waitFor("sort: week_start ↑");
    await terminal.waitFor(/▌\d{4}-\d\d-\d\d/);
    terminal.press("f");
    await terminal.waitFor("1 row   sort: week_start ↑   where: week_start = ");
    terminal.press("u");
    await terminal.waitFor((screen) => !screen.join("\n").includes("where:"));
    terminal.press("U");
    await terminal.waitFor("where: week_start = ");
    terminal.press("u");
    await terminal.waitFor((screen) => !screen.join("\n").includes("where:"));
    terminal.press("/");
    await terminal.waitFor("find");
    terminal.type("2025-02-24");
    terminal.press("enter");
    await terminal.waitFor(/▌2025-02-24/);
    terminal.press("F");
    await terminal.waitFor("Values of week_start");
    await terminal.waitFor(/1 +\d+ % +█/);
    await closeDialog(terminal, "Values of week_start");
    terminal.press("i");
    await terminal.waitFor("Statistics of week_start");
    await terminal.waitFor(/different values +\d/);
    await closeDialog(terminal, "Statistics of week_start");
    terminal.press("Q");
    await terminal.waitFor("[8 SQL]");
    terminal.type("select nope from marts.mart_weekly_discounts");
    terminal.press("enter");
    await terminal.waitFor(/select nope.*\n {8}\^ column "nope" does not exist/);
    terminal.press("ctrl-c");
    await terminal.waitFor("once more quits");
    terminal.press("ctrl-c");
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modes()).toEqual(restoredModes);

    const again = await open([], patient);
    await again.waitFor(ready);
    again.press("5");
    await again.waitFor("marts.mart_weekly_discounts");
    await again.waitFor("sort: week_start ↑");
    again.press("Q");
    await again.waitFor("select nope from");
});

story(
    "asks in SQL: a name is mended, and rows and plan stand below the statement",
    { isReader: true, databases: ["embedded", "server"] },
    async ({ open }) => {
        const terminal = await open([], patient);
        await terminal.waitFor(ready);
        terminal.press("8");
        await terminal.waitFor("[8 SQL]");
        terminal.type("select count(*) from fct_orders");
        terminal.press("enter");
        await terminal.waitFor("Did you mean warehouse.fct_orders? Tab writes it.");
        terminal.press("tab", "enter");
        await terminal.waitFor(/^ query +1 row /m);
        expect(terminal.screen()[3]).toBe(" select count(*) from warehouse.fct_orders");
        // Where its time goes, and back to its rows.
        terminal.press("A");
        await terminal.waitFor(/^ explain analyze +[\d.,]+ ms, planned in [\d.]+ ms$/m);
        await terminal.waitFor(/^▌! .* ms +\d+%/m);
        terminal.press("P");
        await terminal.waitFor(/^ query +1 row /m);
        // One more statement; the first one stays, and is found again by its words.
        terminal.press("]");
        await terminal.waitFor("query 2 of 2");
        terminal.type("explain select 7 as seven");
        terminal.press("enter");
        await terminal.waitFor(/^▌! Result +0 +\d+% +1$/m);
        terminal.press("[");
        await terminal.waitFor("query 1 of 2");
        expect(terminal.screen()[3]).toBe(" select count(*) from warehouse.fct_orders");
        terminal.press("H");
        await terminal.waitFor("Earlier statements");
        terminal.type("fct_orders");
        await terminal.waitFor(/▌select count\(\*\) from warehouse\.fct_orders/);
        terminal.press("enter");
        await terminal.waitFor("query 3 of 3");
        // What would never end is given up.
        terminal.press("ctrl-u");
        terminal.type("with recursive n as (select 1 as i union all select i from n) select count(*) from n");
        terminal.press("esc");
        await terminal.waitFor("A analyze");
        terminal.press("A");
        await terminal.waitFor(/running it for its plan: running \d+ s, x cancels/);
        terminal.press("x");
        await terminal.waitFor("Cancelled.");
        // The database is free again.
        terminal.press("]");
        await terminal.waitFor("query 4 of 4");
        terminal.type("select 5 as five");
        terminal.press("enter");
        await terminal.waitFor(/^ query +1 row /m);
    },
);

story(
    "erases nothing in a thousand scrolls, on every screen and at every size, and sends ASCII where that is all there is",
    {},
    async ({ open }) => {
        const terminal = await open([], { ...patient, environment: { LANG: "C" } });
        await terminal.waitFor(ready);
        terminal.press("5");
        await terminal.waitFor("[5 Data]");
        await openRelation(terminal, "fct_order_items");
        await terminal.waitFor(/^> *16 +1 /m);
        const isFirstRow = (row: string): boolean => /^> *16 +1 /.test(row);
        const sizes = [
            [200, 60],
            [61, 17],
            [120, 40],
            [80, 24],
        ] as const;
        for (const [index, [columns, rows]] of sizes.entries()) {
            terminal.press(...Array.from({ length: 250 }, (_, press) => (press % 10 === 9 ? "page-down" : "down")));
            terminal.resize(columns, rows);
            await terminal.waitFor(isDrawn(rows));
            terminal.press(String(index + 1));
            await terminal.waitFor(new RegExp(`\\[${index + 1} `));
            terminal.press("down", "down", "5");
            await terminal.waitFor("[5 Data]");
        }
        terminal.press("g");
        await terminal.waitFor((screen) => screen.filter(isFirstRow).length === 1 && screen.length === 24);
        expect(/\P{ASCII}.{0,20}/u.exec(terminal.bytes())).toBeNull();
        expect(terminal.bytes()).not.toContain("\u001b[2J");
        expect(terminal.bytes()).not.toContain("\u001b[3J");
        terminal.press("ctrl-c");
        await terminal.waitFor("once more quits");
        terminal.press("ctrl-c");
        expect(await terminal.exit()).toBe(0);
        expect(terminal.history()).toEqual(["$ stardeck"]);
    },
);
