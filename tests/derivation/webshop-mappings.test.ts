import { describe, expect, it } from "vitest";
import { changeSign } from "../../src/derivation/change-sign.js";
import type { DerivedMapping } from "../../src/derivation/derive-mappings.js";
import { quoteQualified } from "../../src/sql/identifiers.js";
import { loadDerivedMappings } from "../../src/warehouse/derived-mappings.js";
import { loadMappedModel } from "../../src/warehouse/refresh-mappings.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const pairs: Readonly<Record<string, readonly string[]>> = {
    dim_customer: ["customer", "int_events", "int_orders"],
    dim_date: ["int_events", "int_orders"],
    dim_product: ["int_order_items", "product"],
    fct_order_items: ["dim_product", "fct_orders", "int_order_items"],
    fct_orders: ["dim_customer", "dim_date", "int_orders"],
    fct_sessions: ["dim_customer", "dim_date", "int_events"],
    int_events: ["event", "int_orders"],
    int_order_items: ["orderitem"],
    int_orders: ["orders"],
    mart_last_session_carts: ["dim_customer", "dim_product", "fct_sessions", "int_events"],
    mart_weekly_discounts: ["dim_date", "fct_order_items"],
    mart_weekly_fulfilment: ["dim_date", "fct_orders"],
};

describe("the webshop's mappings", () => {
    describeOnBothDatabases("derived from its SELECTs", { template: "migrated" }, (database) => {
        async function derive(): Promise<ReadonlyMap<string, ReadonlyMap<string, DerivedMapping>>> {
            const { models } = await loadRegistry(database.connected);
            const derived = new Map<string, ReadonlyMap<string, DerivedMapping>>();
            for (const { name, materialisation } of models) {
                const mapped = materialisation === "table" ? await loadMappedModel(database.connected, name) : null;
                if (mapped === null) {
                    continue;
                }
                const { mappings = new Map<string, DerivedMapping>() } =
                    (
                        await database.connected.withTransaction((connection) =>
                            loadDerivedMappings(connection, [mapped]),
                        )
                    ).get(name) ?? {};
                derived.set(name, mappings);
                for (const upstream of mapped.upstreams) {
                    const mapping = mappings.get(upstream.name);
                    if (mapping?.kind === "entities") {
                        const changed = `select *, 1 as ${changeSign} from ${quoteQualified(upstream.schema, upstream.table)}`;
                        await database.connected.query(`explain with changed as (${changed}) ${mapping.select}`);
                    }
                }
            }
            return derived;
        }

        it("are never whole, and PostgreSQL plans each", async () => {
            const derived = await derive();
            const whole = [...derived].flatMap(([model, mappings]) =>
                [...mappings].flatMap(([name, mapping]) =>
                    mapping.kind === "whole" ? [`${model} from ${name}: ${mapping.reason}`] : [],
                ),
            );
            expect(whole).toEqual([]);
            expect(Object.fromEntries([...derived].map(([model, mappings]) => [model, [...mappings.keys()]]))).toEqual(
                pairs,
            );
        });

        it("ask a changed product for the orders within its validity alone", async () => {
            const mapping = (await derive()).get("fct_order_items")?.get("dim_product");
            expect(mapping).toEqual({
                kind: "entities",
                select: [
                    "select distinct int_order_items.order_id as order_id",
                    "from changed as dim_product",
                    "join prep.int_order_items as int_order_items on dim_product.product_id = int_order_items.product_id",
                    "join warehouse.fct_orders as fct_orders on dim_product.valid_from <= fct_orders.placed_at and dim_product.valid_to > fct_orders.placed_at and fct_orders.order_id = int_order_items.order_id",
                    "where (int_order_items.order_id) is not null",
                    "group by dim_product.product_key, dim_product.price, dim_product.price::text, dim_product.discount_percent, dim_product.discount_percent::text, int_order_items.order_item_id, fct_orders.order_id, int_order_items.order_id",
                    "having sum(dim_product.change_sign) <> 0",
                ].join("\n"),
                column: null,
                sentence:
                    "A changed row affects the order_id of the rows of int_order_items and fct_orders that it joins by dim_product.product_id = int_order_items.product_id and dim_product.valid_from <= fct_orders.placed_at and dim_product.valid_to > fct_orders.placed_at and fct_orders.order_id = int_order_items.order_id. A change that none of them sees does not count.",
                lookups: [
                    { schema: "prep", name: "int_order_items", columns: ["product_id", "order_id"] },
                    { schema: "warehouse", name: "fct_orders", columns: ["order_id"] },
                ],
            });
        });
    });
});
