import { defineModel } from "stardeck";

export default defineModel({
    materialisation: "table",
    columns: {
        order_item_id: "The shop's number of the order line.",
        order_id: "The order it belongs to.",
        product_id: "The product ordered.",
        quantity: "Units ordered.",
        recorded_price: "The unit price the shop wrote down; not to be trusted.",
    },
    tests: [
        { kind: "unique", columns: ["order_item_id"] },
        { kind: "not_null", column: "order_item_id" },
        {
            kind: "not_null",
            column: "order_id",
            severity: "warn",
            description: "Order lines that name no order.",
            known: "The shop writes some lines without their order.",
        },
        {
            kind: "relationships",
            column: "order_id",
            to: "int_orders",
            toColumn: "order_id",
            severity: "warn",
            description: "Lines whose order was never extracted: they are in no fact.",
            known: "The extract leaves orders out: their lines count as soon as they arrive.",
        },
        {
            kind: "not_null",
            column: "product_id",
            severity: "warn",
            description: "Order lines that name no product.",
            known: "The shop writes some lines without their product.",
        },
    ],
    indexes: [["order_id"], ["product_id"]],
    distribution: { column: "order_item_id" },
    tags: ["orders"],
});
