import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        order_id: "The shop's number of the order.",
        customer_id: "The customer who placed it.",
        status: "PLACED, PAID or SHIPPED.",
        customer_address_id: "The address it goes to.",
        created_at: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
        modified_at: "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
        has_modified_at: "Whether modified_at was landed with this version; false when another time stands in for it.",
        has_untimed_milestone:
            "Whether a row that claims to be this version is PAID or SHIPPED and has no usable modified_at.",
    },
    tags: ["orders"],
});
