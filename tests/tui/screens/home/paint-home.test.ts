import { describe, expect, it } from "vitest";
import type { TestStatus } from "../../../../src/runs/run.js";
import { makeQueuedModel, type ModelProgress } from "../../../../src/tui/app/builds/run-progress.js";
import { formatVerdict } from "../../../../src/tui/screens/home/format-verdict.js";
import { keyOf, listHome, type HomeFacts } from "../../../../src/tui/screens/home/home-items.js";
import type { SourceNews } from "../../../../src/tui/app/shared-reads.js";
import { makeHomeList } from "../../../../src/tui/screens/home/home-list.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { makeList } from "../../paint-list.js";
import { plainLine } from "../../plain-line.js";
import { makeCatalogue, makeFacts, makeRun, nowMs } from "./sample-home.js";

const theme = makeTheme("dark", false);

interface PaintOptions {
    readonly columns?: number;
    readonly rows?: number;
    readonly selected?: string;
    readonly isReadOnly?: boolean;
    readonly isAscii?: boolean;
}

function paint(
    facts: HomeFacts,
    { columns = 80, rows = 19, selected = "run", ...more }: PaintOptions = {},
): readonly string[] {
    const own = more.isAscii === true ? makeTheme("mono", true) : theme;
    const list = makeList(
        { columns, rows },
        makeHomeList(() => ({
            facts,
            graph: facts.catalogue.graph,
            left: null,
            dataThroughMs: null,
            nowMs,
            isReadOnly: more.isReadOnly ?? false,
            // Header and footer take five.
            size: { columns, rows: rows + 5 },
            theme: own,
        })),
        own,
    );
    list.state.select(selected);
    const lines = list.paint({ columns, rows });
    expect(lines.map(styledWidth)).toEqual(lines.map(() => columns));
    return lines.map((line) => plainLine(line).trimEnd());
}

function verdict(facts: HomeFacts, width = 78): string {
    return plainLine(formatVerdict(facts, { width, theme, nowMs })).trimEnd();
}

