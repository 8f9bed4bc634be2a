import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "dim_product",
        layer: "warehouse",
        materialisation: "table",
        description:
            "Products with the history of their price, discount and description (SCD type 2). The stock is not tracked: it changes with every sale. Products that were ordered but never extracted are inferred members.",
        grain: "one row per version of a product, and one for the unknown product",
        select: sqlFile("20250101002200_dim_product"),
        primaryKey: ["product_key"],
        entityKey: "product_id",
        columns: [
            {
                name: "product_key",
                type: "bigint",
                notNull: true,
                description: "Surrogate key of the version; -1 is the unknown product.",
            },
            {
                name: "product_id",
                type: "integer",
                description: "The shop's number of the product; null for the unknown product.",
            },
            { name: "name", type: "text", description: "Product name." },
            { name: "description", type: "text", description: "Product text of the shop." },
            { name: "ean", type: "text", description: "European Article Number." },
            { name: "price", type: "numeric", description: "List price of one unit." },
            {
                name: "discount_percent",
                type: "numeric",
                description: "Discount on the list price in whole per cent: 7 means 7 %.",
            },
            { name: "brand_id", type: "integer", description: "The shop's number of the brand." },
            { name: "is_published", type: "boolean", description: "Whether the product is shown in the shop." },
            {
                name: "is_inferred",
                type: "boolean",
                notNull: true,
                description: "True for a stand-in: the id is mentioned, but no record was ever extracted.",
            },
            {
                name: "valid_from",
                type: "timestamp without time zone",
                notNull: true,
                description: "From when this version holds; 1900-01-01 for the first.",
            },
            {
                name: "valid_to",
                type: "timestamp without time zone",
                notNull: true,
                description: "Until when it holds, itself excluded; 9999-12-31 for the last.",
            },
            { name: "is_current", type: "boolean", notNull: true, description: "Whether it is the last version." },
        ],
        indexes: [["product_id"]],
        affectedBy: {
            product: "select id from changed where id is not null",
            int_order_items: "select product_id from changed where product_id is not null",
        },
        tags: ["products"],
        tests: [
            { kind: "unique", columns: ["product_key"] },
            { kind: "not_null", column: "product_key" },
            { kind: "unique", columns: ["product_id", "valid_from"] },
            { kind: "scd2", naturalKey: "product_id" },
            {
                kind: "expression",
                name: "only_the_unknown_member_has_no_id",
                expression: "(product_id is null) = (product_key = -1)",
            },
            {
                kind: "singular",
                name: "unknown_member_exists",
                select: "select 'unknown product' as missing where not exists (select from warehouse.dim_product where product_key = -1)",
            },
            {
                kind: "expression",
                name: "product_was_extracted",
                expression: "not is_inferred",
                severity: "warn",
                description: "Products that were ordered and whose record was never extracted.",
            },
            {
                kind: "expression",
                name: "price_is_known",
                expression: "is_inferred or product_key = -1 or price is not null",
                severity: "warn",
                description: "Product versions without a usable price.",
            },
            {
                kind: "expression",
                name: "price_is_positive",
                expression: "price > 0",
                severity: "warn",
                description: "Product versions with a price of zero or less.",
            },
            {
                kind: "expression",
                name: "discount_is_between_0_and_100",
                expression: "discount_percent between 0 and 100",
                severity: "warn",
                description: "Product versions with an impossible discount.",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "dim_product");
}
