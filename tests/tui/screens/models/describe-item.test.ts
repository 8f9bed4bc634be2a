import { describe, expect, it } from "vitest";
import type { RunOfModel } from "../../../../src/runs/model-runs.js";
import type { DetailLine } from "../../../../src/tui/kit/lines/detail-lines.js";
import {
    describeItem,
    formatItemHead,
    tabsOfItem,
    type DescribeOptions,
} from "../../../../src/tui/screens/models/describe-item.js";
import { listModels, type ModelsItem, type SourceItem } from "../../../../src/tui/screens/models/models-list.js";
import type { SourceNews } from "../../../../src/tui/app/shared-reads.js";
import type { ItemDetails } from "../../../../src/tui/screens/models/models-reads.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeSampleCatalogue, sampleNowMs } from "../../sample-catalogue.js";

const theme = makeTheme("dark", false);
const catalogue = makeSampleCatalogue();

const items = listModels({
    catalogue,
    sources: new Map([
        [
            "orders",
            {
                sourceName: "orders",
                state: "differs",
                differences: ["column status (text) is missing"],
                estimatedRows: 40_000,
            },
        ],
    ]),
    newsOf: () => ({
        problem: null,
        newestMs: Date.parse("2025-03-01T00:00:00Z"),
        isDemo: false,
        builtMs: null,
        isAsked: true,
        error: null,
    }),
    nowMs: sampleNowMs,
    staleness: new Map([["fct_orders", { kind: "stale", reason: "orders: 12 new rows" }]]),
    progressOf: () => null,
    folds: new Map([["model fct_orders", true]]),
    filter: { text: "", isProblemsOnly: false },
});

function find(key: string): ModelsItem {
    const item = items.find((each) => each.key === key);
    if (item === undefined) {
        throw new Error(`There is no ${key}.`);
    }
    return item;
}

function sourceItem(): SourceItem {
    const item = find("source orders");
    if (item.kind !== "source") {
        throw new Error("It is no source.");
    }
    return item;
}

function makeRun(changes: Partial<RunOfModel> = {}): RunOfModel {
    return {
        runId: "12",
        modelName: "fct_orders",
        command: "build",
        status: "ok",
        scope: { kind: "all", reason: "never built" },
        durationMs: 840,
        atMs: sampleNowMs - 7_200_000,
        rows: { inserted: 12, updated: 3, deleted: 0, unchanged: 0 },
        message: null,
        ...changes,
    };
}

const details: ItemDetails = {
    relation: {
        columns: [
            { name: "order_id", type: "integer", isNullable: false, comment: "The shop's number." },
            { name: "status", type: "text", isNullable: true, comment: "PLACED, PAID\nor \u001b[31mSHIPPED." },
        ],
        indexes: [{ name: "fct_orders_pk", definition: "btree (order_id)" }],
        storedBytes: 1_300_000,
        sql: "SELECT order_id\n  FROM prep.stg_order",
    },
    runs: [],
};

const options: DescribeOptions = {
    width: 60,
    theme,
    nowMs: sampleNowMs,
    graph: catalogue.graph,
    everything: () => items,
    lastTestOf: (name) => catalogue.tests.get(name) ?? null,
    isHeld: (name) => catalogue.heldTests.has(name),
    details: { value: details, error: null, isLoading: false },
    explained: { value: null, error: null, isLoading: true },
    lookOf: () => null,
};

function linesOf(lines: readonly DetailLine[]): readonly string[] {
    return lines.map(({ text }) => plainLine(text).trimEnd());
}

function describeLines(key: string, tab: string, changes: Partial<DescribeOptions> = {}): readonly string[] {
    return linesOf(describeItem(find(key), tab, { ...options, ...changes }));
}

