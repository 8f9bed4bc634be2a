import { beforeAll, expect, it } from "vitest";
import { quoteQualified } from "../../../src/database/identifiers.js";
import { loadColumnOrigins } from "../../../src/explore/trace/column-origins.js";
import { loadTraceFacts } from "../../../src/explore/trace/load-trace-facts.js";
import { planTrace, type TraceStep } from "../../../src/explore/trace/plan-trace.js";
import { loadRegistry, type Registry } from "../../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import { createSmallWarehouse } from "../../engine/small-warehouse.js";
import { build, landCustomers, landOrders } from "../../engine/small-builds.js";

type Texts = ReadonlyMap<string, string | null>;

describeOnBothDatabases("a row of the webshop", { template: "built" }, (test) => {
    let registry: Registry;
    beforeAll(async () => {
        registry = await loadRegistry(test.connected);
    });

    async function readRows(sql: string): Promise<readonly Texts[]> {
        return test.connected.withReadOnlyTransaction(async (connection) => {
            const { fields, rows } = await connection.queryText(sql);
            return rows.map((row) => new Map(fields.map(({ name }, index) => [name, row[index] ?? null])));
        });
    }

    async function stepsOf(
        modelName: string,
        row: Texts,
        wanted: readonly string[] = [],
    ): Promise<readonly TraceStep[]> {
        return test.connected.withReadOnlyTransaction(async (connection) =>
            planTrace(await loadTraceFacts(connection, registry, modelName), row, wanted),
        );
    }

    /** Follows the likeliest step until there is none. */
    async function follow(
        modelName: string,
        row: Texts,
        wanted: readonly string[],
    ): Promise<readonly (readonly [string, string, number])[]> {
        const [step] = await stepsOf(modelName, row, wanted);
        if (step === undefined) {
            return [];
        }
        const { relation, where, reason } = step;
        const rows = await readRows(
            `select * from ${quoteQualified(relation.schema, relation.name)} where ${where ?? "true"} order by 1`,
        );
        const [first] = rows;
        const here = [relation.name, reason, rows.length] as const;
        return first === undefined || relation.isSource
            ? [here]
            : [here, ...(await follow(relation.name, first, step.wanted))];
    }

    it("that a test warns of is followed down to its landing rows", async () => {
        const [failing] = await readRows(
            `${registry.tests.find(({ name }) => name === "fct_order_items.recorded_price_is_positive")?.failingRowsSql ?? ""} order by order_item_id`,
        );
        if (failing === undefined) {
            throw new Error("No row fails.");
        }
        const id = failing.get("order_item_id") ?? "";
        const path = await follow("fct_order_items", failing, ["recorded_price"]);
        expect(path.map(([name, reason]) => [name, reason])).toEqual([
            ["int_order_items", `order_item_id = ${id}`],
            ["stg_order_item", `order_item_id = ${id}`],
            ["orderitem", `id = ${id}`],
        ]);
        const landed = await readRows(`select price from staging.orderitem where id = ${id}`);
        expect(path.at(-1)?.[2]).toBe(landed.length);
        expect(landed.length).toBeGreaterThan(0);
        expect(landed.some((row) => Number(row.get("price")) <= 0)).toBe(true);
    });

    it.each([
        ["mart_weekly_discounts", "marts.mart_weekly_discounts", "fct_order_items", "through"],
        ["mart_weekly_fulfilment", "marts.mart_weekly_fulfilment", "fct_orders", "through"],
        ["fct_orders", "warehouse.fct_orders", "int_orders", "key"],
        ["fct_sessions", "warehouse.fct_sessions", "int_session_events", "entity"],
        ["mart_last_session_carts", "marts.mart_last_session_carts", "fct_sessions", "row"],
        ["dim_product", "warehouse.dim_product where is_current and not is_inferred", "stg_product", "entity"],
        ["dim_customer", "warehouse.dim_customer where is_current and not is_inferred", "stg_customer", "entity"],
        ["stg_event", "prep.stg_event", "event", "entity"],
    ])("of %s has upstream rows", async (modelName, from, first, by) => {
        const [row] = await readRows(`select * from ${from} order by 1 desc limit 1`);
        const [step] = await stepsOf(modelName, row ?? new Map<string, string>());
        expect([step?.relation.name, step?.by]).toEqual([first, by]);
        const { relation, where } = step ?? {};
        const rows = await readRows(
            `select 1 from ${quoteQualified(relation?.schema ?? "", relation?.name ?? "")} where ${where ?? "false"}`,
        );
        expect(rows.length).toBeGreaterThan(0);
    });

    it("leads from a line to its order, its product and its day as well", async () => {
        const [row] = await readRows(
            "select * from warehouse.fct_order_items where product_key <> -1 order by 1 limit 1",
        );
        const steps = await stepsOf("fct_order_items", row ?? new Map<string, string>());
        expect(steps.map(({ relation, by }) => [relation.name, by])).toEqual([
            ["int_order_items", "key"],
            ["dim_product", "key"],
            ["fct_orders", "key"],
        ]);
        for (const { relation, where } of steps) {
            const found = await readRows(
                `select 1 from ${quoteQualified(relation.schema, relation.name)} where ${where ?? "false"}`,
            );
            expect([relation.name, found.length]).toEqual([relation.name, 1]);
        }
    });
});

describeOnBothDatabases("columns that a model passes on", (test) => {
    beforeAll(async () => {
        await createSmallWarehouse(test.connected);
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1 });
        await build(test.connected);
    });

    it("are known through subqueries and joins, and expressions are not", async () => {
        const { models } = await loadRegistry(test.connected);
        const model = models.find(({ name }) => name === "fct_orders");
        const origins =
            model === undefined
                ? []
                : await test.connected.withReadOnlyTransaction((connection) => loadColumnOrigins(connection, model));
        expect(
            origins.map(({ column, schema, relationName, columnName }) => [
                column,
                `${schema}.${relationName}.${columnName}`,
            ]),
        ).toEqual([
            ["order_id", "prep.stg_order.order_id"],
            ["customer_id", "prep.stg_order.customer_id"],
            ["customer_name", "warehouse.dim_customer.name"],
            ["status", "prep.stg_order.status"],
            ["amount", "prep.stg_order.amount"],
        ]);
    });
});
