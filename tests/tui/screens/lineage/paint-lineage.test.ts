import { describe, expect, it } from "vitest";
import type { UsedColumn } from "../../../../src/warehouse/column-lineage.js";
import { makeRunRecorder } from "../../../../src/tui/app/builds/record-run.js";
import type { RunProgress } from "../../../../src/tui/app/builds/run-progress.js";
import {
    boxAtOrNull,
    drawLineage,
    stepInLayerOrNull,
    walkDrawingOrNull,
} from "../../../../src/tui/screens/lineage/lineage-drawing.js";
import type { Step } from "../../../../src/tui/screens/lineage/walk-lineage.js";
import { listLineageRows } from "../../../../src/tui/screens/lineage/lineage-rows.js";
import type { NodeColumns } from "../../../../src/tui/screens/lineage/lineage-reads.js";
import {
    formatLineageTitle,
    layOutLineage,
    paintLineage,
    paintNoLineage,
    type LineagePicture,
    type PaintedLineage,
} from "../../../../src/tui/screens/lineage/paint-lineage.js";
import type { Loaded } from "../../../../src/tui/kit/load.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeListed, sampleGraph as graph } from "./sample-lineage.js";

const models = new Map(
    [
        makeListed("stg_customer", "ok"),
        makeListed("dim_customer", "ok", 1),
        makeListed("stg_order", "ok"),
        makeListed("fct_orders", "failed"),
        makeListed("mart_monthly", "skipped"),
        makeListed("paid_orders", null),
    ].map((model) => [model.modelName, model]),
);
const column = (name: string, readers: readonly string[] = [], comment: string | null = null): UsedColumn => ({
    name,
    type: "integer",
    comment,
    readers,
});
const own = [
    column("order_id", ["mart_monthly", "paid_orders"], "The shop's number."),
    column("amount", ["paid_orders"]),
];
const reads = ["customer_key", "valid_from"].map((columnName) => ({
    schema: "warehouse",
    relationName: "dim_customer",
    columnName,
}));
const loaded: Loaded<NodeColumns> = { value: { own, reads }, error: null, isLoading: false };

function makePicture(
    changes: Partial<LineagePicture> & { readonly width: number; readonly cursor?: number },
): LineagePicture {
    const { width, cursor, ...others } = changes;
    const rows = listLineageRows(graph, "fct_orders");
    const at = cursor ?? rows.findIndex(({ side }) => side === "focus");
    return {
        listed: { graph, focus: "fct_orders", rows, cursor: at, selected: rows[at] ?? null },
        catalogue: { models },
        run: null,
        offset: 0,
        readers: [],
        panes: layOutLineage(width, "tree", false),
        drawing: null,
        graphOffset: null,
        columns: { columns: loaded, cursor: null },
        theme: makeTheme("mono", false),
        ...others,
    };
}

const running: RunProgress = (() => {
    const recorder = makeRunRecorder({
        command: "build",
        selection: "",
        isFullRefresh: false,
        threads: 1,
        startedAtMs: 0,
        expectedMs: null,
    });
    recorder.record({ type: "run-started", runId: "1", modelNames: ["fct_orders"], threads: 1, estimatedMs: null }, 0);
    recorder.record({ type: "model-started", modelName: "fct_orders" }, 0);
    return recorder.progress();
})();

