import { describe, expect, it } from "vitest";
import { planTrace } from "../../../src/browse/trace/plan-trace.js";
import type { TraceFacts, TraceRelation, TraceRow } from "../../../src/browse/trace/trace-facts.js";

function makeRelation(
    name: string,
    columns: Readonly<Record<string, string>>,
    changes: Partial<TraceRelation> = {},
): TraceRelation {
    return {
        schema: "dwh",
        name,
        isSource: false,
        columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
        primaryKey: [],
        entityKey: null,
        ...changes,
    };
}

const lines = makeRelation(
    "lines",
    { line_id: "integer", order_id: "integer", product_key: "bigint", day_key: "integer", price: "numeric" },
    { primaryKey: ["line_id"], entityKey: "order_id" },
);
const rawLines = makeRelation(
    "raw lines",
    { id: "integer", Order: "integer", price: "double precision" },
    {
        schema: "landing",
        isSource: true,
        entityKey: "id",
    },
);
const orders = makeRelation(
    "orders",
    { order_id: "integer", placed_at: "timestamp without time zone" },
    {
        primaryKey: ["order_id"],
        entityKey: "order_id",
    },
);
const products = makeRelation("products", { product_key: "bigint", price: "numeric" }, { primaryKey: ["product_key"] });
const days = makeRelation("days", { day_key: "integer", week: "date" }, { primaryKey: ["day_key"] });

const plain: TraceFacts = {
    model: lines,
    upstream: [],
    origins: [],
    reads: [],
    references: [],
    entityColumns: new Map(),
    keyNames: new Set(["line_id", "order_id", "product_key", "day_key"]),
};

function rowOf(values: Readonly<Record<string, string | null>>): TraceRow {
    return new Map(Object.entries(values));
}

const row = rowOf({ line_id: "7", order_id: "5", product_key: "90", day_key: "20250301", price: "-1.50" });

const copyOf = (relation: TraceRelation, column: string, columnName: string): TraceFacts["origins"][number] => ({
    column,
    schema: relation.schema,
    relationName: relation.name,
    columnName,
});
const readOf = (relation: TraceRelation, ...names: readonly string[]): TraceFacts["reads"] =>
    names.map((columnName) => ({ schema: relation.schema, relationName: relation.name, columnName }));

function planOf(facts: Partial<TraceFacts>, from = row, wanted: readonly string[] = []): readonly unknown[] {
    return planTrace({ ...plain, ...facts }, from, wanted).map(({ relation, where, by, reason }) => [
        relation.name,
        by,
        where,
        reason,
    ]);
}

