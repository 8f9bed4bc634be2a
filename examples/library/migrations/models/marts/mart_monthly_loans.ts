import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        month_start: "The first day of the month.",
        loan_count: "Loans that began in it.",
        returned_count: "Those of them that came back.",
        late_count: "Those of them that came back late.",
        avg_days_lent: "How many days they were out, on average; null while none has come back.",
    },
    tests: [{ kind: "unique", columns: ["month_start"] }],
    tags: ["lending"],
});
