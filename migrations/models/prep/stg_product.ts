import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        product_id: "The shop's number of the product.",
        name: "Product name.",
        description: "Product text of the shop.",
        ean: "European Article Number.",
        price: "List price of one unit; null when missing or not finite.",
        discount_percent: "Discount on the list price in whole per cent: 7 means 7 %.",
        brand_id: "The shop's number of the brand.",
        inventory: "Units in stock.",
        is_published: "Whether the product is shown in the shop.",
        created_at: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
        modified_at: "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
    },
    tags: ["products"],
});
