import { describe, expect, it } from "vitest";
import { makeGraph } from "../../../../src/engine/graph.js";

import { countSurroundings, listLineageRows } from "../../../../src/tui/screens/lineage/lineage-rows.js";
import { findLineageOrNull, walkOrNull, type Step } from "../../../../src/tui/screens/lineage/walk-lineage.js";
import { makeSampleRegistry } from "../../../engine/sample-registry.js";
import { sampleGraph } from "./sample-lineage.js";

const graph = sampleGraph;
/** `shared` is read twice on both sides of `middle`. */
const twice = makeGraph(
    makeSampleRegistry({
        shared: { layer: "prep", reads: ["landed"] },
        left: { layer: "prep", reads: ["shared"] },
        right: { layer: "prep", reads: ["shared"] },
        middle: { layer: "warehouse", reads: ["left", "right"] },
    }),
);

function draw(focus: string | null, of = graph): readonly string[] {
    return listLineageRows(of, focus).map(
        ({ branches, name, isRepeated }) => `${branches}${name}${isRepeated ? " again" : ""}`,
    );
}

describe("the tree around a model", () => {
    it("has what it is made from above it and what needs it below", () => {
        expect(draw("fct_orders")).toEqual([
            "      ┌─ customer",
            "   ┌─ stg_customer",
            "┌─ dim_customer",
            "│  ┌─ orders",
            "├─ stg_order",
            "fct_orders",
            "├─ mart_monthly",
            "└─ paid_orders",
            "   └─ mart_weekly",
        ]);
        expect(countSurroundings(graph, "fct_orders")).toEqual({
            upstream: 2,
            allUpstream: 5,
            downstream: 2,
            allDownstream: 3,
        });
    });

    it("draws what is reached twice where it comes first", () => {
        expect(draw("middle", twice)).toEqual([
            "      ┌─ landed",
            "   ┌─ shared",
            "┌─ left",
            "│  ┌─ shared again",
            "├─ right",
            "middle",
        ]);
        expect(draw("landed", twice)).toEqual([
            "landed",
            "└─ shared",
            "   ├─ left",
            "   │  └─ middle",
            "   └─ right",
            "      └─ middle",
        ]);
    });

    it("of the whole warehouse begins at every landing table", () => {
        expect(draw(null)).toEqual([
            "customer",
            "└─ stg_customer",
            "   └─ dim_customer",
            "      └─ fct_orders",
            "         ├─ mart_monthly",
            "         └─ paid_orders",
            "            └─ mart_weekly",
            "orders",
            "└─ stg_order",
            "   └─ fct_orders again",
            "event",
            "└─ stg_event",
            "   └─ fct_visits",
            "      └─ mart_monthly",
        ]);
    });
});

describe("walking", () => {
    const walk = (focus: string | null, from: string, ...steps: readonly Step[]): string | null => {
        const of = from === "right" || from === "landed" ? twice : graph;
        const rows = listLineageRows(of, focus);
        let cursor: number | null = rows.findIndex(({ name }) => name === from);
        for (const step of steps) {
            cursor = walkOrNull(rows, cursor, step) ?? cursor;
        }
        return rows[cursor]?.name ?? null;
    };

    it("goes upstream and downstream on both sides of the focus", () => {
        expect(walk("fct_orders", "fct_orders", "upstream")).toBe("stg_order");
        expect(walk("fct_orders", "fct_orders", "upstream", "upstream")).toBe("orders");
        expect(walk("fct_orders", "orders", "downstream", "downstream")).toBe("fct_orders");
        expect(walk("fct_orders", "fct_orders", "downstream", "next", "downstream")).toBe("mart_weekly");
        expect(walk("fct_orders", "mart_weekly", "upstream", "upstream")).toBe("fct_orders");
    });

    it("goes along siblings past what hangs on them, and from the last to the next line", () => {
        expect(walk("fct_orders", "dim_customer", "next")).toBe("stg_order");
        expect(walk("fct_orders", "stg_order", "next")).toBe("fct_orders");
        expect(walk("fct_orders", "stg_order", "previous")).toBe("dim_customer");
        expect(walk("fct_orders", "dim_customer", "previous")).toBe("stg_customer");
        expect(walk("fct_orders", "fct_orders", "next")).toBe("mart_monthly");
        expect(walk("fct_orders", "fct_orders", "previous")).toBe("stg_order");
        expect(walk(null, "customer", "next", "next")).toBe("event");
        expect(walk(null, "orders", "previous")).toBe("customer");
    });

    it("has an end where nothing is left", () => {
        const rows = listLineageRows(graph, "fct_orders");
        expect(walkOrNull(rows, 0, "upstream")).toBe(null);
        expect(walkOrNull(rows, 0, "previous")).toBe(null);
        expect(walkOrNull(rows, rows.length - 1, "next")).toBe(null);
        expect(walkOrNull(rows, rows.length - 1, "downstream")).toBe(null);
    });

    it("goes on from where a repeated model came first", () => {
        expect(walk("middle", "right", "upstream", "upstream")).toBe("landed");
    });
});

it("finds names from the cursor on and around the ends, and no repetition", () => {
    const rows = listLineageRows(twice, "middle");
    const middle = rows.length - 1;
    expect(findLineageOrNull(rows, middle, "SHARED", "next")).toBe(1);
    expect(findLineageOrNull(rows, 1, "shared", "next")).toBe(1);
    expect(findLineageOrNull(rows, 1, "e", "previous")).toBe(0);
    expect(findLineageOrNull(rows, 0, "e", "previous")).toBe(middle);
    expect(findLineageOrNull(rows, middle, "middle", "here")).toBe(middle);
    expect(findLineageOrNull(rows, 0, "nothing", "here")).toBe(null);
    expect(findLineageOrNull([], 0, "a", "here")).toBe(null);
});
