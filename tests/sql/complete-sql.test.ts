import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeSql, type CatalogueRelation, type Completion } from "../../src/sql/complete-sql.js";

const table = (schema: string, name: string, columns: string, isVisible = false): CatalogueRelation => ({
    schema,
    name,
    isVisible,
    kind: "table",
    columns: columns.split(" ").map((column) => {
        const [columnName = "", typeName = "text"] = column.split(":");
        return { name: columnName, typeName };
    }),
});

const catalogue: readonly CatalogueRelation[] = [
    table("marts", "mart_weekly_discounts", "week_start:date order_count:bigint gross_amount:numeric"),
    table("marts", "mart_weekly_fulfilment", "week_start:date order_count:bigint"),
    table("public", "notes", "id:integer body", true),
    table("warehouse", "fct_orders", "order_id:integer customer_key:uuid status placed_at:timestamp"),
    table("warehouse", "dim_customer", "customer_key:uuid email Full#Name order"),
];

/** Completes at the `|` in the text. */
function complete(marked: string): { readonly texts: readonly string[]; readonly result: string | null } {
    const cursor = marked.indexOf("|");
    const sql = marked.replace("|", "");
    const { from, to, candidates } = completeSql(sql, cursor, catalogue);
    const texts = candidates.map((candidate: Completion) => candidate.text);
    const [first] = texts;
    return { texts, result: first === undefined ? null : sql.slice(0, from) + first + sql.slice(to) };
}

