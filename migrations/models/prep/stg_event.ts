import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        event_id: "The shop's number of the event.",
        event_type: "What happened, e.g. PAGE_VIEW or ADD_PRODUCT_TO_CART.",
        customer_id: "The customer named in the payload; null when nobody was logged in.",
        product_id: "The product named in the payload.",
        order_id: "The order named in the payload.",
        payload_problem: "What could not be read in the payload; null when all of it could.",
        created_at: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
        modified_at: "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
    },
    tags: ["sessions"],
});
