import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        customer_id: "The shop's number of the customer.",
        name: "Full name.",
        email: "E-mail address.",
        phone_number: "Telephone number, as entered.",
        created_at: "When the shop created the record, UTC; null when the landed time is missing or unusable.",
        modified_at: "When this version came to be, UTC: the landed modified_at, else created_at, else 1900-01-01.",
    },
    tags: ["customers"],
});
