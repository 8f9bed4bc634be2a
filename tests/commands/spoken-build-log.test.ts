import { expect, it } from "vitest";
import { makeOutput } from "../../src/commands/output.js";
import { makeSpokenBuildLog } from "../../src/commands/spoken-build-log.js";
import type { BuildEvent, ModelResult } from "../../src/engine/events.js";
import type { TestRun } from "../../src/runs/run.js";

function say(events: readonly BuildEvent[]): readonly string[] {
    const said: string[] = [];
    const stream = (write: (text: string) => void) => ({
        isTTY: true,
        columns: 80,
        rows: 24,
        write: (text: string) => {
            write(text);
            return Promise.resolve();
        },
    });
    const listen = makeSpokenBuildLog(
        makeOutput({
            stdout: stream(() => undefined),
            stderr: stream((text) => said.push(text)),
            isJson: false,
            useColor: true,
            redact: (text) => text,
            signal: new AbortController().signal,
        }),
    );
    events.forEach(listen);
    return said.join("").trimEnd().split("\n");
}

const orders: ModelResult = {
    modelName: "fct_orders",
    status: "ok",
    scope: { kind: "entities", entityCount: 40, reason: "new rows in staging.orders" },
    rows: { inserted: 1032, updated: 7, deleted: 0, unchanged: 1 },
    durationMs: 300,
    message: null,
};
const passed: TestRun = {
    testName: "fct_orders.unique.order_id",
    modelName: "fct_orders",
    severity: "error",
    status: "passed",
    failingCount: 0,
    durationMs: 1,
    message: null,
};

it("says each event of a build in a sentence of its own, without symbols, columns and colours", () => {
    const failed: ModelResult = {
        ...orders,
        modelName: "mart_a",
        status: "failed",
        rows: null,
        message: "out of memory",
    };
    const skipped: ModelResult = {
        ...failed,
        modelName: "mart_b",
        status: "skipped",
        scope: null,
        message: "upstream mart_a failed",
    };
    const warned: TestRun = { ...passed, testName: "fct_orders.list_price", status: "warned", failingCount: 1095 };
    const view: ModelResult = {
        ...orders,
        modelName: "stg_order",
        scope: { kind: "view", reason: "a view" },
        rows: null,
    };
    expect(
        say([
            {
                type: "run-started",
                runId: "7",
                modelNames: ["stg_order", "fct_orders", "mart_a", "mart_b"],
                threads: 2,
                estimatedMs: 12_000,
            },
            { type: "model-started", modelName: "stg_order" },
            { type: "model-scoped", modelName: "stg_order", scope: { kind: "view", reason: "a view" } },
            { type: "model-finished", result: view },
            { type: "model-scoped", modelName: "fct_orders", scope: orders.scope ?? { kind: "none", reason: "" } },
            { type: "test-finished", result: passed },
            { type: "test-finished", result: warned },
            { type: "model-finished", result: orders },
            { type: "model-finished", result: failed },
            { type: "model-finished", result: skipped },
            {
                type: "run-finished",
                summary: {
                    runId: "7",
                    status: "failed",
                    durationMs: 4000,
                    models: [view, orders, failed, skipped],
                    tests: [passed, warned],
                },
            },
        ]),
    ).toEqual([
        "Run 7 begins with 4 models. Past runs took about 12 s.",
        "stg_order is done: a view. 1 of 4 models have ended.",
        "fct_orders begins with 40 affected entities: new rows in staging.orders.",
        "Warning: the data test fct_orders.list_price found 1,095 failing rows.",
        "fct_orders is done: rows 1,032 inserted, 7 updated in 0.3 s. 1 data test passed. 2 of 4 models have ended.",
        "mart_a failed after 0.3 s. out of memory. 3 of 4 models have ended.",
        "mart_b was skipped. upstream mart_a failed. 4 of 4 models have ended.",
        "Run 7 failed after 4.0 s.",
        "Models: 2 ok, 1 failed, 1 skipped. Data tests: 1 passed, 1 warned. In all, rows 1,032 inserted, 7 updated.",
        "The command stardeck history 7 tells more.",
        "The command stardeck retry takes up what failed.",
    ]);
});
