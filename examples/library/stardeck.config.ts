import { defineConfig } from "stardeck";

export default defineConfig({
    name: "library",
    sourceSchema: "lending",
    seeds: { tables: { genre: { description: "What titles are about." } } },
});
