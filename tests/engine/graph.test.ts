import { describe, expect, it } from "vitest";
import { makeGraph, reach } from "../../src/engine/graph.js";
import type { DataTest } from "../../src/warehouse/registry.js";
import { makeSampleRegistry, sampleRegistry } from "./sample-registry.js";

const graph = makeGraph(sampleRegistry);

describe("makeGraph", () => {
    it("orders models after all they read, alphabetically where the graph leaves a choice", () => {
        expect(graph.order).toEqual([
            "stg_customer",
            "stg_event",
            "stg_order",
            "dim_customer",
            "fct_visits",
            "fct_orders",
            "mart_monthly",
            "paid_orders",
            "mart_weekly",
        ]);
    });

    it("gives the same order however the registry lists its models", () => {
        const { models, edges, ...rest } = sampleRegistry;
        const reversed = makeGraph({ ...rest, models: [...models].reverse(), edges: [...edges].reverse() });
        expect(reversed.order).toEqual(graph.order);
    });

    it("knows what a model reads and what reads it, sources included", () => {
        expect(graph.upstreamOf("fct_orders")).toEqual(["stg_order", "dim_customer"]);
        expect(graph.upstreamOf("stg_order")).toEqual(["orders"]);
        expect(graph.downstreamOf("fct_orders")).toEqual(["paid_orders", "mart_monthly"]);
        expect(graph.downstreamOf("orders")).toEqual(["stg_order"]);
        expect(graph.downstreamOf("mart_weekly")).toEqual([]);
    });

    it("looks through views for the tables and sources whose changes matter to a model", () => {
        expect(graph.tablesUpstreamOf("fct_orders")).toEqual([
            { modelName: "fct_orders", upstreamName: "orders", upstreamKind: "source" },
            { modelName: "fct_orders", upstreamName: "dim_customer", upstreamKind: "model" },
        ]);
        expect(graph.tablesUpstreamOf("mart_weekly")).toEqual([
            { modelName: "mart_weekly", upstreamName: "fct_orders", upstreamKind: "model" },
        ]);
        expect(graph.tablesDownstreamOf("fct_orders")).toEqual(["mart_weekly", "mart_monthly"]);
        expect(graph.tablesDownstreamOf("paid_orders")).toEqual([]);
    });

    it("is empty for an empty registry", () => {
        expect(makeGraph(makeSampleRegistry({})).order).toEqual([]);
    });
});

describe("makeGraph, where tests refer to other models,", () => {
    const makeTest = (modelName: string, refersTo: string | null): DataTest => ({
        name: `${modelName}.relationships.id`,
        modelName,
        kind: "relationships",
        columns: ["id"],
        severity: "error",
        maxFailures: 0,
        warnIf: null,
        errorIf: null,
        known: null,
        description: "",
        refersTo,
        refersToColumn: null,
        isPerEntity: true,
        failingRowsSql: "select",
    });
    const makeTested = (...tests: readonly (readonly [modelName: string, refersTo: string | null])[]) =>
        makeGraph({ ...sampleRegistry, tests: tests.map(([name, refersTo]) => makeTest(name, refersTo)) });

    it("puts a model after those that its tests refer to, and keeps them out of the lineage", () => {
        const tested = makeTested(["dim_customer", "fct_visits"], ["fct_visits", null]);
        expect(tested.testedAgainst("dim_customer")).toEqual(["fct_visits"]);
        expect(tested.testedAgainst("fct_visits")).toEqual([]);
        expect(tested.order.slice(3)).toEqual([
            "fct_visits",
            "dim_customer",
            "fct_orders",
            "mart_monthly",
            "paid_orders",
            "mart_weekly",
        ]);
        expect(tested.upstreamOf("dim_customer")).toEqual(["stg_customer"]);
    });

    it("says nothing of models that it comes after anyway, nor of itself", () => {
        const tested = makeTested(
            ["fct_orders", "dim_customer"],
            ["mart_weekly", "stg_order"],
            ["fct_visits", "fct_visits"],
        );
        expect(["fct_orders", "mart_weekly", "fct_visits"].flatMap(tested.testedAgainst)).toEqual([]);
        expect(tested.order).toEqual(graph.order);
    });

    it("leaves out what would make a circle, of two tests the later one", () => {
        const tested = makeTested(
            ["dim_customer", "mart_weekly"],
            ["dim_customer", "fct_visits"],
            ["fct_visits", "dim_customer"],
        );
        expect(tested.testedAgainst("dim_customer")).toEqual(["fct_visits"]);
        expect(tested.testedAgainst("fct_visits")).toEqual([]);
        expect(tested.order).toHaveLength(graph.order.length);
    });

    it("knows the tables whose changes make an answer differ and no entity stale", () => {
        const asked = (modelName: string, refersTo: string | null) =>
            graph.askedElsewhere(makeTest(modelName, refersTo));
        expect(asked("fct_visits", "fct_orders")).toEqual(["fct_orders"]);
        // Through the view, its table; through views down to the source, the source.
        expect(asked("fct_visits", "paid_orders")).toEqual(["fct_orders"]);
        expect(asked("fct_visits", "stg_customer")).toEqual(["customer"]);
        expect(asked("mart_weekly", "dim_customer")).toEqual(["dim_customer"]);
        expect(asked("fct_orders", "dim_customer")).toEqual([]);
        expect(asked("fct_orders", "stg_order")).toEqual([]);
        expect(asked("mart_weekly", "paid_orders")).toEqual([]);
        expect(asked("fct_orders", "paid_orders")).toEqual([]);
        expect(asked("fct_visits", null)).toEqual([]);
    });
});

describe("reach", () => {
    it("gives everything in one direction without the start, to at most so many steps", () => {
        expect([...reach(["stg_customer"], graph.downstreamOf)]).toEqual([
            "dim_customer",
            "fct_orders",
            "paid_orders",
            "mart_monthly",
            "mart_weekly",
        ]);
        expect([...reach(["stg_customer"], graph.downstreamOf, 2)]).toEqual(["dim_customer", "fct_orders"]);
        expect([...reach(["stg_customer"], graph.downstreamOf, 0)]).toEqual([]);
        expect([...reach(["stg_customer", "fct_orders"], graph.downstreamOf, 1)]).toEqual([
            "dim_customer",
            "paid_orders",
            "mart_monthly",
        ]);
    });
});
