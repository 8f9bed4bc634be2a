import { describe, expect, it } from "vitest";
import type { LineageContent } from "../../../src/deck/block-content.js";
import { buildLineageSvgOrNull } from "../../../src/deck/export/lineage-svg.js";

const content: LineageContent = {
    layers: [
        { name: "staging", members: [{ text: "orders", tone: "plain" }] },
        {
            name: "marts",
            members: [
                { text: "mart_weekly_discounts", tone: "warned" },
                { text: "mart_<b>", tone: "ok" },
            ],
        },
    ],
    edges: [
        { from: "orders", to: "mart_weekly_discounts" },
        { from: "orders", to: "mart_<b>" },
    ],
    focus: { name: "mart_<b>", upstream: [], downstream: [] },
};

interface Box {
    readonly left: number;
    readonly right: number;
    readonly middle: number;
}

function boxesOf(svg: string): readonly Box[] {
    return [
        ...svg.matchAll(/<rect class="box[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ].map(([, ...numbers]) => {
        const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
        return { left: x, right: x + width, middle: y + height / 2 };
    });
}

describe("buildLineageSvgOrNull", () => {
    it("leads a line from the edge of each box to the edge of the next", () => {
        const svg = buildLineageSvgOrNull(content) ?? "";
        const [start, ...ends] = boxesOf(svg);
        const lines = [...svg.matchAll(/<path class="edge" d="M([\d.]+) ([\d.]+)((?:[HV][\d.]+)*)H([\d.]+)"/g)];
        expect(lines.length).toBe(2);
        for (const [index, [, fromX, fromY, turns = "", toX]] of lines.entries()) {
            expect(Number(fromX)).toBeCloseTo(start?.right ?? 0, 1);
            expect(Number(fromY)).toBeCloseTo(start?.middle ?? 0, 1);
            expect(Number(toX)).toBeCloseTo(ends[index]?.left ?? 0, 1);
            const rows = [...turns.matchAll(/V([\d.]+)/g)].map(([, row]) => Number(row));
            expect(rows.at(-1) ?? Number(fromY)).toBeCloseTo(ends[index]?.middle ?? 0, 1);
        }
    });

    it("parts a long name between its words, and says how each model is by a symbol", () => {
        const svg = buildLineageSvgOrNull(content) ?? "";
        const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
        expect(texts).toEqual(["orders", "!", "mart_weekly_", "discounts", "✓", "mart_&lt;b&gt;"]);
        expect(svg.match(/<g class="focus"><title>mart_&lt;b&gt;<\/title>/g)).toHaveLength(1);
    });

    it("draws nothing that is too large for a page", () => {
        const members = Array.from({ length: 60 }, (_, index) => ({ text: `model_${index}`, tone: "ok" as const }));
        const layers = [{ name: "prep", members }];
        expect(buildLineageSvgOrNull({ layers, edges: [], focus: null })).toBeNull();
    });
});
