import { describe, expect, it } from "vitest";
import { loadBlock } from "../../src/deck/load-block.js";
import type { BlockContent, BlockRows } from "../../src/deck/block-content.js";
import type { LiveBlock } from "../../src/deck/live-block.js";
import { parseFence } from "../../src/deck/parse-block.js";
import { StatementError } from "../../src/database/errors.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";

function parse(info: string, body = ""): LiveBlock {
    const fence = parseFence({ info, body });
    if (fence.kind !== "block") {
        throw new Error(`${info} is no block.`);
    }
    return fence.block;
}

function load({ connected }: TestDatabase, info: string, body = ""): Promise<BlockContent> {
    const { signal } = new AbortController();
    return loadBlock(connected, parse(info, body), { signal, timeoutMs: 60_000 });
}

async function loadRows(database: TestDatabase, info: string, body = ""): Promise<BlockRows> {
    const content = await load(database, info, body);
    if (content.kind !== "rows") {
        throw new Error(`${info} has no rows.`);
    }
    return content.rows;
}

describeOnBothDatabases("the blocks of a built warehouse", { template: "built" }, (database) => {
    it("reads a model as its file has it shown, with the SELECT behind it", async () => {
        const rows = await loadRows(database, "table mart_weekly_discounts");
        expect(rows.relation).toEqual({ schema: "marts", name: "mart_weekly_discounts" });
        expect(rows.columns.slice(0, 2)).toMatchObject([
            { name: "week_start", isKey: true },
            { name: "discount_amount" },
        ]);
        const weeks = rows.rows.map(([week]) => week);
        expect(weeks).toEqual([...weeks].sort().reverse());
        expect([rows.rowCount, rows.isCountExact, rows.notes]).toEqual([weeks.length, true, []]);
        expect(rows.sql).toMatch(/fct_order_items/);
    });

    it("reads no more of many rows than a slide can use, and counts them", async () => {
        const rows = await loadRows(database, "query", "select n from generate_series(1, 10000) as n;");
        expect([rows.rows.length, rows.rowCount, rows.isCountExact]).toEqual([1000, 10_000, true]);
        expect(rows.rows[999]).toEqual(["1000"]);
    });

    it("places an error in the SQL of the block", async () => {
        const error = await load(database, "query", "select *\nform x").catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StatementError);
        expect(error).toMatchObject({ sql: "select *\nform x", position: 10 });
    });

    it.each([
        ["drop table marts.mart_weekly_discounts"],
        ["select 1; drop table marts.mart_weekly_discounts"],
        ["select nextval('ops.run_run_id_seq')"],
    ])("refuses %s", async (sql) => {
        await expect(load(database, "query", sql)).rejects.toBeInstanceOf(StatementError);
        expect((await loadRows(database, "table mart_weekly_discounts")).rowCount).toBeGreaterThan(0);
    });

    it("says which model was probably meant", async () => {
        await expect(load(database, "chart mart_weekly_discount")).rejects.toMatchObject({
            message: 'There is no model or source "mart_weekly_discount".',
            hint: "Did you mean mart_weekly_discounts?",
        });
        await expect(load(database, "sql customer")).rejects.toMatchObject({
            message: "staging.customer is a landing table and has no SELECT.",
        });
    });

    it("draws a fact with the dimensions that its tests name", async () => {
        const content = await load(database, "star fct_sessions");
        expect(content).toMatchObject({
            kind: "star",
            star: {
                fact: "fct_sessions",
                dimensions: [
                    { name: "dim_customer", keys: ["customer_key"] },
                    { name: "dim_date", keys: ["started_date_key"] },
                ],
            },
        });
    });

    it("lists the layers of what a mart is made of", async () => {
        const content = await load(database, "lineage mart_weekly_fulfilment");
        const layers = content.kind === "lineage" ? content.lineage.layers.map(({ name }) => name) : [];
        expect(layers).toEqual(["staging", "prep", "warehouse", "marts"]);
        expect(content).toMatchObject({ lineage: { focus: { name: "mart_weekly_fulfilment", downstream: [] } } });
    });

    it("leads a column back to the columns that it is made of, with what makes each", async () => {
        const content = await load(database, "lineage mart_weekly_discounts.discount_amount");
        const lineage = content.kind === "lineage" ? content.lineage : null;
        expect(lineage?.layers[0]?.members.map(({ text }) => text)).toEqual([
            "orderitem.quantity",
            "product.discount_percent",
            "product.price",
        ]);
        expect(lineage?.edges).toContainEqual({ from: "dim_product.price", to: "fct_order_items.discount_amount" });
        expect(lineage?.column).toMatchObject({
            of: "mart_weekly_discounts",
            title: "mart_weekly_discounts.discount_amount = round(sum(discount_amount), 2)",
            rowsDecidedBy: expect.arrayContaining(["warehouse.fct_order_items.placed_date_key"]) as unknown,
        });
        await expect(load(database, "lineage marts.mart_weekly_discounts.discount")).rejects.toMatchObject({
            code: "usage",
            message: 'marts.mart_weekly_discounts has no column "discount".',
        });
        await expect(load(database, "lineage mart_weekly.discount")).rejects.toMatchObject({
            message: 'There is no model or source "mart_weekly".',
        });
    });

    it("reports sources with their rows, and tests by what they caught", async () => {
        const sources = await load(database, "sources");
        const names = sources.kind === "report" ? sources.report.rows.map(([name]) => name?.text) : [];
        expect(names).toEqual(["customer", "event", "orderitem", "orders", "product"]);
        const tests = await load(database, "tests", "only: problems");
        const report = tests.kind === "report" ? tests.report : null;
        expect(report?.headline.text).toMatch(
            /^\d+ data tests: \d+ warned, \d+ known, \d+ passed, \d+ held by a constraint\.$/,
        );
        const countsOf = (wanted: string): readonly number[] =>
            (report?.rows ?? [])
                .filter(([state]) => state?.text === wanted)
                .map(([, count]) => Number(count?.text.replaceAll(",", "")));
        expect(report?.rows[0]?.[0]?.text).toBe("warned");
        expect(countsOf("warned")).toHaveLength(2);
        for (const state of ["warned", "known"]) {
            const counts = countsOf(state);
            expect(counts).toEqual([...counts].sort((one, other) => other - one));
            expect(counts.length).toBeGreaterThan(0);
        }
    });

    it("has of a recorded run when each of its models began and ended", async () => {
        const content = await load(database, "replay last");
        const recorded = content.kind === "run" ? content.recorded : null;
        expect(recorded?.run.models.every(({ status }) => status === "ok")).toBe(true);
        const spans = [...(recorded?.spans.values() ?? [])];
        expect(spans.length).toBe(recorded?.run.models.length);
        expect(spans.every(({ fromMs, toMs }) => fromMs >= 0 && toMs >= fromMs)).toBe(true);
        await expect(load(database, "replay 4711")).rejects.toMatchObject({
            message: "There is no run 4711 to play yet.",
        });
    });
});

describeOnBothDatabases("the blocks of a warehouse that was never built", { template: "migrated" }, (database) => {
    it("says so beside rows that are not there", async () => {
        const rows = await loadRows(database, "chart mart_weekly_discounts");
        expect(rows.rowCount).toBe(0);
        expect(rows.notes).toEqual([
            "mart_weekly_discounts was never built: `stardeck build --select +mart_weekly_discounts` does it.",
        ]);
        await expect(load(database, "replay")).rejects.toMatchObject({ message: "There is no run to play yet." });
    });
});

describeOnBothDatabases("the blocks of an empty database", (database) => {
    describe.each(["table x", "sql x", "lineage", "star", "sources", "tests"])("%s", (info) => {
        it("says that there is no warehouse, and the way to one", async () => {
            await expect(load(database, info)).rejects.toMatchObject({
                message: "This database holds no stardeck warehouse yet.",
                hint: "Run `stardeck migrate` first.",
            });
        });
    });
});