describe("the tree", () => {
    it("shows every state by symbol and word, the focus selected", () => {
        const { lines } = paintLineage(makePicture({ width: 60 }), { columns: 60, rows: 10 });
        expect(lines.map(plainLine)).toEqual([
            "   name                           layer and kind   last run ",
            "         ┌─ customer              staging source            ",
            " ✓    ┌─ stg_customer             prep view        ok       ",
            " ! ┌─ dim_customer                warehouse table  warn     ",
            "   │  ┌─ orders                   staging source            ",
            " ✓ ├─ stg_order                   prep view        ok       ",
            "▌✗ fct_orders                     warehouse table  FAIL     ",
            " - ├─ mart_monthly                marts table      skip     ",
            " · └─ paid_orders                 warehouse view   never    ",
            "      └─ mart_weekly              marts table               ",
        ]);
    });

    it("shows the running build, in ASCII where that is asked for, scrolled to the cursor", () => {
        const picture = makePicture({ width: 60, cursor: 8, run: running, theme: makeTheme("mono", true) });
        const { lines, offset } = paintLineage(picture, { columns: 60, rows: 5 });
        expect(offset).toBe(5);
        expect(lines.map(plainLine)).toEqual([
            "   name                           layer and kind   last run ",
            " ~ fct_orders                     warehouse table  run      ",
            " - +- mart_monthly                marts table      skip     ",
            " . +- paid_orders                 warehouse view   never    ",
            ">     +- mart_weekly              marts table               ",
        ]);
    });

    it("has the columns beside it where there is room", () => {
        const { lines } = paintLineage(makePicture({ width: 110 }), { columns: 110, rows: 11 });
        expect(lines.map(plainLine).map((line) => line.slice(61))).toEqual([
            " │ fct_orders                                    ",
            " │ warehouse table: one row                      ",
            " │                                               ",
            " │  column           type         read by        ",
            " │  order_id         integer      mart_monthly, …",
            " │  amount           integer      paid_orders    ",
            " │                                               ",
            " │ its SELECT reads                              ",
            " │ dim_customer: customer_key, valid_from        ",
            " │                                               ",
            " │                                               ",
        ]);
        expect(lines.map(styledWidth)).toEqual(Array.from({ length: 11 }, () => 110));
    });
});

describe("the drawn graph", () => {
    const drawing = drawLineage(graph, null, false);
    const paint = (columns: number, rows: number, changes: Partial<LineagePicture> = {}): PaintedLineage => {
        const panes = layOutLineage(columns, "tree", false, true);
        return paintLineage(makePicture({ width: columns, panes, drawing, ...changes }), { columns, rows });
    };

    it("takes the place of the tree: states by symbol, the selected one marked", () => {
        const { lines, graphOffset } = paint(132, 12);
        expect(graphOffset).toEqual({ top: 0, left: 0 });
        expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
            "╭────────────╮   ╭────────────────╮   ╭────────────────╮",
            "│   customer ├───┤ ✓ stg_customer ├───┤ ! dim_customer ├─╮   ╭──────────────╮   ╭────────────────╮   ╭───────────────╮",
            "╰────────────╯   ╰────────────────╯   ╰────────────────╯ ╰─┬─▌ ✗ fct_orders ├─┬─┤ · paid_orders  ├───┤   mart_weekly │",
            "╭────────────╮   ╭────────────────╮                        │ ╰──────────────╯ │ ╰────────────────╯   ╰───────────────╯",
            "│   orders   ├───┤ ✓ stg_order    ├────────────────────────╯                  │",
            "╰────────────╯   ╰────────────────╯                                           │",
            "╭────────────╮   ╭────────────────╮   ╭────────────────╮                      │ ╭────────────────╮",
            "│   event    ├───┤   stg_event    ├───┤   fct_visits   ├──────────────────────┴─┤ - mart_monthly │",
            "╰────────────╯   ╰────────────────╯   ╰────────────────╯                        ╰────────────────╯",
            "",
            "",
            "",
        ]);
        expect(lines.map(styledWidth)).toEqual(Array.from({ length: 12 }, () => 132));
    });

    it("is scrolled no further than it takes to have the selected one in view", () => {
        const { lines, graphOffset } = paint(60, 5);
        expect(graphOffset).toEqual({ top: 1, left: 39 });
        expect(lines.map((line) => plainLine(line).trimEnd())).toEqual([
            " ! dim_customer ├─╮   ╭──────────────╮   ╭────────────────╮",
            "────────────────╯ ╰─┬─▌ ✗ fct_orders ├─┬─┤ · paid_orders  ├─",
            "                    │ ╰──────────────╯ │ ╰────────────────╯",
            "────────────────────╯                  │",
            "                                       │",
        ]);
        expect(paint(60, 5, { graphOffset: { top: 1, left: 50 } }).graphOffset).toEqual({ top: 1, left: 50 });
    });

    it("is walked along edges to the nearest, and up and down in a layer", () => {
        const walk = (from: string, ...steps: readonly Step[]): string =>
            steps.reduce((name, step) => walkDrawingOrNull(drawing, graph, name, step) ?? name, from);
        expect(walk("fct_orders", "upstream", "upstream")).toBe("stg_customer");
        expect(walk("fct_orders", "upstream", "next", "downstream")).toBe("mart_monthly");
        expect(walk("fct_orders", "downstream", "downstream")).toBe("mart_weekly");
        expect(walk("customer", "next")).toBe("orders");
        expect(walk("customer", "previous", "upstream")).toBe("customer");
        expect(stepInLayerOrNull(drawing, "customer", Infinity)).toBe("event");
        const { top, left } = drawing.boxes.get("stg_order") ?? { top: 0, left: 0 };
        expect(boxAtOrNull(drawing, { top: 1, left: 2 }, { row: top - 1, column: left - 2 })).toBe("stg_order");
        expect(boxAtOrNull(drawing, null, { row: 0, column: 999 })).toBe(null);
    });

    it("of one model has what it is made from and what needs it, and nothing else", () => {
        const names = [...drawLineage(graph, "fct_orders", false).boxes.keys()].sort();
        expect(names).toEqual(
            listLineageRows(graph, "fct_orders")
                .map(({ name }) => name)
                .sort(),
        );
    });
});

