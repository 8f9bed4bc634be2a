import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        customer_key: "Surrogate key of the version; -1 is the unknown customer.",
        customer_id: "The shop's number of the customer; null for the unknown customer.",
        name: "Full name.",
        email: "E-mail address.",
        phone_number: "Telephone number, as entered.",
        is_inferred: {
            notNull: true,
            description: "True for a stand-in: the id is mentioned, but no record was ever extracted.",
        },
        valid_from: { notNull: true, description: "From when this version holds; 1900-01-01 for the first." },
        valid_to: { notNull: true, description: "Until when it holds, itself excluded; 9999-12-31 for the last." },
        is_current: { notNull: true, description: "Whether it is the last version." },
    },
    tests: [
        { kind: "unique", columns: ["customer_key"] },
        { kind: "not_null", column: "customer_key" },
        { kind: "unique", columns: ["customer_id", "valid_from"] },
        { kind: "scd2", naturalKey: "customer_id" },
        {
            kind: "expression",
            name: "only_the_unknown_member_has_no_id",
            expression: "(customer_id is null) = (customer_key = -1)",
        },
        {
            kind: "expression",
            name: "customer_was_extracted",
            expression: "not is_inferred",
            severity: "warn",
            description: "Customers who ordered or clicked and whose record was never extracted.",
        },
        {
            kind: "expression",
            name: "customer_has_an_email",
            expression: "not is_current or is_inferred or customer_key = -1 or coalesce(trim(email), '') <> ''",
            severity: "warn",
            description: "Customers without an e-mail address.",
        },
    ],
    indexes: [["customer_id"]],
    tags: ["customers"],
});