describe("a model", () => {
    it("has its name and state above its tabs", () => {
        expect(formatItemHead(find("model fct_orders"), 60, theme, sampleNowMs).map(plainLine)).toEqual([
            "warehouse.fct_orders".padEnd(60),
            "! warn   stale   table   1 h ago".padEnd(60),
        ]);
        expect(tabsOfItem(find("model fct_orders"))).toEqual([
            "overview",
            "sql",
            "tests",
            "lineage",
            "runs",
            "updates",
        ]);
    });

    it("says by which entity it is rebuilt, and what a change of what it reads affects", () => {
        const item = find("model fct_orders");
        const model = item.kind === "model" && item.model.materialisation === "table" ? item.model : null;
        if (model === null) {
            throw new Error("fct_orders is no table model");
        }
        const explained = {
            value: {
                model,
                upstreams: [
                    {
                        name: "orders",
                        kind: "source",
                        declared: null,
                        derived: {
                            kind: "entities",
                            select: "select order_id\nfrom changed",
                            column: "order_id",
                            sentence: "A changed order affects itself \u001b[31malone.",
                            lookups: [],
                        },
                    },
                    {
                        name: "rates",
                        kind: "source",
                        declared: "select 1",
                        derived: { kind: "whole", reason: "no key" },
                    },
                ],
                stop: null,
                unindexed: [{ schema: "staging", name: "orders", columns: ["Order id"] }],
            },
            error: null,
            isLoading: false,
        } as const;
        expect(describeLines("model fct_orders", "updates", { explained })).toEqual([
            "warehouse.fct_orders is rebuilt by order_id.",
            "Why: its file says so, by `Entity:` or by what speaks of the",
            "key's first column.",
            "",
            "orders (source)",
            "  A changed order affects itself ␛[31malone.",
            "      select order_id",
            "      from changed",
            "",
            "rates (source)",
            "  The whole model is rebuilt when it changes: no key.",
            "  Builds go by affectedBy of the model's file instead:",
            "      select 1",
            "",
            "An index would make these look-ups faster:",
            '  create index on staging.orders ("Order id");',
        ]);
        expect(describeLines("model fct_orders", "updates")).toEqual(["reading how it is kept up to date …"]);
    });

    it("is described with grain, keys and columns", () => {
        expect(describeLines("model fct_orders", "overview")).toEqual([
            "Orders, the current state of each.",
            "",
            "grain     one row per order",
            "key       order_id",
            "entity    order_id: its rows are rebuilt entity by entity",
            "tags      orders",
            "data      stale: orders: 12 new rows",
            "rows      about 12,345, by PostgreSQL's estimate",
            "stored    1.2 MB",
            "index     fct_orders_pk: btree (order_id)",
            "",
            "2 columns",
            "order_id  integer  key, not null",
            "    The shop's number.",
            "status    text",
            "    PLACED, PAID",
            "    or ␛[31mSHIPPED.",
        ]);
    });

    it("has comments beside the columns where there is room", () => {
        expect(describeLines("model fct_orders", "overview", { width: 110 }).slice(-3)).toEqual([
            "order_id  integer  key, not null The shop's number.",
            "status    text                   PLACED, PAID",
            "                                 or ␛[31mSHIPPED.",
        ]);
    });

    it("shows its SQL, and why not while it is not there", () => {
        expect(describeLines("model fct_orders", "sql")).toEqual(["SELECT order_id", "  FROM prep.stg_order"]);
        expect(describeLines("model fct_orders", "sql", { details: null })).toEqual(["reading its SQL …"]);
        const error = new Error("no answer");
        expect(describeLines("model fct_orders", "sql", { details: { value: null, error, isLoading: false } })).toEqual(
            ["✗ no answer"],
        );
    });

    it("has its tests with their last results, the worst first", () => {
        const lines = describeItem(find("model fct_orders"), "tests", options);
        expect(linesOf(lines)).toEqual([
            "! warn  status_is_known                1,702 rows    1 h ago",
            "        Orders without a status.",
            "✓ held  unique.order_id",
            "✓ ok    amount_is_positive                           1 h ago",
        ]);
        expect(lines.map(({ target }) => target)).toEqual([
            { screen: "tests", testName: "fct_orders.status_is_known" },
            undefined,
            { screen: "tests", testName: "fct_orders.unique.order_id" },
            { screen: "tests", testName: "fct_orders.amount_is_positive" },
        ]);
    });

    it("stands in the lineage", () => {
        const lines = describeItem(find("model fct_orders"), "lineage", {
            ...options,
            lookOf: (name) => (name === "orders" ? ["ok", "✓", "found"] : null),
        });
        expect(linesOf(lines)).toEqual([
            "made from 1 relation, 2 in all",
            "└─ stg_order",
            "   └─ orders  ✓ found",
            "",
            "Nothing reads it.",
        ]);
        expect(lines[2]?.target).toEqual({ screen: "models", modelName: "orders" });
    });

    it("has runs with what they did, and how they compare", () => {
        const noRows = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
        const runs = [
            makeRun({ runId: "14", status: "failed", message: "division by zero", rows: null, scope: null }),
            makeRun({ runId: "13", scope: { kind: "none", reason: "nothing new" }, rows: noRows }),
            makeRun({ scope: { kind: "entities", entityCount: 12, reason: "orders: 12 new rows" } }),
            makeRun({ runId: "1", durationMs: 60_500 }),
        ];
        const lines = describeItem(find("model fct_orders"), "runs", {
            ...options,
            width: 80,
            details: { value: { ...details, runs }, error: null, isLoading: false },
        });
        expect(linesOf(lines).slice(2)).toEqual([
            "",
            "#14   ✗ FAIL   0.8 s                      2 h ago division by zero",
            "#13   ✓ ok           no change            2 h ago nothing new",
            "#12   ✓ ok     0.8 s +12 ~3 -0            2 h ago 12 entities: orders: 12 new …",
            "#1    ✓ ok      1:00 +12 ~3 -0            2 h ago all rows: never built",
        ]);
        expect(lines.at(-1)?.target).toEqual({ screen: "build", runId: "1" });
        expect(describeLines("model fct_orders", "runs")).toEqual(["No run has touched it yet: b plans a build."]);
    });
});

