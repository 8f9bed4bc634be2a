import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawGraph, type DrawGraphOptions, type GraphDrawing } from "../../../src/text/graph/draw-graph.js";
import type { Stretch } from "../../../src/text/graph/find-path.js";
import type { GraphEdge } from "../../../src/text/graph/layer-graph.js";
import { arms, asciiStrokes, unicodeStrokes } from "../../../src/text/graph/strokes.js";
import { widthOf } from "../../../src/text/visible-text.js";

const plain: DrawGraphOptions = { boxHeight: 3, isAscii: false, maxLabelWidth: 20 };

function draw(
    edges: readonly string[],
    options: Partial<DrawGraphOptions> = {},
    others: readonly string[] = [],
): GraphDrawing {
    const parsed = edges.map((text): GraphEdge => {
        const [from = "", to = ""] = text.split(" ");
        return { from, to };
    });
    const ids = [...new Set([...parsed.flatMap(({ from, to }) => [from, to]), ...others])];
    return drawGraph(
        ids.map((id) => ({ id, label: id })),
        parsed,
        { ...plain, ...options },
    );
}

const linesOf = ({ cells }: GraphDrawing): readonly string[] => cells.map((row) => row.join("").trimEnd());

const shop = ["orders stg", "stg fct", "customer dim", "dim fct", "dim mart", "fct mart", "fct other"];

describe("a drawn graph", () => {
    it("has boxes in layers and lines that part and meet", () => {
        expect(linesOf(draw(shop))).toEqual([
            "╭──────────╮   ╭─────╮   ╭─────╮   ╭───────╮",
            "│ orders   ├───┤ stg ├─┬─┤ fct ├─┬─┤ other │",
            "╰──────────╯   ╰─────╯ │ ╰─────╯ │ ╰───────╯",
            "╭──────────╮   ╭─────╮ │         │ ╭───────╮",
            "│ customer ├───┤ dim ├─┴─────────┴─┤ mart  │",
            "╰──────────╯   ╰─────╯             ╰───────╯",
        ]);
    });

    it("has one line a node, or ASCII alone, where that is asked for", () => {
        expect(linesOf(draw(shop, { boxHeight: 1 }))).toEqual([
            "│ orders   ├───┤ stg ├─┬─┤ fct ├─┬─┤ other │",
            "                       │         │",
            "│ customer ├───┤ dim ├─┴─────────┴─┤ mart  │",
        ]);
        expect(linesOf(draw(shop, { isAscii: true }))).toEqual([
            "+----------+   +-----+   +-----+   +-------+",
            "| orders   +---+ stg +-+-+ fct +-+-+ other |",
            "+----------+   +-----+ | +-----+ | +-------+",
            "+----------+   +-----+ |         | +-------+",
            "| customer +---+ dim +-+---------+-+ mart  |",
            "+----------+   +-----+             +-------+",
        ]);
    });

    it("lets a line that goes up and down lie on one that it crosses", () => {
        expect(linesOf(draw(["a x", "a z", "b x", "b y", "c y", "c z"], { boxHeight: 1 }))).toEqual([
            "│ a ├─╮ ╭─┬───┤ x │",
            "      ╰─│─┤",
            "        │ │",
            "│ b ├───┤ ╰─┬─┤ z │",
            "        │   │",
            "        │   │",
            "│ c ├─╮ ╰───┼─┤ y │",
            "      ╰─────╯",
        ]);
    });

    it("cuts long names, keeps wide glyphs whole, and shows what would act on the terminal", () => {
        const drawing = draw(["日本語\u001b a_very_long_name_indeed"], { maxLabelWidth: 9 });
        expect(linesOf(drawing)).toEqual([
            "╭─────────╮   ╭───────────╮",
            "│ 日本語␛ ├───┤ a_very_l… │",
            "╰─────────╯   ╰───────────╯",
        ]);
        expect(drawing.cells.map((row) => widthOf(row.join("")))).toEqual([
            drawing.width,
            drawing.width,
            drawing.width,
        ]);
    });

    it("draws what is alone, and nothing of nothing", () => {
        expect(linesOf(draw([], {}, ["alone"]))).toEqual(["╭───────╮", "│ alone │", "╰───────╯"]);
        expect(draw([])).toMatchObject({ width: 0, height: 0, cells: [] });
    });

    it("says that edges must not make a circle", () => {
        expect(() => draw(["a b", "b a"])).toThrow(RangeError);
    });
});

const graphs = fc.integer({ min: 1, max: 24 }).chain((count) =>
    fc.record({
        count: fc.constant(count),
        edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 2 * count }),
        boxHeight: fc.constantFrom(1 as const, 3 as const),
        isAscii: fc.boolean(),
    }),
);

interface Move {
    readonly row: number;
    readonly column: number;
    readonly isVertical: boolean;
}

/** The cells of a path, each with how it goes through them; at a turn both ways. */
function movesOf(path: readonly Stretch[]): readonly Move[] {
    return path.flatMap(({ row, column, toRow, toColumn }) => {
        const isVertical = column === toColumn;
        const length = Math.abs(toRow - row) + Math.abs(toColumn - column) + 1;
        return Array.from({ length }, (_, step) => ({
            row: row + Math.sign(toRow - row) * step,
            column: column + Math.sign(toColumn - column) * step,
            isVertical: isVertical && length > 1,
        }));
    });
}

