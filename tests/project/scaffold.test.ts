import { describe, expect, it } from "vitest";
import { makeProjectFiles, type FoundSource } from "../../src/project/scaffold.js";
import { readProject } from "../../src/project/read-project.js";
import { writeFiles } from "./write-project.js";

const orders: FoundSource = {
    schema: "shop",
    name: "orders",
    table: "orders",
    kind: "table",
    description: "",
    key: ["id"],
    isKeyKnown: true,
    versionColumn: "updated_at",
};

describe("makeProjectFiles", () => {
    it("makes an empty project that can be read", () => {
        const files = makeProjectFiles({ name: "shop", version: "1.2.3", layers: null, seedSchema: null, sources: [] });
        const project = readProject(writeFiles(files), { cacheFolder: null });
        expect(project).toMatchObject({ name: "shop", sources: [], models: [], sourceSchema: "staging" });
        expect(files["package.json"]).toContain('"stardeck": "^1.2.3"');
    });

    it("describes sources of several schemas whatever they are called, and gives layers other schemas", () => {
        const files = makeProjectFiles({
            name: "shop",
            version: "1.2.3",
            layers: [
                { name: "prep", schema: "prep", materialisation: "view" },
                { name: "marts", schema: "shop_marts", materialisation: "table" },
            ],
            seedSchema: "shop_seeds",
            sources: [
                orders,
                { ...orders, name: "Order Items", table: "Order Items", key: ["order", 'we"ird'], versionColumn: null },
                {
                    ...orders,
                    name: "order-items",
                    table: "order-items",
                    kind: "versions",
                    key: ["id"],
                    isKeyKnown: false,
                },
                {
                    ...orders,
                    name: "class",
                    table: "class",
                    description: 'Says "hello".',
                    kind: "view",
                    versionColumn: null,
                },
                { ...orders, schema: "Back Office", name: "back_office_orders" },
                { ...orders, schema: "Back Office", name: "überweisung", table: "überweisung" },
            ],
        });
        expect(Object.keys(files).filter((path) => path.startsWith("migrations/sources"))).toEqual([
            "migrations/sources/shop.ts",
            "migrations/sources/back_office.ts",
        ]);
        expect(files["migrations/sources/shop.ts"]).toContain(`export const order_items = defineSource({
    name: "Order Items",
    kind: "table",
    key: ["order", "we\\"ird"],
});

export const order_items_2 = defineSource({
    name: "order-items",
    // The database does not say what tells its rows apart: name the columns that do.
    key: "id",
    versionColumn: "updated_at",
});
`);
        expect(files["migrations/sources/back_office.ts"]).toContain(`export const back_office_orders = defineSource({
    name: "back_office_orders",
    table: "orders",
    schema: "Back Office",
`);
        const project = readProject(writeFiles(files), { cacheFolder: null });
        expect(project.sourceSchema).toBe("shop");
        expect(project.layers.map(({ schema }) => schema)).toEqual(["prep", "shop_marts"]);
        expect(project.sources.map(({ schema, name, kind, key }) => [schema, name, kind, ...key])).toEqual([
            [null, "Order Items", "table", "order", 'we"ird'],
            ["Back Office", "back_office_orders", "table", "id"],
            [null, "class", "view", "id"],
            [null, "order-items", "versions", "id"],
            [null, "orders", "table", "id"],
            ["Back Office", "überweisung", "table", "id"],
        ]);
    });
});
