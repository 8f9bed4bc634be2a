import { defineConfig } from "stardeck";

/** The webshop: the project that comes along, and what `stardeck` works on where there is no other. */
export default defineConfig({
    name: "webshop",
    layers: [
        { name: "prep", materialisation: "view" },
        { name: "warehouse", materialisation: "table" },
        { name: "marts", materialisation: "table" },
    ],
    sourceSchema: "staging",
});
