import { expect, it } from "vitest";
import { formatLineageTree, makeLineageTree } from "../../../src/text/graph/lineage-tree.js";

const upstream: Readonly<Record<string, readonly string[]>> = {
    mart: ["fact", "date"],
    fact: ["orders", "date"],
    date: ["orders"],
    orders: ["stg_order"],
};

it("draws branches and shows what is reached twice once", () => {
    const tree = makeLineageTree("mart", (name) => upstream[name] ?? []);
    expect(formatLineageTree(tree, (name) => name).join("\n")).toBe(
        [
            "├─ fact",
            "│  ├─ orders",
            "│  │  └─ stg_order",
            "│  └─ date",
            "│     └─ orders (see above)",
            "└─ date (see above)",
        ].join("\n"),
    );
});

it("draws nothing for a name that reaches nothing", () => {
    expect(
        formatLineageTree(
            makeLineageTree("stg_order", () => []),
            String,
        ),
    ).toEqual([]);
});