describe("Home", () => {
    it("shows the last run, what is stale, the marts, what warns and the sources in 80 columns", () => {
        expect(paint(makeFacts())).toEqual([
            " ! fct_orders is stale: orders: 12 new rows.  Enter plans their build.",
            "▌Build #7  ! ok, warned after 5.0 s   rows +13 ~41 -0   2 min ago",
            "",
            " Marts",
            " ! behind  How much discount do we give, week by week?     mart_weekly_discounts",
            "   1,204.50 discount_amount  +52 % on the week before                        ▁▁█",
            " What are the carts worth?                                            mart_carts",
            "   reading …",
            "",
            " Data tests that warn",
            " ! fct_orders.price_is_positive                                         869 rows",
            " ! mart_carts.value_is_known                                               1 row",
            "",
            " Sources",
            " ✓ orders                                    fresh        newest 3 h ago",
            " ! event                                     stale        newest 2 days ago",
            "",
            "",
            "",
        ]);
    });

    it("says the same in ASCII", () => {
        expect(paint(makeFacts(), { isAscii: true }).join("\n")).toMatch(/^[ -~\n]*$/);
    });

    it("describes what is selected beside the list in 120 columns", () => {
        expect(paint(makeFacts(), { columns: 120, rows: 16, selected: "mart mart_weekly_discounts" })).toEqual([
            " ! fct_orders is stale: orders: 12 new rows.  Enter plans their b… │  How much discount do we give, week by week?",
            " Build #7  ! ok, warned after 5.0 s   rows +13 ~41 -0   2 min ago  │  marts.mart_weekly_discounts",
            " Marts                                                             │",
            "▌! behind  How much discount do we give, week by week?             │  1,204.50 discount_amount, week of 2025-03-17",
            "   1,204.50 discount_amount  +52 % on the week before          ▁▁█ │  +52 % on the week before",
            " What are the carts worth?                              mart_carts │",
            "   reading …                                                       │  discount_amount by week_start",
            " Data tests that warn                                              │",
            " ! fct_orders.price_is_positive                           869 rows │    │                      ██████████",
            " ! mart_carts.value_is_known                                 1 row │  1k┤██████████ ██████████ ██████████",
            " Sources                                                           │    │██████████ ██████████ ██████████",
            " ✓ orders                      fresh        newest 3 h ago         │   0└───────────────────────────────────────────────",
            " ! event                       stale        newest 2 days ago      │       3 Mar      10 Mar     17 Mar",
            "                                                                   │",
            "                                                                   │  Least 790 (2025-03-10), most 1.2k (2025-03-17),",
            "                                                                   │  rising; last 1.2k (2025-03-17).",
        ]);
    });

    it("shows the marts' charts in a third pane in 200 columns", () => {
        expect(paint(makeFacts(), { columns: 200, rows: 28, selected: "source event" })).toEqual([
            " ! fct_orders is stale: orders: 12 new rows.  Enter plans their build.           │  staging.event                                            │  How much discount do we give, week by week?",
            " Build #7  ! ok, warned after 5.0 s   rows +13 ~41 -0   2 min ago                │  ! stale  newest 2 days ago                               │  1,204.50 discount_amount, +52 % on the week before",
            "                                                                                 │                                                           │                           1.2k",
            " Marts                                                                           │  Orders with their status.                                │                        ██████████",
            " ! behind  How much discount do we give, week by week?     mart_weekly_discounts │  Newest record 2025-03-22 20:00:00 UTC.                   │     812        790     ██████████",
            "   1,204.50 discount_amount  +52 % on the week before                        ▁▁█ │  Expected within 36 hours; after 60 it is much too old.   │  ▃▃▃▃▃▃▃▃▃▃ ▂▂▂▂▂▂▂▂▂▂ ██████████",
            " What are the carts worth?                                            mart_carts │                                                           │  ██████████ ██████████ ██████████",
            "   reading …                                                                     │  Enter shows it among the models, v its rows.             │  ██████████ ██████████ ██████████",
            "                                                                                 │                                                           │  ██████████ ██████████ ██████████",
            " Data tests that warn                                                            │                                                           │  ██████████ ██████████ ██████████",
            " ! fct_orders.price_is_positive                                         869 rows │                                                           │  ██████████ ██████████ ██████████",
            " ! mart_carts.value_is_known                                               1 row │                                                           │  ────────────────────────────────────────────────────────",
            "                                                                                 │                                                           │    3 Mar      10 Mar     17 Mar",
            " Sources                                                                         │                                                           │",
            " ✓ orders                                    fresh        newest 3 h ago         │                                                           │  What are the carts worth?",
            "▌! event                                     stale        newest 2 days ago      │                                                           │  reading …",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
            "                                                                                 │                                                           │",
        ]);
    });

    it("scrolls so that all of the selected one is in view", () => {
        const lines = paint(makeFacts(), { rows: 6, selected: "source event" });
        expect(lines.at(-1)).toMatch(/^▌! event/);
        expect(paint(makeFacts(), { rows: 6, selected: "mart mart_carts" }).slice(-2)).toEqual([
            "▌What are the carts worth?                                            mart_carts",
            "   reading …",
        ]);
    });
});