describe("the rows upstream", () => {
    it("are those with the row's key under the name that it has there", () => {
        expect(
            planOf({
                upstream: [rawLines],
                origins: [copyOf(rawLines, "line_id", "id"), copyOf(rawLines, "order_id", "Order")],
            }),
        ).toEqual([["raw lines", "row", `"id" = '7'`, "id = 7"]]);
    });

    it("are found by what a relationships test says", () => {
        const references = [
            { relationName: "lines", columnName: "product_key", toName: "products", toColumn: "product_key" },
        ];
        expect(planOf({ upstream: [products], references })).toEqual([
            ["products", "key", `"product_key" = '90'`, "product_key = 90"],
        ]);
    });

    it("are several where several columns refer to one", () => {
        const model = makeRelation("orders", {
            order_id: "integer",
            placed_key: "integer",
            paid_key: "integer",
            sent_key: "integer",
        });
        const references = ["placed_key", "paid_key", "sent_key"].map((columnName) => ({
            relationName: "orders",
            columnName,
            toName: "days",
            toColumn: "day_key",
        }));
        expect(
            planOf({ model, upstream: [days], references }, rowOf({ placed_key: "1", paid_key: "2", sent_key: null })),
        ).toEqual([["days", "key", `"day_key" in ('1', '2')`, "day_key in (1, 2)"]]);
    });

    it("are found by a key of the same name that the model reads, and by no other column", () => {
        expect(planOf({ upstream: [orders], reads: readOf(orders, "order_id", "placed_at") })).toEqual([
            ["orders", "key", `"order_id" = '5'`, "order_id = 5"],
        ]);
        expect(planOf({ upstream: [products], reads: readOf(products, "price") })).toEqual([
            ["products", "none", null, "no column tells which"],
        ]);
    });

    it("are found by the model's mapping of changes to its entities", () => {
        const source = makeRelation(
            "raw orders",
            { nr: "integer" },
            { isSource: true, schema: "landing", entityKey: "nr" },
        );
        expect(planOf({ upstream: [source], entityColumns: new Map([["raw orders", "nr"]]) })).toEqual([
            ["raw orders", "entity", `"nr" = '5'`, "nr = 5"],
        ]);
    });

    it("are found by way of another relation that the model reads", () => {
        const weeks = makeRelation(
            "weeks",
            { week: "date", total: "numeric" },
            { primaryKey: ["week"], entityKey: "week" },
        );
        expect(
            planOf(
                {
                    model: weeks,
                    upstream: [days, lines],
                    origins: [copyOf(days, "week", "week")],
                    reads: [...readOf(days, "week", "day_key"), ...readOf(lines, "day_key", "price")],
                    references: [{ relationName: "lines", columnName: "day_key", toName: "days", toColumn: "day_key" }],
                },
                rowOf({ week: "2025-03-03", total: "12" }),
            ),
        ).toEqual([
            [
                "lines",
                "through",
                `"day_key" in (select "day_key" from "dwh"."days" where "week" = '2025-03-03')`,
                "day_key of the days with week = 2025-03-03",
            ],
            ["days", "row", `"week" = '2025-03-03'`, "week = 2025-03-03"],
        ]);
    });

    it("are at last those with the same values", () => {
        const prices = makeRelation("prices", { amount: "numeric", note: "json" });
        expect(planOf({ upstream: [prices], origins: [copyOf(prices, "price", "amount")] })).toEqual([
            ["prices", "values", `"amount" = '-1.50'`, "amount = -1.50"],
        ]);
    });

    it("are not told by what is null, or cannot be compared", () => {
        const facts = {
            upstream: [orders],
            reads: readOf(orders, "order_id"),
            origins: [copyOf(orders, "price", "placed_at")],
        };
        expect(planOf(facts, rowOf({ line_id: "7", order_id: null, price: null }))).toEqual([
            ["orders", "null", null, "order_id is null"],
        ]);
        const documents = makeRelation("documents", { body: "json" });
        expect(planOf({ upstream: [documents], origins: [copyOf(documents, "price", "body")] })).toEqual([
            ["documents", "none", null, "no column tells which"],
        ]);
    });
});

describe("the likeliest", () => {
    const facts: Partial<TraceFacts> = {
        upstream: [days, orders, products, rawLines],
        origins: [
            copyOf(rawLines, "line_id", "id"),
            copyOf(rawLines, "order_id", "Order"),
            copyOf(products, "price", "price"),
        ],
        reads: [...readOf(orders, "order_id"), ...readOf(products, "product_key", "price")],
    };

    it("is the one with most columns, and what nothing tells of comes last", () => {
        expect(planOf(facts).map((step) => (step as readonly string[])[0])).toEqual([
            "products",
            "raw lines",
            "orders",
            "days",
        ]);
    });

    it("is one that nothing refers to, before those that are only looked up", () => {
        const references = [
            { relationName: "lines", columnName: "product_key", toName: "products", toColumn: "product_key" },
        ];
        expect(planOf({ ...facts, references }).map((step) => (step as readonly string[])[0])).toEqual([
            "raw lines",
            "orders",
            "products",
            "days",
        ]);
    });

    it("is the one that a wanted column comes from, which is called there as it is", () => {
        const [first] = planTrace({ ...plain, ...facts }, row, ["order_id"]);
        expect(first?.relation.name).toBe("raw lines");
        expect(first?.wanted).toEqual(["Order"]);
    });
});

describe("a condition", () => {
    const facts = (type: string, value: string): readonly unknown[] =>
        planOf(
            {
                upstream: [makeRelation('o"dd', { "k'ey": type }, { primaryKey: ["k'ey"] })],
                origins: [{ column: "line_id", schema: "dwh", relationName: 'o"dd', columnName: "k'ey" }],
            },
            rowOf({ line_id: value }),
        ).map((step) => (step as readonly unknown[])[2]);

    it("compares numbers of two types as numbers, and other types as text", () => {
        expect(facts("bigint", "7")).toEqual([`"k'ey" = '7'::integer`]);
        expect(facts("text", "7")).toEqual([`"k'ey"::text = '7'`]);
        expect(facts("integer", "7")).toEqual([`"k'ey" = '7'`]);
    });

    it("quotes whatever the value holds", () => {
        expect(facts("integer", "it's \\ \u001b")).toEqual([`"k'ey" = E'it''s \\\\ \u001b'`]);
    });
});
