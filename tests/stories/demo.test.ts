import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { loadDeck, shippedDeckFolder } from "../../src/deck/load-deck.js";
import { story } from "./story.js";
import { restoredModes, type StoryTerminal } from "./story-terminal.js";

/** Blocks are read one after the other, on a machine that does other things as well. */
const patient = { timeoutMs: 50_000 };

/** The slide of this number, with everything on it. */
function isSlide(number: number, count: number): (screen: readonly string[]) => boolean {
    return (screen) =>
        screen.some((row) => row.trimEnd().endsWith(` ${number}/${count}`)) &&
        !screen.some((row) => /Reading .*…/.test(row));
}

async function goTo(terminal: StoryTerminal, number: number, count: number): Promise<void> {
    terminal.type(String(number));
    await terminal.waitFor(`Slide ${number}_`);
    terminal.press("enter");
    await terminal.waitFor(isSlide(number, count), patient);
}

const sizes = [
    [80, 24],
    [120, 40],
] as const;

/** What each slide says of the prepared warehouse, from the first on. */
const facts: readonly RegExp[] = [
    /orders +sessions +data tests +weeks/,
    /1\. How long does an order take from placed to shipped, week by week\?/,
    /event +59,080 2025-03-02 .* 571: Events with an unreadable p/,
    /staging +─▶ prep +─▶ warehouse +─▶ marts/,
    /fct_sessions +✓ +✓ +· +one row per session/,
    /mart_last_session_carts[^]*dim_customer/,
    /2025-02-24 +202 +63 +56\.71 +73\.91/,
    /carmenbaker240@\S+ +2025-02-08 +10 +503\.99/,
    /2025-02-24 +63,709\.29 +481\.09 +48,109\.49 +373/,
    /121 data tests: 2 warned, 14 known, 71 passed, 34 held by a constraint\./,
    /Build #6 .*(\/18|after)/,
    /int_orders +entities +\d+ +32 +7 +0/,
    /Times are UTC, weeks begin on Monday\./,
    /2025-02-24 +202 +56\.71/,
];

story("presents the whole deck, forward and back", { template: "empty", sizes }, async ({ open }) => {
    const count = (await loadDeck(shippedDeckFolder)).slides.length;
    expect(facts.length).toBe(count);
    const terminal = await open(["demo"]);
    const look = async (number: number): Promise<void> => {
        await terminal.waitFor(isSlide(number, count), patient);
        expect(terminal.screen().join("\n")).toMatch(facts[number - 1] ?? /never/);
    };
    for (let number = 1; number <= count; number++) {
        await look(number);
        expect(terminal.screen().join("\n")).not.toContain("✗");
        terminal.press(number % 2 === 0 ? "space" : "page-down");
    }
    for (let number = count - 1; number >= 1; number--) {
        terminal.press(number % 2 === 0 ? "left" : "page-up");
        await look(number);
    }
    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modes()).toEqual(restoredModes);
});

story("dives and returns, jumps, blanks, plays a run, and is followed", { template: "empty" }, async (stage) => {
    const count = (await loadDeck(shippedDeckFolder)).slides.length;
    // Whoever follows looks for the demo that began last: not one of another story.
    const environment = { TMPDIR: stage.workingFolder };
    const terminal = await stage.open(["demo"], { environment });
    await terminal.waitFor(isSlide(1, count), patient);

    await goTo(terminal, 7, count);
    terminal.press("enter");
    await terminal.waitFor("[5 Data]");
    await terminal.waitFor("2024-12-30", patient);
    expect(terminal.screen().join("\n")).toContain("mart_weekly_fulfilment");
    terminal.press("esc");
    await terminal.waitFor(isSlide(7, count));

    terminal.press("o");
    await terminal.waitFor("All slides");
    terminal.press("down", "enter");
    await terminal.waitFor(isSlide(8, count), patient);

    terminal.press(".");
    await terminal.waitFor((screen) => screen.every((row) => row.trim() === ""));
    terminal.press("space");
    await terminal.waitFor(isSlide(8, count));

    terminal.press("t");
    await terminal.waitFor(/0:0[1-9]/);

    await goTo(terminal, 11, count);
    await terminal.waitFor(/Build #\d+ .*\d+\/18/, patient);
    terminal.press("+", "+", "+", "+");
    await terminal.waitFor(/Build #6 .* after /, patient);
    terminal.press("enter");
    await terminal.waitFor("[3 Build]");
    await terminal.waitFor(/Build #6 .* after [^]*mart_weekly_fulfilment +ok .*\+0 ~1 -0/, patient);
    terminal.press("esc");
    await terminal.waitFor(isSlide(11, count));

    const notes = await stage.open(["demo", "--notes"], { environment });
    await notes.waitFor(`11/${count}`);
    terminal.press("left");
    await notes.waitFor("Why believe it?");

    terminal.press("q");
    expect(await terminal.exit()).toBe(0);
    expect(await notes.exit()).toBe(0);
    expect(notes.history().join("\n")).toContain("The demo has ended.");
});

const broken = `# Mine

\`\`\`chrat marts.x
\`\`\`

---

## Typo

\`\`\`query
select * form generate_series(1, 3)
\`\`\`

---

## Slow

\`\`\`query
select pg_sleep(60)
\`\`\`

---

## Many

\`\`\`table
select n, E'\\x1b[31mred\\n' as hostile from generate_series(1, 10000) as n
\`\`\`

---

## Never built

\`\`\`table mart_weekly_discounts
\`\`\`
`;

story(
    "shows what is wrong with slides of one's own, on a small terminal",
    { template: "migrated", databases: ["server"], sizes: [[60, 15]] },
    async ({ open, workingFolder }) => {
        await mkdir(join(workingFolder, "talk"));
        await writeFile(join(workingFolder, "talk", "talk.md"), broken);
        const terminal = await open(["demo", "--deck", "talk"]);
        await terminal.waitFor('There is no block "chrat".', patient);
        await terminal.waitFor("talk.md, line 3. Did you mean chart?");
        terminal.press("space");
        await terminal.waitFor('syntax error at or near "form"', patient);
        await terminal.waitFor("1 │ select * form generate_series(1, 3)");
        await terminal.waitFor("The query of talk.md, line 10.");
        terminal.press("space");
        await terminal.waitFor("Reading the query");
        // Who goes on does not wait for it.
        terminal.press("space");
        await terminal.waitFor(/\d of 10,000 rows/);
        await terminal.waitFor("␛[31mred↵");
        terminal.press("space");
        await terminal.waitFor("mart_weekly_discounts was never built", patient);
        terminal.resize(100, 30);
        await terminal.waitFor(isSlide(5, 5));
        terminal.press("q");
        expect(await terminal.exit()).toBe(0);
    },
);

story("says that no demo is going on", { template: "empty" }, async ({ open, workingFolder }) => {
    const terminal = await open(["demo", "--notes"], { environment: { TMPDIR: workingFolder } });
    expect(await terminal.exit()).toBe(1);
    expect(terminal.history().join("\n")).toContain("No demo is going on.");
});
