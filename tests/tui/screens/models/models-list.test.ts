import { describe, expect, it } from "vitest";
import { formatModelsLine, formatModelsTitles } from "../../../../src/tui/screens/models/models-lines.js";
import { listModels, type ModelsItem, type ModelsListOptions } from "../../../../src/tui/screens/models/models-list.js";
import type { SourceNews } from "../../../../src/tui/app/shared-reads.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeListedModel, makeSampleCatalogue, sampleNowMs } from "../../sample-catalogue.js";

const theme = makeTheme("dark", false);

const plainOptions: ModelsListOptions = {
    catalogue: makeSampleCatalogue(),
    sources: new Map([["orders", { sourceName: "orders", state: "found", differences: [], estimatedRows: 40_000 }]]),
    newsOf: () => null,
    nowMs: sampleNowMs,
    staleness: new Map([
        ["stg_order", { kind: "fresh", reason: "a view" }],
        ["fct_orders", { kind: "fresh", reason: "nothing new" }],
    ]),
    progressOf: () => null,
    folds: new Map(),
    filter: { text: "", isProblemsOnly: false },
};

function newsFrom(hoursAgo: number): SourceNews {
    return {
        problem: null,
        newestMs: sampleNowMs - hoursAgo * 3_600_000,
        builtMs: null,
        isDemo: false,
        isAsked: true,
        error: null,
    };
}

function listOf(changes: Partial<ModelsListOptions>): readonly ModelsItem[] {
    return listModels({ ...plainOptions, ...changes });
}

function keysOf(changes: Partial<ModelsListOptions>): readonly string[] {
    return listOf(changes).map(({ key }) => key);
}

function linesOf(changes: Partial<ModelsListOptions>, width = 79): readonly string[] {
    return listOf(changes).map((item) => plainLine(formatModelsLine(item, { width, nowMs: sampleNowMs, theme })));
}

describe("the list", () => {
    it("has sources and models by layer, and the tests of a model that is opened", () => {
        expect(keysOf({ folds: new Map([["model fct_orders", true]]) })).toEqual([
            "group sources",
            "source orders",
            "group prep",
            "model stg_order",
            "group warehouse",
            "model fct_orders",
            "test fct_orders.unique.order_id",
            "test fct_orders.status_is_known",
            "test fct_orders.amount_is_positive",
        ]);
    });

    it("leaves out what a folded group holds", () => {
        expect(
            keysOf({
                folds: new Map([
                    ["group sources", false],
                    ["group warehouse", false],
                ]),
            }),
        ).toEqual(["group sources", "group prep", "model stg_order", "group warehouse"]);
    });

    it("is filtered by names and tags, whatever is folded", () => {
        const filter = { text: "ORDERS", isProblemsOnly: false };
        expect(keysOf({ filter, folds: new Map([["group warehouse", false]]) })).toEqual([
            "group sources",
            "source orders",
            "group prep",
            "model stg_order",
            "group warehouse",
            "model fct_orders",
        ]);
    });

    it("finds tests by their own names and shows them below their model", () => {
        expect(keysOf({ filter: { text: "positive", isProblemsOnly: false } })).toEqual([
            "group warehouse",
            "model fct_orders",
            "test fct_orders.amount_is_positive",
        ]);
    });

    it("can be narrowed to what somebody should look at", () => {
        const filter = { text: "", isProblemsOnly: true };
        expect(keysOf({ filter })).toEqual(["group warehouse", "model fct_orders"]);
        expect(keysOf({ filter, newsOf: () => newsFrom(40) })).toContain("source orders");
        const catalogue = makeSampleCatalogue({ models: new Map([["fct_orders", makeListedModel("fct_orders")]]) });
        expect(keysOf({ filter, catalogue })).toEqual([]);
        expect(
            keysOf({ filter, catalogue, staleness: new Map([["fct_orders", { kind: "maybe", reason: "" }]]) }),
        ).toEqual(["group warehouse", "model fct_orders"]);
    });
});

describe("a line", () => {
    it("says how each stands", () => {
        expect([formatModelsTitles(79, theme)].map(plainLine)).toEqual([
            "  name                         last  data    tests   rows kind    time      ago",
        ]);
        expect(linesOf({ folds: new Map([["model fct_orders", true]]) }).map((line) => line.trimEnd())).toEqual([
            "▾ sources  1 source",
            "✓ orders                       found                 ≈40k table",
            "▾ prep  1 model",
            "✓ stg_order                    ok    –           –        view              1 h",
            "▾ warehouse  1 model, 1 to look at",
            "! fct_orders                   warn  fresh   2/3 !   ≈12k table  0.8 s      1 h",
            "  └ unique.order_id            held  error                test",
            "  └ status_is_known            warn  warn       2k        test   12 ms      1 h",
            "  └ amount_is_positive         ok    error                test   12 ms      1 h",
        ]);
    });

    it("drops its last columns for the name, and is as wide as it is told", () => {
        expect(linesOf({}, 40)).toEqual([
            "▾ sources  1 source                     ",
            "✓ orders                     found      ",
            "▾ prep  1 model                         ",
            "✓ stg_order                  ok    –    ",
            "▾ warehouse  1 model, 1 to look at      ",
            "! fct_orders                 warn  fresh",
        ]);
    });

    it("tells what is wrong with a source", () => {
        const line = (changes: Partial<ModelsListOptions>): string => (linesOf(changes)[1] ?? "").trimEnd();
        const listed = { sourceName: "orders", differences: [], estimatedRows: null };
        expect(line({ sources: new Map([["orders", { ...listed, state: "missing" }]]) })).toBe(
            "✗ orders                       gone                       table",
        );
        expect(line({ newsOf: () => newsFrom(100) })).toBe(
            "✗ orders                       old                   ≈40k table          4 days",
        );
    });

    it("of a model never built has no result, and of one being built the build's", () => {
        const catalogue = makeSampleCatalogue({
            models: new Map([
                [
                    "fct_orders",
                    makeListedModel("fct_orders", {
                        isBuilt: false,
                        lastStatus: null,
                        lastRunAtMs: null,
                        testCount: 3,
                    }),
                ],
            ]),
        });
        expect(linesOf({ catalogue, staleness: new Map() }).at(-1)?.trimEnd()).toBe(
            "· fct_orders                   never             3        table",
        );
    });
});
