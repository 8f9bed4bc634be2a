import { describe, expect, it } from "vitest";
import { StardeckError } from "../../src/database/errors.js";
import { makeGraph } from "../../src/engine/graph.js";
import { needsState, selectModels } from "../../src/engine/select.js";
import { makeSampleRegistry, sampleRegistry } from "./sample-registry.js";

const graph = makeGraph(sampleRegistry);
const state = {
    results: new Map([
        ["fct_orders", "error"],
        ["paid_orders", "skipped"],
        ["mart_weekly", "skipped"],
        ["dim_customer", "ok"],
    ]),
    stale: new Set(["fct_orders", "mart_monthly"]),
    modified: new Set(["mart_monthly"]),
};

function select(selectors: string | readonly string[], exclude: readonly string[] = []): string {
    const list = typeof selectors === "string" ? [selectors] : selectors;
    return selectModels(graph, list, exclude, state).join(" ");
}

function refusal(...selectors: readonly string[]): { code: string; message: string; hint: string | undefined } {
    try {
        selectModels(graph, selectors, [], state);
    } catch (error) {
        if (error instanceof StardeckError) {
            return { code: error.code, message: error.message, hint: error.hint };
        }
        throw error;
    }
    throw new Error("nothing was refused");
}

describe("selectModels", () => {
    it.each([
        ["fct_orders", "fct_orders"],
        ["+fct_orders", "stg_customer stg_order dim_customer fct_orders"],
        ["fct_orders+", "fct_orders mart_monthly paid_orders mart_weekly"],
        ["+paid_orders+", "stg_customer stg_order dim_customer fct_orders paid_orders mart_weekly"],
        ["1+fct_orders", "stg_order dim_customer fct_orders"],
        ["2+fct_orders", "stg_customer stg_order dim_customer fct_orders"],
        ["0+fct_orders", "fct_orders"],
        ["dim_customer+1", "dim_customer fct_orders"],
        ["dim_customer+2", "dim_customer fct_orders mart_monthly paid_orders"],
        ["1+fct_orders+1", "stg_order dim_customer fct_orders mart_monthly paid_orders"],
        ["@stg_event", "stg_customer stg_event stg_order dim_customer fct_visits fct_orders mart_monthly"],
        ["@mart_weekly", "stg_customer stg_order dim_customer fct_orders paid_orders mart_weekly"],
    ])("%s selects by name and neighbourhood", (selector, expected) => {
        expect(select(selector)).toBe(expected);
    });

    it.each([
        ["fct_*", "fct_visits fct_orders"],
        ["*orders", "fct_orders paid_orders"],
        ["*", graph.order.join(" ")],
        ["mart_?eekly", "mart_weekly"],
        ["stg_*+1", "stg_customer stg_event stg_order dim_customer fct_visits fct_orders"],
        ["1+mart_*", "fct_visits fct_orders mart_monthly paid_orders mart_weekly"],
    ])("%s selects by wildcards", (selector, expected) => {
        expect(select(selector)).toBe(expected);
    });

    it.each([
        ["tag:orders", "stg_order fct_orders paid_orders"],
        ["tag:daily+", "fct_visits fct_orders mart_monthly paid_orders mart_weekly"],
        ["layer:marts", "mart_monthly mart_weekly"],
        ["+layer:marts", graph.order.join(" ")],
        ["1+layer:marts", "fct_visits fct_orders mart_monthly paid_orders mart_weekly"],
        ["source:event+", "stg_event fct_visits mart_monthly"],
        ["source:event+1", "stg_event"],
        ["source:*+1", "stg_customer stg_event stg_order"],
        ["@source:event", "stg_customer stg_event stg_order dim_customer fct_visits fct_orders mart_monthly"],
        ["state:modified", "mart_monthly"],
        ["result:error", "fct_orders"],
        ["result:error+", "fct_orders mart_monthly paid_orders mart_weekly"],
        ["result:skipped", "paid_orders mart_weekly"],
        ["result:ok", "dim_customer"],
        ["state:stale", "fct_orders mart_monthly"],
        ["+state:stale", "stg_customer stg_event stg_order dim_customer fct_visits fct_orders mart_monthly"],
    ])("%s selects by method", (selector, expected) => {
        expect(select(selector)).toBe(expected);
    });

    it("unites by space and by argument, in build order and without repeating", () => {
        expect(select("mart_weekly stg_order  mart_weekly")).toBe("stg_order mart_weekly");
        expect(select(["mart_weekly", "stg_order"])).toBe("stg_order mart_weekly");
    });

    it("intersects by comma, and more tightly than a space unites", () => {
        expect(select("tag:orders,tag:daily")).toBe("fct_orders");
        expect(select("+mart_monthly,+mart_weekly,layer:warehouse")).toBe("dim_customer fct_orders");
        expect(select("tag:daily,tag:orders mart_weekly")).toBe("fct_orders mart_weekly");
    });

    it("selects everything when nothing is asked for", () => {
        expect(select([])).toBe(graph.order.join(" "));
    });

    it("takes away what is excluded, from a selection or from everything", () => {
        expect(select("+fct_orders", ["layer:prep"])).toBe("dim_customer fct_orders");
        expect(select([], ["+mart_monthly", "tag:weekly"])).toBe("paid_orders");
        expect(select("tag:daily", ["tag:daily,tag:orders"])).toBe("fct_visits");
    });

    it("selects nothing by state or result when that is how things are", () => {
        const nothing = { results: new Map<string, string>(), stale: new Set<string>(), modified: new Set<string>() };
        expect(selectModels(graph, ["state:stale+ result:error"], [], nothing)).toEqual([]);
    });

    it.each([
        ["fct_order", 'No model matches "fct_order".', "Did you mean fct_orders?"],
        ["+mart_weakly+", 'No model matches "+mart_weakly+".', "Did you mean mart_weekly?"],
        [
            "something_else_entirely",
            'No model matches "something_else_entirely".',
            "`stardeck ls` lists what there is.",
        ],
        ["dim_*,fct_x*", 'No model matches "fct_x*".', "`stardeck ls` lists what there is."],
        ["source:order+", 'No source matches "source:order+".', "Did you mean orders?"],
        ["tag:nightly", 'No model has the tag "nightly".', "There are: daily, orders, weekly."],
        ["layer:mart", 'No model has the layer "mart".', "There are: marts, prep, warehouse."],
        ["result:failed", '"result:failed": a result is ok, error or skipped.', undefined],
        ["state:new", '"state:new": a state is stale or modified.', undefined],
        [
            "path:models",
            '"path:models" uses no known method.',
            "Methods are tag:, layer:, source:, result: and state:.",
        ],
        [
            "fct_orders++",
            '"fct_orders++" is not a selector.',
            "Examples: fct_orders, +mart_weekly_discounts, dim_product+, tag:orders, layer:marts, state:stale.",
        ],
        [
            "fct_orders,",
            '"" is not a selector.',
            "Examples: fct_orders, +mart_weekly_discounts, dim_product+, tag:orders, layer:marts, state:stale.",
        ],
    ])("refuses %s with the way out", (selector, message, hint) => {
        expect(refusal(selector)).toEqual({ code: "usage", message, hint });
    });

    it("refuses a wrong name in an exclusion too", () => {
        expect(() => selectModels(graph, [], ["fct_order"], state)).toThrow('No model matches "fct_order".');
    });

    it("takes every character of a name but the wildcards for itself", () => {
        expect(refusal("fct.orders").message).toBe('No model matches "fct.orders".');
        const odd = makeGraph(
            makeSampleRegistry({ $a: { layer: "prep", reads: [] }, a: { layer: "prep", reads: [] } }),
        );
        expect(selectModels(odd, ["$a"], [], state)).toEqual(["$a"]);
    });
});

