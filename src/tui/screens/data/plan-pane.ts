import { misjudgedBy, type PlanStep, type QueryPlan } from "../../../browse/query-plan.js";
import { formatCount, formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { App } from "../../app/app.js";
import { formatFact, toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { formatCells, formatTitles, layOutNamed, type ListCell, type ListColumn } from "../../kit/lines/table-lines.js";
import { makeListDetail, type ListDetail } from "../../kit/list-detail/list-detail.js";
import type { ListItem } from "../../kit/list-detail/list-detail-state.js";
import type { Theme } from "../../kit/theme.js";
import type { Readable } from "../../terminal/store.js";

/** A step of a plan, as a line of the tree. */
interface PlanItem extends ListItem {
    readonly step: PlanStep;
    readonly isCostliest: boolean;
}

/** A step with this many times more or fewer rows than expected is marked. */
const muchMisjudged = 10;
/** Lines about the selected step, below the tree when there is no pane beside it. */
const aboutRows = 5;
const besideColumns = 100;

/** The plan of a statement as a tree: each step with its own time or cost, its expected and its actual rows. */
export function makePlanPane(
    app: App,
    planOrNull: () => QueryPlan | null,
    changes: readonly Readable<unknown>[],
): ListDetail<PlanItem> {
    const listDetail = makeListDetail<PlanItem>(app, {
        changes,
        items: ({ text }) => {
            const plan = planOrNull();
            const wanted = text.toLowerCase();
            return (
                plan?.steps
                    .map((step, index) => ({ key: String(index), step, isCostliest: index === plan.costliest }))
                    .filter(({ step }) => step.title.toLowerCase().includes(wanted)) ?? null
            );
        },
        // People ask for a plan to find the step that takes longest.
        firstOf: (items) =>
            Math.max(
                0,
                items.findIndex(({ isCostliest }) => isCostliest),
            ),
        shares: { two: { share: 0.64, least: 60 }, three: null },
        titles: (width) => formatTitles(columnsOf(planOrNull()), widthsOf(planOrNull(), width), app.theme.get()),
        lineOf: (item, width) => formatStep(item, planOrNull(), width, app.theme.get()),
        describe: (item, { width }) => describeStep(item, planOrNull(), width, app.theme.get()),
        nothing: () => [],
        filterLabel: "Steps with",
        openItem: () => false,
    });
    const { state } = listDetail;
    return {
        ...listDetail,
        paint: (size) => {
            const item = state.selectedOrNull();
            if (item === null || size.columns >= besideColumns || state.activePane() !== "list") {
                return listDetail.paint(size);
            }
            const about = describeStep(item, planOrNull(), size.columns - 2, app.theme.get()).slice(0, aboutRows);
            const rows = Math.max(1, size.rows - aboutRows - 1);
            return [...listDetail.paint({ ...size, rows }), "", ...about.map(({ text }) => ` ${text}`)];
        },
    };
}

function columnsOf(plan: QueryPlan | null): readonly ListColumn[] {
    const isAnalyzed = plan?.isAnalyzed === true;
    return [
        { title: "", width: 1 },
        { title: "step", width: "fill" },
        { title: isAnalyzed ? "own time" : "own cost", width: 9, align: "right" },
        { title: "", width: 4, align: "right" },
        ...(isAnalyzed ? [{ title: "rows", width: 10, align: "right" } as const] : []),
        { title: isAnalyzed ? "expected" : "rows expected", width: isAnalyzed ? 10 : 13, align: "right" },
    ];
}

function widthsOf(plan: QueryPlan | null, width: number): readonly number[] {
    return layOutNamed(columnsOf(plan), width, { keep: 4, least: 24 });
}

function formatStep({ step, isCostliest }: PlanItem, plan: QueryPlan | null, width: number, theme: Theme): string {
    const isAnalyzed = plan?.isAnalyzed === true;
    const mark: Partial<ListCell> = isCostliest ? { role: "warned" } : {};
    const factor = misjudgedBy(step);
    const isMisjudged = factor !== null && factor >= muchMisjudged;
    const branch = step.depth === 0 ? "" : `${"  ".repeat(step.depth - 1)}${theme.isAscii ? "`-" : "└─"} `;
    const cells: readonly ListCell[] = [
        { text: isCostliest ? theme.symbols.warned : "", ...mark },
        { text: branch + makeVisible(step.title) },
        { text: formatOwn(step, isAnalyzed), ...mark },
        { text: `${Math.round(step.share * 100)}%`, ...mark },
        ...(isAnalyzed
            ? [{ text: step.loops === 0 ? "never run" : formatCount(step.actualRows ?? 0) } satisfies ListCell]
            : []),
        { text: formatCount(Math.round(step.estimatedRows)), ...(isMisjudged ? { role: "warned" } : {}) },
    ];
    return formatCells(cells, columnsOf(plan), widthsOf(plan, width), theme);
}

function formatOwn({ own }: PlanStep, isAnalyzed: boolean): string {
    return isAnalyzed ? formatMs(own) : formatCount(Math.round(own));
}

/** `0.042 ms`, `1,234 ms` */
export function formatMs(durationMs: number): string {
    const digits = durationMs < 1 ? 3 : durationMs < 100 ? 1 : 0;
    return `${digits === 0 ? formatCount(Math.round(durationMs)) : durationMs.toFixed(digits)} ms`;
}

function describeStep(
    { step, isCostliest }: PlanItem,
    plan: QueryPlan | null,
    width: number,
    theme: Theme,
): readonly DetailLine[] {
    const isAnalyzed = plan?.isAnalyzed === true;
    const share = `${Math.round(step.share * 100)}% of the ${isAnalyzed ? "time" : "expected cost"}`;
    const factor = misjudgedBy(step);
    const nameWidth = 20;
    const facts: readonly (readonly [string, string])[] = [
        [
            isAnalyzed ? "own time" : "own cost",
            `${formatOwn(step, isAnalyzed)}, ${share}${isCostliest ? ": the most of all steps" : ""}`,
        ],
        [
            "rows",
            step.actualRows === null
                ? `${formatCount(Math.round(step.estimatedRows))} expected`
                : step.loops === 0
                  ? "it was never run"
                  : `${formatCount(step.actualRows)}, ${formatCount(Math.round(step.estimatedRows))} expected${describeFactor(factor)}`,
        ],
        ...(step.loops !== null && step.loops > 1 ? [["loops", formatQuantity(step.loops, "time")] as const] : []),
        ...step.details.map(([name, value]) => [name, makeVisible(value)] as const),
    ];
    return toDetailLines([
        ...wrapText(makeVisible(step.title), width).map((line) => theme.style("strong", line)),
        ...facts.flatMap(([name, value]) => formatFact(name, value, { width, nameWidth, theme })),
    ]);
}

function describeFactor(factor: number | null): string {
    return factor === null || factor < muchMisjudged ? "" : `: misjudged ${formatCount(Math.round(factor))} times`;
}
