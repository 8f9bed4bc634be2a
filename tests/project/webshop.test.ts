import { join } from "node:path";
import { expect, it } from "vitest";
import { readProject } from "../../src/project/read-project.js";

it("reads the webshop, whose columns and tests are all described in one place", () => {
    const { name, layers, sources, models } = readProject(join(import.meta.dirname, "../.."), { cacheFolder: null });
    expect(name).toBe("webshop");
    expect(layers.map((layer) => [layer.name, models.filter((model) => model.layer === layer.name).length])).toEqual([
        ["prep", 9],
        ["warehouse", 6],
        ["marts", 3],
    ]);
    expect(sources.filter(({ isRequired }) => isRequired).map((source) => source.name)).toEqual([
        "customer",
        "event",
        "orderitem",
        "orders",
        "product",
    ]);
    expect(models.flatMap(({ tests }) => tests)).toHaveLength(121);
    expect(models.filter(({ description }) => description === "")).toEqual([]);
});
