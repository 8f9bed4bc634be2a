import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        product_key: "Surrogate key of the version; -1 is the unknown product.",
        product_id: "The shop's number of the product; null for the unknown product.",
        name: "Product name.",
        description: "Product text of the shop.",
        ean: "European Article Number.",
        price: "List price of one unit.",
        discount_percent:
            "Discount on the list price in whole per cent: 7 means 7 %. Null when missing or no number; it then counts as none.",
        brand_id: "The shop's number of the brand.",
        is_published: "Whether the product is shown in the shop.",
        is_inferred: {
            notNull: true,
            description: "True for a stand-in: the id is mentioned, but no record was ever extracted.",
        },
        valid_from: { notNull: true, description: "From when this version holds; 1900-01-01 for the first." },
        valid_to: { notNull: true, description: "Until when it holds, itself excluded; 9999-12-31 for the last." },
        is_current: { notNull: true, description: "Whether it is the last version." },
    },
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
            kind: "expression",
            name: "product_was_extracted",
            expression: "not is_inferred",
            severity: "warn",
            description: "Products that were ordered and whose record was never extracted.",
            known: "The extract leaves products out: a stand-in keeps their lines.",
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
        {
            kind: "expression",
            name: "discount_is_known",
            expression: "is_inferred or product_key = -1 or discount_percent is not null",
            severity: "warn",
            description: "Product versions whose discount is missing or no number: it counts as none.",
        },
    ],
    indexes: [["product_id"]],
    tags: ["products"],
});
