import { describe, expect, it } from "vitest";
import { formatTestLine } from "../../../../src/tui/screens/tests/tests-lines.js";
import { listTests } from "../../../../src/tui/screens/tests/tests-list.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { makeListedTest, makeSampleCatalogue } from "../../sample-catalogue.js";

const catalogue = makeSampleCatalogue({
    tests: new Map(
        [
            makeListedTest("fct_orders.status_is_known", { status: "warned", failingCount: 1702, runId: "7" }),
            makeListedTest("fct_orders.amount_is_positive", { status: "failed", failingCount: 3, runId: "7" }),
        ].map((listed) => [listed.testName, listed]),
    ),
    heldTests: new Set(["fct_orders.unique.order_id"]),
});

function namesOf(filter: string, isProblemsOnly = false): readonly string[] {
    return listTests(catalogue, filter, isProblemsOnly).map(({ test }) => test.name);
}

describe("the list of data tests", () => {
    it("has what failed first, then what warned, and last what a constraint holds", () => {
        expect(namesOf("")).toEqual([
            "fct_orders.amount_is_positive",
            "fct_orders.status_is_known",
            "fct_orders.unique.order_id",
        ]);
    });

    it("is filtered by words of names and descriptions, and to what failed or warned", () => {
        expect(namesOf("orders without")).toEqual(["fct_orders.status_is_known"]);
        expect(namesOf("", true)).toEqual(["fct_orders.amount_is_positive", "fct_orders.status_is_known"]);
        expect(namesOf("nowhere")).toEqual([]);
    });

    it("shows state, failing rows, name, severity and run of each", () => {
        const theme = makeTheme("mono", true);
        const lines = listTests(catalogue, "", false).map((item) =>
            // eslint-disable-next-line no-control-regex -- looks are taken away
            formatTestLine(item, 70, theme).replaceAll(/\u001b\[[0-9;]*m/g, ""),
        );
        expect(lines).toEqual([
            "x FAIL          3 fct_orders.amount_is_positive        error        #7",
            "! warn      1,702 fct_orders.status_is_known           warn         #7",
            "v held            fct_orders.unique.order_id           error          ",
        ]);
    });
});
