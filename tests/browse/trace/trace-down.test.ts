import { beforeAll, expect, it } from "vitest";
import { loadPage } from "../../../src/browse/load-page.js";
import { makeGridView } from "../../../src/browse/grid-view.js";
import { openQuery } from "../../../src/browse/open-query.js";
import { buildKeptRowsSql, loadTestHistory } from "../../../src/runs/test-history.js";
import { quoteQualified } from "../../../src/sql/identifiers.js";
import { loadTrace } from "../../../src/browse/trace/load-trace.js";
import { loadColumnOrigins } from "../../../src/browse/trace/column-origins.js";
import { loadTraceFacts } from "../../../src/browse/trace/load-trace-facts.js";
import { planTrace, type TraceStep } from "../../../src/browse/trace/plan-trace.js";
import { loadRegistry, type Registry } from "../../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
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

    /** What a person sees at each step of the likeliest way: the relation, why these rows, and their keys. */
    async function show(
        modelName: string,
        row: Texts,
        column: string | null,
        keys: Readonly<Record<string, string>>,
    ): Promise<readonly unknown[]> {
        const question = { modelName, row, wanted: column === null ? [] : [column] };
        const [step] = await loadTrace(test.connected, registry, question, {
            signal: new AbortController().signal,
            timeoutMs: 60_000,
        });
        if (step === undefined) {
            return [];
        }
        const { schema, name, isSource } = step.relation;
        const key = keys[name] ?? "";
        const from = quoteQualified(schema, name);
        const rows = await readRows(`select * from ${from} where ${step.where ?? "true"} order by ${key}`);
        const first = rows[0] ?? new Map<string, string>();
        const here = [name, step.reason, rows.map((each) => each.get(key))];
        return [here, ...(isSource ? [] : await show(name, first, step.wanted[0] ?? null, keys))];
    }

    const textsOf = async (sql: string): Promise<readonly unknown[]> =>
        (await readRows(sql)).map((row) => [...row.values()][0]);

    const one = async (sql: string): Promise<Texts> => {
        const [row] = await readRows(`${sql} limit 1`);
        if (row === undefined) {
            throw new Error(`No row: ${sql}`);
        }
        return row;
    };

    it("of a mart is followed through the fact to the landing rows", async () => {
        const mart = await one("select * from marts.mart_weekly_discounts order by week_start");
        const week = mart.get("week_start") ?? "";
        const lines = await textsOf(
            `select order_item_id from warehouse.fct_order_items
            where placed_date_key in (select date_key from warehouse.dim_date where week_start = '${week}')
            order by order_item_id`,
        );
        expect(lines.length).toBeGreaterThan(1);
        const [id] = lines as readonly string[];
        const keys = {
            fct_order_items: "order_item_id",
            int_order_items: "order_item_id",
            stg_order_item: "modified_at",
            orderitem: "modified_at",
        };
        expect(await show("mart_weekly_discounts", mart, null, keys)).toEqual([
            ["fct_order_items", `placed_date_key of the dim_date with week_start = ${week}`, lines],
            ["int_order_items", `order_item_id = ${id ?? ""}`, [id]],
            [
                "stg_order_item",
                `order_item_id = ${id ?? ""}`,
                await textsOf(
                    `select modified_at from prep.stg_order_item where order_item_id = ${id ?? ""} order by modified_at`,
                ),
            ],
            [
                "orderitem",
                `id = ${id ?? ""}`,
                await textsOf(`select modified_at from staging.orderitem where id = ${id ?? ""} order by modified_at`),
            ],
        ]);
    });

    it("of a dimension with history is followed to all versions that were landed", async () => {
        const product = await one(
            `select * from warehouse.dim_product
            where not is_inferred and product_id in (
                select product_id from warehouse.dim_product group by product_id having count(*) > 1
            )
            order by product_id, valid_from desc`,
        );
        const id = product.get("product_id") ?? "";
        const keys = { stg_product: "modified_at", product: "modified_at" };
        expect(await show("dim_product", product, "price", keys)).toEqual([
            [
                "stg_product",
                `product_id = ${id}`,
                await textsOf(`select modified_at from prep.stg_product where product_id = ${id} order by modified_at`),
            ],
            [
                "product",
                `id = ${id}`,
                await textsOf(`select modified_at from staging.product where id = ${id} order by modified_at`),
            ],
        ]);
    });

    it("of a stand-in is followed to the facts that mention it, for no record of it was landed", async () => {
        const failing = registry.tests.find(({ name }) => name === "dim_customer.customer_was_extracted");
        const standIn = await one(`${failing?.failingRowsSql ?? ""} order by customer_id`);
        const id = standIn.get("customer_id") ?? "";
        const keys = {
            int_orders: "order_id",
            stg_order: "modified_at",
            orders: "modified_at",
            int_session_events: "event_id",
            int_events: "event_id",
            stg_event: "event_id",
            event: "id",
        };
        const [first, ...others] = await show("dim_customer", standIn, null, keys);
        const [name, reason, shown] = first as readonly [string, string, readonly unknown[]];
        expect(["int_orders", "int_session_events"]).toContain(name);
        expect(reason).toBe(`customer_id = ${id}`);
        expect(shown).toEqual(
            await textsOf(
                `select ${name === "int_orders" ? "order_id" : "event_id"} from prep.${name} where customer_id = ${id} order by 1`,
            ),
        );
        expect(shown.length).toBeGreaterThan(0);
        expect(["orders", "event"]).toContain((others.at(-1) as readonly unknown[])[0]);
    });

    it("without a key is followed nowhere, and says why", async () => {
        const unknown = await one("select * from warehouse.dim_product where product_key = -1");
        const steps = await stepsOf("dim_product", unknown);
        expect(steps.map(({ relation, by, where, reason }) => [relation.name, by, where, reason])).toEqual([
            ["stg_product", "null", null, "product_id is null"],
            ["int_order_items", "null", null, "product_id is null"],
        ]);
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

describeOnBothDatabases("columns that a model passes on", { template: "small" }, (test) => {
    beforeAll(async () => {
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

    it("are followed from a row that a run kept and never published", async () => {
        await landOrders(
            test.connected,
            { id: 1, amount: "11", modifiedAt: "2025-01-02" },
            { id: 3, amount: "-9007199254740993.25" },
        );
        const failed = await build(test.connected);
        const registry = await loadRegistry(test.connected);
        const asked = { name: "fct_orders.amount_is_positive", modelName: "fct_orders" };
        const history = await loadTestHistory(test.connected, asked, 10);
        expect(
            history.map(({ status, failingCount, keptCount, isRolledBack }) => [
                status,
                failingCount,
                keptCount,
                isRolledBack,
            ]),
        ).toEqual([
            ["failed", 1, 1, true],
            ["passed", 0, 0, false],
        ]);
        const [last] = history;
        if (last === undefined) {
            throw new Error("No run asked it.");
        }
        expect(last.runId).toBe(failed.runId);
        const options = { signal: new AbortController().signal, timeoutMs: 60_000 };
        const relation = await openQuery(test.connected, buildKeptRowsSql(asked.name, last), options);
        expect(relation.columns.map(({ name, typeName }) => [name, typeName])).toEqual([
            ["order_id", "integer"],
            ["customer_id", "integer"],
            ["customer_name", "text"],
            ["status", "text"],
            ["amount", "numeric"],
        ]);
        const page = await loadPage(
            test.connected,
            makeGridView(relation),
            { at: "start" },
            { ...options, pageRows: 9 },
        );
        expect(page.rows.map(({ cells }) => cells)).toEqual([["3", "1", "Ada", "PAID", "-9007199254740993.25"]]);
        const row = new Map(page.columns.map(({ name }, index) => [name, page.rows[0]?.cells[index] ?? null]));
        const down = await loadTrace(
            test.connected,
            registry,
            { modelName: "fct_orders", row, wanted: ["amount"] },
            options,
        );
        expect(down.map(({ relation: { name }, where }) => [name, where])).toEqual([
            ["stg_order", `"order_id" = '3'`],
            ["dim_customer", `"customer_id" = '1'`],
        ]);

        await landCustomers(test.connected, [2, "Bob", "2025-01-01"]);
        const atomic = await build(test.connected, { isAtomic: true });
        const ofCustomers = { name: "dim_customer.scd2.customer_id", modelName: "dim_customer" };
        const [latest, first] = await loadTestHistory(test.connected, ofCustomers, 10);
        expect([latest?.runId, latest?.status, latest?.isRolledBack]).toEqual([atomic.runId, "passed", true]);
        expect(first?.isRolledBack).toBe(false);
    });
});