describe("the columns", () => {
    const paint = (columns: LineagePicture["columns"]): readonly string[] =>
        paintLineage(makePicture({ width: 60, panes: layOutLineage(60, "columns", false), columns }), {
            columns: 60,
            rows: 12,
        }).lines.map((line) => plainLine(line).trimEnd());

    it("take the place of the tree and say where the selected one is used", () => {
        expect(paint({ columns: loaded, cursor: 0 })).toEqual([
            " fct_orders",
            " warehouse table: one row",
            "",
            "  column                 type         read by",
            " ▌order_id               integer      mart_monthly, paid_or…",
            "  amount                 integer      paid_orders",
            "",
            " order_id integer",
            " The shop's number.",
            " Read by mart_monthly, paid_orders. Made from those: 1 other",
            " model.",
        ]);
    });

    it("say that they are read, or why they cannot be", () => {
        expect(paint({ columns: { value: null, error: null, isLoading: true }, cursor: null }).at(-1)).toBe(
            " Reading its columns …",
        );
        const error = new Error("canceling statement due to statement timeout");
        expect(paint({ columns: { value: null, error, isLoading: false }, cursor: null }).slice(-2)).toEqual([
            " Its columns could not be read: canceling statement due to",
            " statement timeout",
        ]);
    });
});

it("has a title that counts what is around the focus", () => {
    const theme = makeTheme("mono", false);
    const { listed } = makePicture({ width: 60 });
    const title = (focus: string | null): string =>
        plainLine(formatLineageTitle({ ...listed, focus }, 78, theme)).trimEnd();
    expect(title("fct_orders")).toBe("Lineage of fct_orders   made from 2, 5 in all   needed by 2, 3 in all");
    expect(title("event")).toBe("Lineage of event   made from nothing   needed by 1, 3 in all");
    expect(title(null)).toBe("Lineage of everything   9 models from 3 sources");
});

it("says why there is nothing to draw", () => {
    const theme = makeTheme("mono", false);
    const paint = (error: Error | null): readonly string[] =>
        paintNoLineage(
            { catalogue: { value: null, error, isLoading: error === null }, connection: { kind: "open" }, theme },
            { columns: 60, rows: 10 },
        );
    expect(paint(null)).toEqual(["", "  Reading the lineage …"]);
    expect(paint(new Error("This database holds no stardeck warehouse yet."))).toEqual([
        "",
        "  ✗ This database holds no stardeck warehouse yet.",
        "",
        "  r reads it again.",
    ]);
});
