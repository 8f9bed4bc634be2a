import { describe, expect, it } from "vitest";
import type { UsedColumn } from "../../../../src/explore/column-lineage.js";
import { makeRunRecorder } from "../../../../src/tui/record-run.js";
import type { RunProgress } from "../../../../src/tui/run-progress.js";
import { listLineageRows } from "../../../../src/tui/screens/lineage/lineage-rows.js";
import type { NodeColumns } from "../../../../src/tui/screens/lineage/lineage-reads.js";
import {
    formatLineageTitle,
    layOutLineage,
    paintLineage,
    paintNoLineage,
    type LineagePicture,
} from "../../../../src/tui/screens/lineage/paint-lineage.js";
import type { Loaded } from "../../../../src/tui/resource.js";
import { styledWidth } from "../../../../src/tui/terminal/styled-line.js";
import { makeTheme } from "../../../../src/tui/theme.js";
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