describe("whatever the graph,", () => {
    it("every node is drawn once, every edge is connected, and no two edges run along the same cells but from or to one node", () => {
        fc.assert(
            fc.property(graphs, ({ count, edges, boxHeight, isAscii }) => {
                const ids = Array.from({ length: count }, (_, index) => `n${index}`);
                const pairs = new Map(
                    edges
                        .filter(([one, other]) => one !== other)
                        .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const)
                        .map(([from, to]) => [`${from} ${to}`, { from: `n${from}`, to: `n${to}` }]),
                );
                const drawing = drawGraph(
                    ids.map((id) => ({ id, label: id })),
                    [...pairs.values()],
                    {
                        boxHeight,
                        isAscii,
                        maxLabelWidth: 20,
                    },
                );
                checkSize(drawing);
                checkBoxes(drawing, ids);
                checkEdges(drawing, [...pairs.values()], isAscii);
            }),
            { numRuns: 100 },
        );
    });
});

function checkSize({ cells, width, height }: GraphDrawing): void {
    expect(cells).toHaveLength(height);
    expect(new Set(cells.map((row) => row.length))).toEqual(new Set([width]));
}

function checkBoxes({ cells, boxes, layers }: GraphDrawing, ids: readonly string[]): void {
    expect(layers.flat().sort()).toEqual([...ids].sort());
    const taken = new Set<string>();
    for (const id of ids) {
        const box = boxes.get(id);
        if (box === undefined) {
            throw new Error(`${id} is not drawn`);
        }
        const row = cells[box.top + (box.height - 1) / 2]?.slice(box.left, box.left + box.width).join("") ?? "";
        expect(row.slice(1, -1).trim()).toBe(id);
        for (let line = box.top; line < box.top + box.height; line++) {
            for (let column = box.left; column < box.left + box.width; column++) {
                const key = `${line} ${column}`;
                expect(taken.has(key)).toBe(false);
                taken.add(key);
            }
        }
    }
    const text = cells.map((row) => row.join("")).join("\n");
    for (const id of ids) {
        expect(text.match(new RegExp(`\\b${id}\\b`, "g"))).toHaveLength(1);
    }
}

function checkEdges(drawing: GraphDrawing, edges: readonly GraphEdge[], isAscii: boolean): void {
    const { lines } = isAscii ? asciiStrokes : unicodeStrokes;
    const taken = new Map<string, Set<GraphEdge>>();
    for (const edge of edges) {
        const [from, to] = [drawing.boxes.get(edge.from), drawing.boxes.get(edge.to)];
        const path = drawing.pathOf(edge.from, edge.to);
        const moves = movesOf(path);
        const [first, last] = [moves[0], moves.at(-1)];
        if (from === undefined || to === undefined || first === undefined || last === undefined) {
            throw new Error("an edge is not drawn");
        }
        const middle = (box: typeof from): number => box.top + (box.height - 1) / 2;
        expect([first.row, first.column]).toEqual([middle(from), from.left + from.width]);
        expect([last.row, last.column]).toEqual([middle(to), to.left - 1]);
        for (const [index, move] of moves.entries()) {
            const before = moves[index - 1];
            expect(
                before === undefined ? 1 : Math.abs(move.row - before.row) + Math.abs(move.column - before.column),
            ).toBeLessThanOrEqual(1);
            const text = drawing.cells[move.row]?.[move.column] ?? "";
            // A line that is crossed goes on below the one that crosses it.
            const wanted = move.isVertical ? [arms.up, arms.down] : [arms.left, arms.right, arms.up + arms.down];
            const sums = lines.flatMap((each, sum) => (each === text ? [sum] : []));
            expect(sums.some((sum) => wanted.some((arm) => (sum & arm) === arm))).toBe(true);
            const key = `${move.row} ${move.column} ${move.isVertical}`;
            taken.set(key, (taken.get(key) ?? new Set()).add(edge));
        }
    }
    for (const together of taken.values()) {
        const all = [...together];
        const isShared = all.every(({ from }) => from === all[0]?.from) || all.every(({ to }) => to === all[0]?.to);
        expect(isShared).toBe(true);
    }
    checkNothingElse(drawing, new Set([...taken.keys()].map((key) => key.split(" ").slice(0, 2).join(" "))));
}

/** Outside of boxes only edges are drawn. */
function checkNothingElse({ cells, boxes }: GraphDrawing, drawn: ReadonlySet<string>): void {
    const isInBox = (row: number, column: number): boolean =>
        [...boxes.values()].some(
            ({ left, top, width, height }) =>
                column >= left && column < left + width && row >= top && row < top + height,
        );
    for (const [row, line] of cells.entries()) {
        for (const [column, text] of line.entries()) {
            if (text !== " " && !isInBox(row, column)) {
                expect(drawn.has(`${row} ${column}`)).toBe(true);
            }
        }
    }
}
