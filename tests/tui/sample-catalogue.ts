import { makeGraph } from "../../src/engine/graph.js";
import type { ListedModel } from "../../src/runs/model-list.js";
import type { ListedTest } from "../../src/runs/test-list.js";
import type { Catalogue } from "../../src/tui/app/catalogue.js";
import type { DataTest, Registry, Source, TableModel, ViewModel } from "../../src/warehouse/registry.js";

export const sampleNowMs = Date.UTC(2025, 2, 2, 12);

const orders: Source = {
    name: "orders",
    table: "orders",
    schema: "staging",
    description: "Orders as the shop has them.",
    kind: "versions",
    deletes: "refuse",
    keepsHistory: false,
    keyColumns: ["id"],
    versionColumn: "modified_at",
    loadCursorColumn: null,
    columns: [
        { name: "id", type: "integer" },
        { name: "status", type: "text" },
    ],
    warnAfterHours: 36,
    errorAfterHours: 72,
};

const stgOrder: ViewModel = {
    name: "stg_order",
    layer: "prep",
    schema: "prep",
    materialisation: "view",
    description: "Versions of orders.",
    grain: "one row per version of an order",
    tags: ["orders"],
    columns: [],
    fingerprint: {},
    path: null,
    rebuild: null,
    presentation: null,
};

const fctOrders: TableModel = {
    name: "fct_orders",
    layer: "warehouse",
    schema: "warehouse",
    materialisation: "table",
    description: "Orders, the current state of each.",
    grain: "one row per order",
    tags: ["orders"],
    columns: [],
    fingerprint: {},
    path: null,
    rebuild: null,
    presentation: null,
    selectView: "fct_orders__select",
    selectSchema: "prep",
    primaryKey: ["order_id"],
    entityKey: ["order_id"],
    entityReason: null,
    mappings: {},
    mappingsOf: null,
    affectedBy: { orders: "select id from changed" },
};

function makeTest(name: string, changes: Partial<DataTest> = {}): DataTest {
    return {
        name: `fct_orders.${name}`,
        modelName: "fct_orders",
        kind: "expression",
        columns: [],
        severity: "error",
        maxFailures: 0,
        warnIf: null,
        errorIf: null,
        known: null,
        description: "",
        refersTo: null,
        refersToColumn: null,
        isPerEntity: true,
        failingRowsSql: "select * from warehouse.fct_orders where false",
        ...changes,
    };
}

export const sampleTests = {
    unique: makeTest("unique.order_id", { kind: "unique", columns: ["order_id"] }),
    status: makeTest("status_is_known", { severity: "warn", description: "Orders without a status." }),
    amount: makeTest("amount_is_positive"),
};

const sampleRegistry: Registry = {
    layers: ["prep", "warehouse", "marts"].map((name) => ({ name, schema: name })),
    sources: [orders],
    models: [fctOrders, stgOrder],
    tests: [sampleTests.unique, sampleTests.status, sampleTests.amount],
    damages: [],
    edges: [
        { modelName: "stg_order", upstreamName: "orders", upstreamKind: "source" },
        { modelName: "fct_orders", upstreamName: "stg_order", upstreamKind: "model" },
    ],
};

export function makeListedModel(modelName: string, changes: Partial<ListedModel> = {}): ListedModel {
    return {
        modelName,
        layer: "warehouse",
        materialisation: "table",
        description: "",
        tags: [],
        estimatedRows: null,
        isBuilt: true,
        lastStatus: "ok",
        lastRunAtMs: sampleNowMs - 3_600_000,
        lastBuildMs: null,
        testCount: 0,
        failedTestCount: 0,
        warnedTestCount: 0,
        knownTestCount: 0,
        ...changes,
    };
}

export function makeListedTest(testName: string, changes: Partial<ListedTest> = {}): ListedTest {
    return {
        testName,
        modelName: testName.split(".")[0] ?? "",
        severity: "error",
        status: "passed",
        failingCount: 0,
        durationMs: 12,
        message: null,
        runId: "3",
        ranAtMs: sampleNowMs - 3_600_000,
        before: null,
        ...changes,
    };
}

/** A source, a view and a table with one test that a constraint holds, one that warned and one that passed. */
export function makeSampleCatalogue(changes: Partial<Catalogue> = {}): Catalogue {
    return {
        registry: sampleRegistry,
        graph: makeGraph(sampleRegistry),
        models: new Map(
            [
                makeListedModel("stg_order"),
                makeListedModel("fct_orders", {
                    estimatedRows: 12_345,
                    lastBuildMs: 840,
                    testCount: 3,
                    warnedTestCount: 1,
                    knownTestCount: 0,
                }),
            ].map((listed) => [listed.modelName, listed]),
        ),
        tests: new Map(
            [
                makeListedTest("fct_orders.status_is_known", { status: "warned", failingCount: 1702 }),
                makeListedTest("fct_orders.amount_is_positive"),
            ].map((listed) => [listed.testName, listed]),
        ),
        heldTests: new Set(["fct_orders.unique.order_id"]),
        runs: [],
        ...changes,
    };
}