describe("needsState", () => {
    it("is true for selectors that ask about runs or landing rows", () => {
        expect(
            ["state:stale", "+result:error", "a,state:stale+", "a @result:ok"].map((each) => needsState([each])),
        ).toEqual([true, true, true, true]);
        expect(needsState(["tag:state", "layer:marts", "real_state", "fct_orders+"])).toBe(false);
    });
});

describe("a selection of nothing", () => {
    it.each([
        [[" "], [], '" " is not a selector.'],
        [[""], [], '"" is not a selector.'],
        [["\t\n"], [], '"\t\n" is not a selector.'],
        [[","], [], '"" is not a selector.'],
        [["fct_orders", " "], [], '" " is not a selector.'],
        [[], [" "], '" " is not a selector.'],
        [["source:event"], [], 'No model is selected by --select "source:event".'],
        [["tag:weekly,tag:daily"], [], 'No model is selected by --select "tag:weekly,tag:daily".'],
        [["fct_orders,dim_customer"], [], 'No model is selected by --select "fct_orders,dim_customer".'],
        [["fct_orders"], ["+fct_orders"], 'No model is selected by --select "fct_orders" --exclude "+fct_orders".'],
        [[], ["*"], 'No model is selected by --exclude "*".'],
    ])("is refused: --select %j --exclude %j", (selectors, exclude, message) => {
        expect(() => selectModels(graph, selectors, exclude, state)).toThrow(message);
    });

    it("is an answer where the state of the database was asked for", () => {
        expect(selectModels(graph, ["state:stale,dim_customer"], [], state)).toEqual([]);
    });
});
