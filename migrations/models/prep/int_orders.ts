import { defineModel } from "stardeck";

export default defineModel({
    materialisation: "table",
    columns: {
        order_id: "The shop's number of the order.",
        customer_id: "The customer who placed it, by its current state.",
        status: "The current status.",
        placed_at: "When the order was placed: its created_at.",
        paid_at: "When it was first seen PAID; null when never, or at no known time.",
        shipped_at: "When it was first seen SHIPPED; null when never, or at no known time.",
        has_untimed_milestone: "Whether it was seen PAID or SHIPPED in a row without a usable modified_at.",
    },
    tests: [
        { kind: "unique", columns: ["order_id"] },
        { kind: "not_null", column: "order_id" },
        {
            kind: "not_null",
            column: "customer_id",
            severity: "warn",
            description: "Orders that name no customer.",
            known: "The shop writes some orders without their customer.",
        },
        {
            kind: "not_null",
            column: "placed_at",
            severity: "warn",
            description: "Orders without a time of placement: they are in no week.",
        },
        {
            kind: "expression",
            name: "milestones_have_a_time",
            expression: "not has_untimed_milestone",
            severity: "warn",
            description:
                "Orders seen PAID or SHIPPED without a usable modified_at: when they got there is not known from it.",
        },
    ],
    indexes: [["customer_id"]],
    tags: ["orders"],
});
