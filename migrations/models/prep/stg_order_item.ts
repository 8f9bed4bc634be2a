import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        order_item_id: "The shop's number of the order line.",
        order_id: "The order it belongs to.",
        product_id: "The product ordered.",
        quantity: "Units ordered.",
        recorded_price:
            "The unit price the shop wrote down. It takes 7 % for 700 %, so it is often zero or negative: do not trust it.",
        created_at: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
        modified_at: "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
    },
    tags: ["orders"],
});
