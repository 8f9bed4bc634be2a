import { makeGraph } from "../../../../src/engine/graph.js";
import type { ModelStatus, TestStatus } from "../../../../src/runs/run.js";
import type { ListedTest } from "../../../../src/runs/test-list.js";
import type { MartHeadline } from "../../../../src/browse/mart-headline.js";
import type { Catalogue } from "../../../../src/tui/app/catalogue.js";
import { makeQueuedModel, type ModelProgress, type RunProgress } from "../../../../src/tui/app/builds/run-progress.js";
import type { HomeFacts } from "../../../../src/tui/screens/home/home-items.js";
import type { DataTest, Model, Registry, Source } from "../../../../src/warehouse/registry.js";

export const nowMs = Date.UTC(2025, 2, 24, 12);

const source: Source = {
    name: "orders",
    table: "orders",
    schema: "staging",
    description: "Orders with their status.",
    kind: "versions",
    deletes: "refuse",
    keepsHistory: false,
    keyColumns: ["id"],
    versionColumn: "modified_at",
    loadCursorColumn: null,
    columns: [],
    warnAfterHours: 36,
    errorAfterHours: 60,
};

function makeModel(name: string, layer: string, description: string): Model {
    return {
        name,
        layer,
        schema: layer,
        materialisation: "table",
        description,
        grain: "",
        tags: [],
        columns: [],
        fingerprint: {},
        path: null,
        rebuild: null,
        presentation: null,
        selectView: `${name}__select`,
        selectSchema: "prep",
        primaryKey: ["id"],
        entityKey: ["id"],
        entityReason: null,
        mappings: {},
        mappingsOf: null,
        affectedBy: {},
    };
}

function makeTest(modelName: string, name: string, severity: DataTest["severity"]): DataTest {
    return {
        name: `${modelName}.${name}`,
        modelName,
        kind: "expression",
        columns: [],
        severity,
        maxFailures: 0,
        warnIf: null,
        errorIf: null,
        known: null,
        description: "Prices are above zero.",
        refersTo: null,
        refersToColumn: null,
        isPerEntity: false,
        failingRowsSql: "",
    };
}

const registry: Registry = {
    layers: ["prep", "warehouse", "marts"].map((name) => ({ name, schema: name })),
    sources: [
        source,
        { ...source, name: "event", table: "event" },
        { ...source, name: "category", table: "category", warnAfterHours: null },
    ],
    models: [
        makeModel("fct_orders", "warehouse", "Orders."),
        makeModel("mart_weekly_discounts", "marts", "How much discount do we give, week by week?"),
        makeModel("mart_carts", "marts", "What are the carts worth?"),
    ],
    tests: [
        makeTest("fct_orders", "price_is_positive", "warn"),
        makeTest("fct_orders", "unique.order_id", "error"),
        makeTest("mart_carts", "value_is_known", "warn"),
        makeTest("mart_carts", "unique.customer_id", "error"),
    ],
    edges: [
        { modelName: "fct_orders", upstreamName: "orders", upstreamKind: "source" },
        { modelName: "mart_weekly_discounts", upstreamName: "fct_orders", upstreamKind: "model" },
    ] as unknown as Registry["edges"],
    damages: [],
};

function makeLast(testName: string, status: TestStatus, failingCount: number): ListedTest {
    const [modelName = ""] = testName.split(".");
    const result = {
        testName,
        modelName,
        severity: "warn",
        status,
        failingCount,
        durationMs: 3,
        message: null,
    } as const;
    return { ...result, runId: "7", ranAtMs: nowMs - 120_000, before: null };
}

export function makeCatalogue(changes: Partial<Registry> = {}, lastStatus: ModelStatus | null = "ok"): Catalogue {
    const own = { ...registry, ...changes };
    return {
        registry: own,
        graph: makeGraph(own),
        models: new Map(
            own.models.map(({ name, layer, materialisation, description, tags }) => [
                name,
                {
                    modelName: name,
                    layer,
                    materialisation,
                    description,
                    tags,
                    estimatedRows: null,
                    isBuilt: lastStatus !== null,
                    lastStatus,
                    lastRunAtMs: null,
                    lastBuildMs: null,
                    testCount: 1,
                    failedTestCount: 0,
                    warnedTestCount: 0,
                    knownTestCount: 0,
                },
            ]),
        ),
        tests: new Map(
            [
                makeLast("fct_orders.price_is_positive", "warned", 869),
                makeLast("fct_orders.unique.order_id", "passed", 0),
                makeLast("mart_carts.value_is_known", "warned", 1),
            ].map((last) => [last.testName, last]),
        ),
        heldTests: new Set(["mart_carts.unique.customer_id"]),
        runs: [],
    };
}

export function makeRun(changes: Partial<RunProgress> = {}): RunProgress {
    const model = (name: string, more: Partial<ModelProgress>): readonly [string, ModelProgress] => [
        name,
        { ...makeQueuedModel(name), status: "ok", durationMs: 1200, ...more },
    ];
    return {
        runId: "7",
        command: "build",
        selection: "",
        isFullRefresh: false,
        startedBy: "ada@shop pid 42",
        threads: 4,
        state: "ok",
        isCancelling: false,
        message: null,
        startedAtMs: nowMs - 125_000,
        endedAtMs: nowMs - 120_000,
        modelNames: ["fct_orders", "mart_weekly_discounts"],
        models: new Map([
            model("fct_orders", {
                rows: { inserted: 12, updated: 40, deleted: 0, unchanged: 100 },
                passedTestCount: 1,
                problems: [
                    {
                        testName: "fct_orders.price_is_positive",
                        modelName: "fct_orders",
                        status: "warned",
                        failingCount: 869,
                        message: null,
                    },
                ],
            }),
            model("mart_weekly_discounts", { rows: { inserted: 1, updated: 1, deleted: 0, unchanged: 9 } }),
        ]),
        expectedMs: null,
        ...changes,
    };
}

const discounts: MartHeadline = {
    chart: {
        kind: "bars",
        labelColumn: "week_start",
        valueColumn: "discount_amount",
        points: [
            { label: "2025-03-03", value: 812.33 },
            { label: "2025-03-10", value: 790.04 },
            { label: "2025-03-17", value: 1204.5 },
        ],
    },
    measure: null,
    sentence: null,
    rowCount: 3,
    isWhole: true,
};

export function makeFacts(changes: Partial<HomeFacts> = {}): HomeFacts {
    const hourMs = 3_600_000;
    const news = { problem: null, builtMs: null, isDemo: false, isAsked: true, error: null };
    return {
        catalogue: makeCatalogue(),
        run: makeRun(),
        headlines: new Map([
            ["mart_weekly_discounts", { value: discounts, error: null, isLoading: false }],
            ["mart_carts", { value: null, error: null, isLoading: true }],
        ]),
        news: new Map([
            ["orders", { ...news, newestMs: nowMs - 3 * hourMs }],
            ["event", { ...news, newestMs: nowMs - 40 * hourMs }],
        ]),
        staleness: {
            value: new Map([
                ["fct_orders", { kind: "stale", reason: "orders: 12 new rows" }],
                ["mart_weekly_discounts", { kind: "maybe", reason: "if fct_orders changes" }],
            ]),
            error: null,
            isLoading: false,
        },
        mostTests: 4,
        ...changes,
    };
}
