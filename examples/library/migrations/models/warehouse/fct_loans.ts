import { defineModel } from "stardeck";
import { isInOrder } from "../../tests/is-in-order.js";

export default defineModel({
    columns: {
        member_id: "Who lent it.",
        title_id: "What was lent.",
        lent_on: "From when.",
        due_on: { notNull: true, description: "When it had to be back." },
        returned_on: "When it came back; null while it is out.",
        days_lent: "How many days that were; null while it is out.",
        is_late: "Whether it came back after it was due; null while it is out.",
    },
    tests: [
        { kind: "relationships", column: "title_id", to: "dim_title", toColumn: "title_id" },
        isInOrder({ first: "lent_on", second: "due_on" }),
        isInOrder({ first: "lent_on", second: "returned_on", severity: "warn" }),
    ],
    indexes: [["title_id"], ["lent_on"]],
});
