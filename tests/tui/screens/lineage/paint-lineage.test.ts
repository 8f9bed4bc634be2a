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
    makeLineageList,
    paintNoLineage,
    type LineagePicture,
} from "../../../../src/tui/screens/lineage/paint-lineage.js";
import { makeEntry, type LineageEntry } from "../../../../src/tui/screens/lineage/lineage-state.js";
import type { GraphOffset } from "../../../../src/tui/kit/lines/graph-window.js";
import type { ListDetail } from "../../../../src/tui/kit/list-detail/list-detail.js";
import type { TerminalSize } from "../../../../src/tui/terminal/open-terminal.js";
import type { Loaded } from "../../../../src/tui/kit/load.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { makeColumnGraph } from "../../../../src/warehouse/column-graph.js";
import { makeList } from "../../paint-list.js";
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
const staged = { schema: "prep", relation: "stg_order", column: "order_id" };
const lineage = makeColumnGraph(
    new Map([
        [
            "warehouse.fct_orders",
            { columns: new Map([["order_id", { expressions: ["abs(order_id)"], values: [staged] }]]), rows: [] },
        ],
    ]),
);
const loaded: Loaded<NodeColumns> = { value: { own, reads, lineage }, error: null, isLoading: false };

interface Options extends Partial<LineagePicture> {
    readonly selected?: string;
    readonly columns?: Loaded<NodeColumns>;
    readonly offset?: GraphOffset | null;
    readonly onOffset?: (offset: GraphOffset) => void;
}

function makeTree(size: TerminalSize, options: Options = {}): ListDetail<LineageEntry> {
    const { selected = "fct_orders", columns = loaded, offset = null, onOffset, ...changes } = options;
    const theme = changes.theme ?? makeTheme("mono", false);
    const picture: LineagePicture = {
        listed: { graph, focus: "fct_orders" },
        catalogue: { models },
        run: null,
        selected,
        readers: () => [],
        columnsOf: () => columns,
        openColumn: () => undefined,
        drawing: null,
        keepOffset: (_, place) => {
            const next = place(offset);
            onOffset?.(next);
            return next;
        },
        theme,
        ...changes,
    };
    const entries = listLineageRows(graph, "fct_orders").map(makeEntry);
    const list = makeList(
        size,
        { ...makeLineageList(() => picture), isListWide: () => picture.drawing !== null, items: () => entries },
        theme,
    );
    list.state.select(selected);
    return list;
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
        const size = { columns: 60, rows: 10 };
        const lines = makeTree(size).paint(size);
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
        const size = { columns: 60, rows: 5 };
        const ascii = makeTheme("mono", true);
        const lines = makeTree(size, { selected: "mart_weekly", run: running, theme: ascii }).paint(size);
        expect(lines.map(plainLine)).toEqual([
            "   name                           layer and kind   last run ",
            " ~ fct_orders                     warehouse table  run      ",
            " - +- mart_monthly                marts table      skip     ",
            " . +- paid_orders                 warehouse view   never    ",
            ">     +- mart_weekly              marts table               ",
        ]);
    });

    it("has the columns beside it where there is room", () => {
        const size = { columns: 110, rows: 11 };
        const lines = makeTree(size).paint(size);
        expect(lines.map(plainLine).map((line) => line.slice(61))).toEqual([
            " │  fct_orders                                   ",
            " │  warehouse table: one row                     ",
            " │                                               ",
            " │  column           type         read by        ",
            " │  order_id         integer      mart_monthly, …",
            " │  amount           integer      paid_orders    ",
            " │                                               ",
            " │  its SELECT reads                             ",
            " │  dim_customer: customer_key, valid_from       ",
            " │                                               ",
            " │                                               ",
        ]);
        expect(lines.map(styledWidth)).toEqual(Array.from({ length: 11 }, () => 110));
    });
});

describe("the drawn graph", () => {
    const drawing = drawLineage(graph, null, false);
    const paint = (
        columns: number,
        rows: number,
        before: GraphOffset | null = null,
    ): { readonly lines: readonly string[]; readonly graphOffset: GraphOffset | null } => {
        let graphOffset: GraphOffset | null = null;
        const list = makeTree(
            { columns, rows },
            {
                drawing,
                offset: before,
                onOffset: (offset) => {
                    graphOffset = offset;
                },
            },
        );
        const lines = list.paint({ columns, rows });
        return { lines, graphOffset };
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
        expect(paint(60, 5, { top: 1, left: 50 }).graphOffset).toEqual({ top: 1, left: 50 });
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
    const paint = (columns: Loaded<NodeColumns>): readonly string[] => {
        const size = { columns: 60, rows: 13 };
        const list = makeTree(size, { columns });
        list.state.focus.set("main");
        return list.paint(size).map((line) => plainLine(line).trimEnd());
    };

    it("take the place of the tree and say where the selected one is used", () => {
        expect(paint(loaded)).toEqual([
            " fct_orders",
            " warehouse table: one row",
            "",
            " column                  type         read by",
            "▌order_id                integer      mart_monthly, paid_or…",
            " amount                  integer      paid_orders",
            "",
            " order_id integer",
            " The shop's number.",
            " = abs(order_id)",
            " From prep.stg_order.order_id.",
            " Read by mart_monthly, paid_orders. Made from those: 1 other",
            " model.",
        ]);
    });

    it("say that they are read, or why they cannot be", () => {
        expect(paint({ value: null, error: null, isLoading: true })).toContain(" Reading its columns …");
        const error = new Error("canceling statement due to statement timeout");
        expect(
            paint({ value: null, error, isLoading: false })
                .filter((line) => line !== "")
                .slice(-2),
        ).toEqual([" Its columns could not be read: canceling statement due to", " statement timeout"]);
    });
});

it("has a title that counts what is around the focus", () => {
    const theme = makeTheme("mono", false);
    const title = (focus: string | null): string =>
        plainLine(formatLineageTitle({ graph, focus }, 78, theme)).trimEnd();
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