describe("what Home says", () => {
    it("of a warehouse that was never built", () => {
        const facts = makeFacts({ catalogue: makeCatalogue({}, null), run: null });
        expect(paint(facts)[0]).toBe("▌! Nothing was built yet.  Enter plans the first build.");
        expect(paint(facts, { isReadOnly: true })[0]).toBe("▌! Nothing was built yet.");
        expect(verdict(facts)).toMatch(/^! never built/);
    });

    it("of a run that failed: which models, and how to go on", () => {
        const run = makeRun({ state: "failed" });
        const failed: ModelProgress = {
            ...makeQueuedModel("fct_orders"),
            status: "failed",
            durationMs: 900,
            message: "division by zero",
        };
        const models = new Map([...run.models, ["fct_orders", failed]]);
        const facts = makeFacts({ run: { ...run, models }, catalogue: makeCatalogue({}, "failed") });
        const lines = paint(facts, { columns: 120 });
        expect(lines.slice(0, 12).map((line) => line.slice(70))).toEqual([
            "Build #7",
            "✗ FAILED  ended 2 min ago, took 5.0 s",
            "by ada@shop pid 42",
            "",
            "✗ fct_orders",
            "  division by zero",
            "",
            "changed rows",
            "mart_weekly_discounts                     +1 ~1 -0",
            "",
            "Enter shows every model of it; R takes up what",
            "failed, was skipped or cancelled.",
        ]);
        expect(verdict(facts)).toMatch(/^✗ 3 models failed/);
    });

    it("of a run that goes on", () => {
        const facts = makeFacts({ run: makeRun({ state: "running", endedAtMs: null }) });
        expect(paint(facts).slice(0, 2)).toEqual([
            "▌Build #7  ████████████████████████████████████████  2/2   2:05 elapsed",
            "  ✓ 2 ok   tests: ! 1 warned",
        ]);
        expect(verdict(facts)).toMatch(/~ building/);
    });

    it.each([
        [0, "behind"],
        [5, "5 h behind"],
        [23, "1 day behind"],
        [72, "3 days behind"],
    ])("says by how much a mart is behind its sources: %d hours", (hours, behind) => {
        const { news } = makeFacts();
        const newer = new Map(
            [...news].map(([name, each]) => [
                name,
                { ...each, builtMs: name === "orders" ? (each.newestMs ?? 0) - hours * 3_600_000 : null },
            ]),
        );
        expect(paint(makeFacts({ news: newer })).join("\n")).toContain(` ! ${behind}  How much discount`);
    });

    it("of a warehouse without marts, and of damaged models", () => {
        const catalogue = makeCatalogue({
            models: makeCatalogue().registry.models.slice(0, 1),
            damages: [{ modelName: "fct_orders", problem: "its SELECT, the view prep.fct_orders__select, is gone" }],
        });
        const lines = paint(makeFacts({ catalogue }));
        expect(lines).toContain(" ✗ fct_orders: its SELECT, the view prep.fct_orders__select, is gone");
        expect(lines).toContain(" There are no marts: the models of the layer marts are shown here.");
    });

    it("of sources that are missing, empty, not known or the demo", () => {
        const news: SourceNews = {
            problem: null,
            newestMs: null,
            builtMs: null,
            isDemo: false,
            isAsked: true,
            error: null,
        };
        const lineOf = (own: Partial<SourceNews>): string =>
            paint(makeFacts({ news: new Map([["orders", { ...news, ...own }]]) }), { rows: 30 }).find((line) =>
                line.includes(" orders "),
            ) ?? "";
        expect(lineOf({ problem: { kind: "missing", foundIn: [] } })).toMatch(/^ ✗ orders +missing$/);
        expect(lineOf({})).toMatch(/^ ! orders +empty$/);
        expect(lineOf({ isAsked: false })).toMatch(/^ · orders +…$/);
        expect(lineOf({ isAsked: false, newestMs: nowMs - 50 * 3_600_000 })).toMatch(
            /^ · orders +… +newest 2 days ago$/,
        );
        expect(lineOf({ isDemo: true, newestMs: nowMs - 1e10 })).toMatch(/^ · orders +demo data +up to 2024-11-28$/);
    });

    it("lists no more tests than have room, those with most failing rows first", () => {
        const sections = listHome(makeFacts({ mostTests: 1 }));
        const warning = sections.find(({ title }) => title === "Data tests that warn");
        expect(warning?.items).toEqual([{ kind: "more tests", count: 2 }]);
        const two = listHome(makeFacts({ mostTests: 2 })).flatMap(({ items }) => items.map(keyOf));
        expect(two).toContain("test fct_orders.price_is_positive");
    });

    it("says what a warning found more than before, and puts those that are expected into one line", () => {
        const facts = makeFacts();
        const [first, second] = [...facts.catalogue.tests].filter(([, { status }]) => status === "warned");
        const paintWith = (status: TestStatus): ReturnType<typeof makeFacts> => {
            const tests = new Map(facts.catalogue.tests);
            for (const [name, last] of [first, second].filter((each) => each !== undefined)) {
                const before = { runId: "5", status, failingCount: name === first?.[0] ? last.failingCount - 20 : 1 };
                tests.set(name, { ...last, status, before });
            }
            return { ...facts, catalogue: { ...facts.catalogue, tests } };
        };
        const warned = paintWith("warned");
        expect(paint(warned).filter((line) => line.includes("since run 5"))).toHaveLength(1);
        expect(paint(warned).find((line) => line.includes("since run 5"))).toContain("▲ 20 since run 5");
        expect(verdict(warned)).toContain("! 2 tests warn");
        const known = paintWith("known");
        expect(paint(known).filter((line) => line.includes("known") || line.startsWith(" Data tests"))).toEqual([
            " Data tests",
            " ! 2 known warnings, 1 of them with more rows than before",
        ]);
        expect(verdict(known)).not.toMatch(/tests? warns?/);
    });

    it("in one line, what is wrong first, and what does not fit left out", () => {
        expect(verdict(makeFacts())).toBe("! 1 model stale   ! 2 tests warn   ! 1 source not fresh   ✓ 2 tests passed");
        expect(verdict(makeFacts(), 40)).toBe("! 1 model stale   ! 2 tests warn");
    });
});
