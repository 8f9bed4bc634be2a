import { beforeAll, expect, it } from "vitest";
import type { GridView } from "../../src/browse/grid-view.js";
import { loadValueCounts } from "../../src/browse/load-value-counts.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { openView, readOptions } from "./sample-rows.js";

describeOnBothDatabases("loadValueCounts", (test) => {
    let view: GridView;

    beforeAll(async () => {
        for (const sql of [
            "create schema counted",
            `create table counted.facts as
            select
                number,
                (array['a', 'b', null, 'b', 'c', repeat('long', 200)])[number % 6 + 1] as label,
                (array[true, false, true, null])[number % 4 + 1] as is_open,
                json_build_object('n', number % 2) as payload,
                (array['NaN', 'infinity', '0'])[number % 3 + 1]::double precision as ratio
            from generate_series(0, 11) as number`,
        ]) {
            await test.connected.query(sql);
        }
        view = await openView(test.connected, "counted", "facts");
    });

    const count = async (column: string, changes: Partial<GridView> = {}, maxValues = 10) => {
        const counts = await loadValueCounts(test.connected, { ...view, ...changes }, column, {
            ...readOptions,
            maxValues,
        });
        return { ...counts, values: counts.values.map((each) => [each.value, each.count]) };
    };

    it("counts null as a value, the most frequent first, equally frequent ones in their order", async () => {
        expect(await count("label")).toEqual({
            values: [
                ["b", 4],
                ["a", 2],
                ["c", 2],
                ["long".repeat(75), 2],
                [null, 2],
            ],
            distinctCount: 4,
            rowCount: 12,
        });
        expect((await count("is_open")).values).toEqual([
            ["t", 6],
            ["f", 3],
            [null, 3],
        ]);
        expect((await count("ratio")).values).toEqual([
            ["0", 4],
            ["Infinity", 4],
            ["NaN", 4],
        ]);
    });

    it("says which values are clipped, and what share of the rows they have", async () => {
        const counts = await loadValueCounts(test.connected, view, "label", { ...readOptions, maxValues: 10 });
        expect(counts.values.map(({ isClipped }) => isClipped)).toEqual([false, false, false, true, false]);
        expect(counts.values.map(({ share }) => share)).toEqual([4 / 12, 2 / 12, 2 / 12, 2 / 12, 2 / 12]);
    });

    it("counts the texts of a type without equality", async () => {
        expect((await count("payload")).values).toEqual([
            ['{"n" : 0}', 6],
            ['{"n" : 1}', 6],
        ]);
    });

    it("counts the view's rows alone, and all of them when it lists a few values", async () => {
        expect(await count("label", { where: "number < 6 -- half" }, 2)).toEqual({
            values: [
                ["b", 2],
                ["a", 1],
            ],
            distinctCount: 4,
            rowCount: 6,
        });
        expect(await count("label", { where: "false" })).toEqual({ values: [], distinctCount: 0, rowCount: 0 });
    });
});
