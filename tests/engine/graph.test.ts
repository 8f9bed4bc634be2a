import { describe, expect, it } from "vitest";
import { makeGraph, reach } from "../../src/engine/graph.js";
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
