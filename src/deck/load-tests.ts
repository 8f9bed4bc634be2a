import type { Connection } from "../database/connection.js";
import { findRelation } from "../browse/find-relation.js";
import { formatCount, formatQuantity } from "../text/format-values.js";
import { loadHeldTests, loadTestList } from "../runs/test-list.js";
import { loadRegistry } from "../warehouse/registry.js";
import type { Report, ReportTone } from "./block-content.js";
import type { LiveBlock } from "./live-block.js";

type TestsBlock = LiveBlock & { readonly kind: "tests" };

const order = ["broken", "failed", "warned", "known", "never run", "passed", "held by a constraint"];
const tones: Readonly<Record<string, ReportTone>> = {
    broken: "failed",
    failed: "failed",
    warned: "warned",
    passed: "ok",
    "held by a constraint": "ok",
};

/**
 * The data tests with their last results, the worst first, and among equal ones those with the most failing rows.
 *
 * @throws StardeckError `usage` for a model that does not exist.
 */
export async function loadTests(
    connection: Connection,
    { of, only }: Pick<TestsBlock, "of" | "only">,
): Promise<Report> {
    const registry = await loadRegistry(connection);
    const model = of === null ? null : findRelation(registry, of).name;
    const results = await loadTestList(connection);
    const held = await loadHeldTests(connection);
    const tests = registry.tests
        .filter(({ modelName }) => model === null || modelName === model)
        .map((test) => {
            const last = results.get(test.name);
            // Builds do not run tests that a constraint of the table guarantees.
            const unasked = held.has(test.name) ? "held by a constraint" : "never run";
            return { ...test, status: last?.status ?? unasked, count: last?.failingCount ?? 0 };
        })
        .sort((one, other) => order.indexOf(one.status) - order.indexOf(other.status) || other.count - one.count);
    const counts = order.flatMap((status) => {
        const count = tests.filter((test) => test.status === status).length;
        return count === 0 ? [] : [`${formatCount(count)} ${status}`];
    });
    const worst = tests[0]?.status ?? "passed";
    return {
        headline: {
            text: `${formatQuantity(tests.length, "data test")}${model === null ? "" : ` of ${model}`}: ${counts.join(", ") || "none"}.`,
            tone: tones[worst] ?? "dim",
        },
        columns: [
            { title: "state" },
            { title: "rows", align: "right" },
            { title: "model" },
            { title: "what it caught", isFill: true },
        ],
        rows: tests
            .filter(({ status }) => only === "all" || !(status === "passed" || status === "held by a constraint"))
            .map(({ status, count, modelName, description, name }) => [
                { text: status, tone: tones[status] ?? "dim" },
                { text: results.has(name) ? formatCount(count) : "", tone: "plain" },
                { text: modelName, tone: "plain" },
                { text: description === "" ? name : description, tone: "dim" },
            ]),
    };
}
