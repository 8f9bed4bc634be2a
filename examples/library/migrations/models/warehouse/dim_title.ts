import { defineModel } from "stardeck";

export default defineModel({
    columns: {
        title_id: "The library's number of the title.",
        name: "What is printed on it.",
        genre: { notNull: true, description: "What it is about; 'Unknown genre' where the library does not say." },
        published_year: "The year of its first edition.",
    },
    tests: [{ kind: "unique", columns: ["title_id"] }],
});
