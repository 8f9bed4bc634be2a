import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        date_key: "The date as yyyymmdd; -1 is the unknown date.",
        date_day: "The date.",
        week_start: "The Monday of its week.",
        iso_week: "ISO 8601 week number, 1 to 53.",
        iso_year: "The year that the ISO week belongs to.",
        month_start: "The first day of its month.",
        year: "Calendar year.",
        day_of_week: "1 is Monday, 7 is Sunday.",
        day_name: { notNull: true, description: "Monday to Sunday; 'Unknown date' for the unknown date." },
        is_weekend: "Whether it is a Saturday or Sunday.",
    },
    tests: [
        { kind: "unique", columns: ["date_key"] },
        { kind: "not_null", column: "date_key" },
        { kind: "unique", columns: ["date_day"] },
        {
            kind: "expression",
            name: "date_key_is_the_date",
            expression: "date_key = coalesce(prep.date_key(date_day), -1)",
        },
        {
            kind: "expression",
            name: "week_starts_on_monday",
            expression: "extract(isodow from week_start) = 1 and date_day - week_start = day_of_week - 1",
        },
    ],
    indexes: [["date_day"], ["week_start"]],
    tags: ["calendar"],
});
