import { expect, it } from "vitest";
import { preferCharts, presentModel, type Presented } from "../../src/browse/present-model.js";
import { typeIds } from "../../src/text/column-types.js";

const columns = [
    { name: "week_start", typeId: 1082 },
    { name: "ended_at", typeId: 1114 },
    { name: "order_count", typeId: typeIds.bigint },
    { name: "email", typeId: typeIds.text },
];
const namesOf = (of: readonly { readonly name: string }[]): readonly string[] => of.map(({ name }) => name);
const mart: Presented = { definition: {}, isMart: true, primaryKey: ["week_start"] };

it("shows of a mart its key, names, measures and then times, the newest period first", () => {
    const presented = presentModel(columns, mart);
    expect(namesOf(presented.columns)).toEqual(["week_start", "email", "order_count", "ended_at"]);
    expect(presented.sorts).toEqual([{ column: "week_start", descending: true }]);
    expect(presented.frozen).toBe(1);
    expect(presented.columns[0]).toMatchObject({ isKey: true, isToTheMinute: true });
});

it("shows what a model's file says, and leaves alone what it says nothing of", () => {
    const definition = {
        columns: ["email"],
        sort: ["-order_count", "gone"],
        freeze: 2,
        round: { order_count: 1 },
        unit: { order_count: "h" },
    };
    const presented = presentModel(columns, { ...mart, definition });
    expect(namesOf(presented.columns)).toEqual(["email", "week_start", "ended_at", "order_count"]);
    expect(presented.sorts).toEqual([{ column: "order_count", descending: true }]);
    expect(presented.frozen).toBe(2);
    expect(presented.columns[3]).toMatchObject({ decimals: 1, unit: "h" });
    expect(presentModel(columns, { ...mart, isMart: false })).toMatchObject({ sorts: [], frozen: 0 });
    expect(namesOf(presentModel(columns, null).columns)).toEqual(namesOf(columns));
});

it("draws the chart that is asked for before all others", () => {
    const bars = { kind: "bars", labelColumn: "week_start", points: [] } as const;
    const charts = [
        { ...bars, valueColumn: "total" },
        { ...bars, valueColumn: "orders" },
        { kind: "histogram", valueColumn: "orders", values: [] } as const,
    ];
    expect(preferCharts(charts, { measure: "orders" })[0]).toEqual(charts[1]);
    expect(preferCharts(charts, { measure: "orders", chart: "histogram" })[0]).toEqual(charts[2]);
    expect(preferCharts(charts, null)).toEqual(charts);
});