describe("a source", () => {
    it("is described with what stands in the database for it", () => {
        expect(describeLines("source orders", "overview")).toEqual([
            "Orders as the shop has them.",
            "",
            "table     staging.orders",
            "key       id, a version for each modified_at",
            "rows      about 40,000, by PostgreSQL's estimate",
            "newest    2025-03-01 00:00:00, 2 days ago (fresh)",
            "freshness late after 36 h, much too old after 3 days",
            "differs   column status (text) is missing",
            "more      order_id",
            "",
            "2 columns",
            "order_id  integer  not null",
            "    The shop's number.",
            "status    text",
            "    PLACED, PAID",
            "    or ␛[31mSHIPPED.",
        ]);
    });

    it("says what keeps its newest row from being known", () => {
        const newestOf = (news: SourceNews | null): string | undefined =>
            linesOf(describeItem({ ...sourceItem(), news, freshness: null }, "overview", options))[5];
        const unasked = { problem: null, newestMs: null, builtMs: null, isDemo: false, isAsked: false, error: null };
        expect(newestOf(null)).toBe("newest    reading …");
        expect(newestOf(unasked)).toBe("newest    reading …");
        expect(newestOf({ ...unasked, error: new Error("It took longer than 2 s.") })).toBe(
            "newest    It took longer than 2 s.",
        );
        expect(newestOf({ ...unasked, isAsked: true })).toBe("newest    no row yet");
        expect(newestOf({ ...unasked, isAsked: true, problem: { kind: "unreadable" } })).toBe(
            "newest    it may not be read with these privileges",
        );
    });
});

describe("a layer", () => {
    it("lists what somebody should look at", () => {
        expect(describeLines("group warehouse", "overview")).toEqual([
            "to look at",
            "! warn  fct_orders                     orders: 12 new rows",
        ]);
        expect(describeLines("group prep", "overview")).toEqual(["All of them are well."]);
    });
});
