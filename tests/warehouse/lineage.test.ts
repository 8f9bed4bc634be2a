import { describe, expect, it } from "vitest";
import { findCycleOrNull, groupByModel, nearestTables, type ModelEdge } from "../../src/warehouse/lineage.js";

function edges(text: string): ReadonlyMap<string, readonly ModelEdge[]> {
    return groupByModel(
        text.split(", ").map((arrow) => {
            const [upstreamName = "", modelName = ""] = arrow.split(" > ");
            return { modelName, upstreamName, upstreamKind: upstreamName.startsWith("src") ? "source" : "model" };
        }),
    );
}

const isView = (name: string): boolean => name.startsWith("view");

describe("nearestTables", () => {
    const nearest = (name: string, arrows: string): string[] =>
        nearestTables(name, edges(arrows), isView).map((edge) => `${edge.upstreamKind} ${edge.upstreamName}`);

    it("looks through any number of views, to sources and tables, and no further", () => {
        const arrows = "src > view_1, view_1 > view_2, table_0 > table_1, table_1 > view_2, view_2 > table_2";
        expect(nearest("table_2", arrows)).toEqual(["source src", "model table_1"]);
    });

    it("names a table once that is reached in several ways", () => {
        const arrows = "table_1 > view_1, table_1 > view_2, view_1 > table_2, view_2 > table_2, table_1 > table_2";
        expect(nearest("table_2", arrows)).toEqual(["model table_1"]);
    });

    it("is empty for a model that reads nothing", () => {
        expect(nearest("table_2", "src > view_1")).toEqual([]);
    });
});

describe("findCycleOrNull", () => {
    it("gives the path of a circle, from a model back to itself", () => {
        expect(findCycleOrNull(edges("a > b, b > c, c > a, src > a"))).toEqual(["b", "a", "c", "b"]);
        expect(findCycleOrNull(edges("a > a"))).toEqual(["a", "a"]);
    });

    it("leaves out models that only lead to the circle", () => {
        expect(findCycleOrNull(edges("a > z, b > a, a > b"))).toEqual(["a", "b", "a"]);
    });

    it("is null where models only meet again", () => {
        expect(findCycleOrNull(edges("a > b, a > c, b > d, c > d"))).toBeNull();
    });
});