describe("completeSql", () => {
    it.each([
        ["sel|", ["select"]],
        ["|", ["select", "with", "values", "table"]],
        ["select * from mart|", ["marts.mart_weekly_discounts", "marts.mart_weekly_fulfilment", "marts."]],
        ["select * from weekly|", ["marts.mart_weekly_discounts", "marts.mart_weekly_fulfilment"]],
        ["select * from marts.|", ["mart_weekly_discounts", "mart_weekly_fulfilment"]],
        ["select * from MARTS.mart_weekly_d|", ["mart_weekly_discounts"]],
        ["select * from no|", ["notes"]],
        ["select * from warehouse.fct_orders join dim|", ["warehouse.dim_customer"]],
        ["select * from notes, fct|", ["warehouse.fct_orders"]],
        ["table fct|", ["warehouse.fct_orders"]],
        ["select stat| from warehouse.fct_orders", ["status"]],
        ["select orders.| from warehouse.fct_orders as orders", ["order_id", "customer_key", "status", "placed_at"]],
        ["select o.st| from warehouse.fct_orders o where true", ["status"]],
        ["select fct_orders.st| from warehouse.fct_orders", ["status"]],
        ["select warehouse.fct_orders.pl| from warehouse.fct_orders", ["placed_at"]],
        ["select * from notes where bo|", ["body"]],
        ["select * from notes where body = 'x' and i|", ["id", "interval"]],
        ["select * from notes order by bo|", ["body"]],
        ["select id as number_of_it from notes order by num|", ["number_of_it"]],
        [
            "select * from warehouse.fct_orders as o join warehouse.dim_customer as c on o.customer_key = c.cus|",
            ["customer_key"],
        ],
        [
            "select cust| from warehouse.fct_orders as o join warehouse.dim_customer as c using (customer_key)",
            ["o.customer_key", "c.customer_key"],
        ],
        ["select full| from warehouse.dim_customer", ['"Full#Name"']],
        ["select ord| from warehouse.dim_customer", ['"order"']],
        ['select "fu| from warehouse.dim_customer', ['"Full#Name"']],
        ['select * from "mart_weekly_f|', ['"marts"."mart_weekly_fulfilment"']],
        ['select * from "marts"."mart_weekly_f|', ['"mart_weekly_fulfilment"']],
        ["select count(or|) from marts.mart_weekly_fulfilment", ["order_count"]],
        ["select * from notes where id in (sel|", ["select"]],
        ["select id, (select ema| from warehouse.dim_customer) from notes", ["email"]],
        ["select id, (select bod| from warehouse.dim_customer) from notes", ["body"]],
        ["select * from (select id as note_id, body from notes) as inner_notes where note|", ["note_id"]],
        ["select t.| from (values (1, 2)) as t (left_side, right_side)", ["left_side", "right_side"]],
        ["select t.| from (values (1, 2)) as t", ["column1", "column2"]],
        ["select number.nu| from generate_series(1, 3) as number", ["number"]],
        ["with recent as (select * from notes) select bo| from recent", ["body"]],
        ["with recent as (select * from notes) select * from rec|", ["recent"]],
        ["with recent (a, b) as (select id, body from notes) select recent.| from recent", ["a", "b"]],
        ["with one as (select id from notes), two as (select * from on|) select 1", ["one"]],
        ["with one as (select 1 from tw|), two as (select 2) select 1", []],
        ["with recursive one as (select 1 as n union select n + 1 from on|) select 1", ["one"]],
        ["with totals as (select count(*), sum(id) as sum_of_ids from notes) select tot|", ["totals."]],
        ["with totals as (select count(*), sum(id) as sum_of_ids from notes) select su|", ["sum_of_ids", "sum("]],
        [
            "with t as (select count(*), max(id)::text, id::date, o.status from notes, warehouse.fct_orders o) select t.| from t",
            ["count", "max", "id", "status"],
        ],
        ["with a as (select 1) sel|", ["select"]],
        ["select 1 union all sel|", ["select"]],
        ["select * from notes o|", ["on", "order by"]],
        ["select * from notes order |", ["by"]],
        ["select * from notes left j|", ["join"]],
        ["select * from notes where id is n|", ["null", "not null", "not distinct from"]],
        ["select * from notes where id is not distinct from i|", ["id", "interval"]],
        ["select * from notes where id = 1 or|", ["or", "order by"]],
        ["select * from notes order by id d|", ["desc"]],
        ["select id::nu|", ["numeric"]],
        ["select * from notes limit |", []],
        ["select id as |", []],
        ["select stat|", ["status"]],
        ["select count(*) f|", ["from", "filter"]],
        ["select order_id f| from warehouse.fct_orders", ["from", "filter"]],
        ["select * from notes; select bo| from notes; select 1", ["body"]],
        ["select 'or|", []],
        ["select 1 -- or|", []],
        ["select 1 /* or|", []],
        ["select $$ or|", []],
        ["select 12|", []],
        ["select ))) bo|", ["body"]],
    ])("at %s offers %j", (marked, texts) => {
        const offered = complete(marked).texts;
        expect(offered.slice(0, Math.max(1, texts.length))).toEqual(texts);
    });

    it.each([
        ["select ord|er_id from warehouse.fct_orders", "select order_id from warehouse.fct_orders"],
        ["select * from mart_weekly_d|", "select * from marts.mart_weekly_discounts"],
        ['select "Fu|" from warehouse.dim_customer', 'select "Full#Name" from warehouse.dim_customer'],
        ["select '🙂', stat| from warehouse.fct_orders", "select '🙂', status from warehouse.fct_orders"],
    ])("makes of %s", (marked, result) => {
        expect(complete(marked).result).toBe(result);
    });

    it("names what a candidate is", () => {
        expect(completeSql("select * from notes where i", 27, catalogue).candidates).toEqual([
            { text: "id", kind: "column", detail: "integer" },
            { text: "interval", kind: "keyword", detail: "" },
        ]);
        expect(completeSql("select * from fct", 17, catalogue).candidates).toEqual([
            { text: "warehouse.fct_orders", kind: "relation", detail: "table in warehouse" },
        ]);
    });

    it("takes any text, and replaces a word around the cursor", () => {
        const pieces = fc.constantFrom(
            ..."select from where with as ( ) , . * ; ' \" -- /* */ $$ [ ] :: notes warehouse fct_orders o id on join 1".split(
                " ",
            ),
            " ",
            "\n",
            "🙂",
        );
        fc.assert(
            fc.property(fc.array(pieces, { maxLength: 40 }), fc.nat(), (parts, place) => {
                const before = parts.slice(0, place % (parts.length + 1)).join(place % 2 === 0 ? " " : "");
                const sql = before + parts.slice(place % (parts.length + 1)).join(" ");
                const cursor = before.length;
                const { from, to } = completeSql(sql, cursor, catalogue);
                expect(from).toBeLessThanOrEqual(cursor);
                expect(to).toBeGreaterThanOrEqual(cursor);
                expect(sql.slice(from, to)).toMatch(/^([\p{L}\p{N}_$\u0080-\u{10ffff}]*|"[^]*)$/u);
            }),
            { numRuns: 500 },
        );
    });

    it.each([
        ["nested brackets", "(".repeat(100_000)],
        ["nested queries", "select * from (".repeat(7000)],
        [
            "WITH queries",
            `with ${Array.from({ length: 3000 }, (_, at) => `c${at} as (select * from c${at - 1})`).join()} select c2999.`,
        ],
        ["a long list", `select ${"order_id, ".repeat(10_000)} from warehouse.fct_orders where `],
        ["many tables", `select 1 from ${"warehouse.fct_orders as o, ".repeat(4000)}`],
        ["quotes", `select ${`'" `.repeat(30_000)}`],
    ])("takes 100 KB of %s at once", (_name, sql) => {
        const startedAt = performance.now();
        completeSql(sql, sql.length, catalogue);
        // Some 50 ms on an idle machine.
        expect(performance.now() - startedAt).toBeLessThan(2000);
    });
});
