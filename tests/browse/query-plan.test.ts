import { describe, expect, it } from "vitest";
import { parseExplainOrNull } from "../../src/browse/explain-query.js";
import { misjudgedBy, parsePlan, type PlanStep } from "../../src/browse/query-plan.js";

const analyzed = (totalMs: number, rows: number, loops = 1): Record<string, number> => ({
    "Actual Total Time": totalMs,
    "Actual Rows": rows,
    "Actual Loops": loops,
});

function parse(root: object): readonly (readonly [title: string, own: number])[] {
    return parsePlan([{ Plan: root }]).steps.map(({ title, own }) => [title, Math.round(own * 100) / 100]);
}

describe("a plan", () => {
    it("says what each step takes alone, in all its loops, and marks the costliest", () => {
        const plan = parsePlan([
            {
                Plan: {
                    "Node Type": "Nested Loop",
                    "Join Type": "Inner",
                    "Total Cost": 120,
                    "Plan Rows": 10,
                    ...analyzed(50, 30),
                    Plans: [
                        {
                            "Node Type": "Seq Scan",
                            "Relation Name": "fct_orders",
                            Schema: "warehouse",
                            Alias: "fct_orders",
                            Filter: "(status = 'paid')",
                            "Rows Removed by Filter": 70,
                            "Total Cost": 20,
                            "Plan Rows": 10,
                            ...analyzed(8, 10),
                        },
                        {
                            "Node Type": "Index Scan",
                            "Relation Name": "dim_customer",
                            Schema: "warehouse",
                            Alias: "c",
                            "Index Name": "dim_customer_pk",
                            "Total Cost": 9,
                            "Plan Rows": 1,
                            ...analyzed(4, 3, 10),
                        },
                    ],
                },
                "Planning Time": 0.25,
                "Execution Time": 51,
            },
        ]);
        expect(plan).toMatchObject({
            isAnalyzed: true,
            planningMs: 0.25,
            executionMs: 51,
            totalCost: 120,
            costliest: 2,
        });
        expect(
            plan.steps.map(({ title, depth, own, share, actualRows, estimatedRows }) => [
                title,
                depth,
                own,
                share,
                actualRows,
                estimatedRows,
            ]),
        ).toEqual([
            ["Nested Loop", 0, 2, 0.04, 30, 10],
            ["Seq Scan on warehouse.fct_orders", 1, 8, 0.16, 10, 10],
            ["Index Scan by dim_customer_pk on warehouse.dim_customer c", 1, 40, 0.8, 30, 10],
        ]);
        expect(plan.steps[1]?.details).toEqual([
            ["Filter", "(status = 'paid')"],
            ["Rows Removed by Filter", "70"],
        ]);
    });

    it("counts the time of a query of WITH once, at the step it is made by", () => {
        const common = { "Node Type": "Sort", "Subplan Name": "CTE recent", ...analyzed(30, 5) };
        const scan = { "Node Type": "CTE Scan", "CTE Name": "recent", Alias: "recent", ...analyzed(33, 5) };
        expect(
            parse({ "Node Type": "Aggregate", Strategy: "Plain", ...analyzed(40, 1), Plans: [common, scan] }),
        ).toEqual([
            ["Aggregate", 7],
            ["CTE recent: Sort", 30],
            ["CTE Scan on recent", 3],
        ]);
    });

    it("counts once what several processes do at the same time", () => {
        const scan = { "Node Type": "Seq Scan", "Relation Name": "a", Alias: "a", ...analyzed(40, 100, 3) };
        const partial = { "Node Type": "Aggregate", Strategy: "Plain", ...analyzed(50, 1, 3), Plans: [scan] };
        expect(parse({ "Node Type": "Gather", "Workers Launched": 2, ...analyzed(60, 3), Plans: [partial] })).toEqual([
            ["Gather", 10],
            ["Aggregate", 10],
            ["Seq Scan on a", 40],
        ]);
    });

    it("goes by the planner's cost where the statement was not run, also below a limit", () => {
        const scan = { "Node Type": "Seq Scan", "Relation Name": "a", Alias: "a", "Total Cost": 90 };
        expect(parse({ "Node Type": "Limit", "Total Cost": 4, Plans: [scan] })).toEqual([
            ["Limit", 0],
            ["Seq Scan on a", 90],
        ]);
    });

    it("says how far the planner was from the truth", () => {
        const step = { estimatedRows: 10, actualRows: 1000, loops: 1 } as PlanStep;
        expect(misjudgedBy(step)).toBe(100);
        expect(misjudgedBy({ ...step, actualRows: 0 })).toBe(10);
        expect(misjudgedBy({ ...step, actualRows: null, loops: null })).toBeNull();
        expect(misjudgedBy({ ...step, actualRows: 0, loops: 0 })).toBeNull();
    });
});

it("knows a statement whose plan is asked for, and keeps the places in it", () => {
    expect(parseExplainOrNull("select 1")).toBeNull();
    expect(parseExplainOrNull("explain select 1")).toEqual({ sql: "        select 1", isAnalyzed: false });
    expect(parseExplainOrNull("-- why\nEXPLAIN ANALYZE\nverbose select 1")).toEqual({
        sql: "      \n               \n        select 1",
        isAnalyzed: true,
    });
    expect(parseExplainOrNull("explain (analyze off, buffers) values (1)")?.isAnalyzed).toBe(false);
    expect(parseExplainOrNull("explain (costs off, analyze) values (1)")?.isAnalyzed).toBe(true);
    expect(parseExplainOrNull("explain (select 1)")).toEqual({ sql: "        (select 1)", isAnalyzed: false });
    expect(parseExplainOrNull("explain")?.sql.trim()).toBe("");
});
