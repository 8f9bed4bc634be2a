import type { BlockContent, BlockRows } from "../../../../deck/block-content.js";
import { chooseBlockChart } from "../../../../deck/choose-block-chart.js";
import type { LiveBlock } from "../../../../deck/live-block.js";
import type { PlacedBlock } from "../../../../deck/slide.js";
import { describeChart } from "../../../../text/charts/describe-chart.js";
import { formatQuantity } from "../../../../text/format-values.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Theme } from "../../../kit/theme.js";
import { formatChartPane } from "../../../kit/lines/chart-pane.js";
import { formatErrorLines } from "../../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../../kit/lines/fit-text.js";
import { formatSqlLines } from "../../../kit/lines/highlight-sql.js";
import { figureRows, formatFigures } from "./block-figures.js";
import { formatLineage } from "./block-lineage.js";
import { formatLineageGraphOrNull } from "./lineage-graph.js";
import { formatReplay, replayFrameRows, type ReplayPlace } from "./block-replay.js";
import { formatReport, reportFrameRows } from "./block-report.js";
import { formatStar } from "./block-star.js";
import { formatBlockTable, tableFrameRows } from "./block-table.js";
import { cutLines } from "./cut-lines.js";

/** The state of reading a block. */
export type BlockState =
    | { readonly kind: "loading" }
    | { readonly kind: "failed"; readonly error: Error }
    | { readonly kind: "loaded"; readonly content: BlockContent };

/** How many lines a block needs at least, and how many it can use. */
export interface BlockHeight {
    readonly least: number;
    readonly most: number;
    /** Its weight when spare lines are shared among blocks; 1 when not given. */
    readonly weight?: number;
}

export function measureBlock(
    { block, place }: PlacedBlock,
    state: BlockState,
    width: number,
    theme: Theme,
): BlockHeight {
    if (state.kind === "failed") {
        const { length } = formatFailure({ block, place }, state.error, width, theme);
        return { least: length, most: length };
    }
    const content = state.kind === "loaded" ? state.content : null;
    const rowCount = content?.kind === "rows" ? content.rows.rows.length + content.rows.notes.length : 8;
    switch (block.kind) {
        case "chart":
            return { least: 7, most: 40, weight: 2.5 };
        case "table":
            return { least: tableFrameRows + 2, most: tableFrameRows + Math.min(rowCount, block.rows ?? rowCount) };
        case "query": {
            const statement = formatSqlLines(block.from.sql, width, theme).length;
            const table = Math.min(rowCount, block.rows ?? rowCount);
            return { least: Math.min(3, statement) + tableFrameRows + 3, most: statement + 1 + tableFrameRows + table };
        }
        case "figures":
            return { least: 4, most: content?.kind === "rows" ? figureRows(content.rows, width, theme) : 4 };
        case "sql":
            return {
                least: 6,
                most: content?.kind === "sql" ? formatSqlLines(content.sql, width, theme).length : 12,
            };
        case "lineage":
        case "star":
        case "sources":
        case "tests":
        case "replay":
            return { least: 6, most: content === null ? 12 : usefulRows(content, width, theme) };
    }
}

/** How many lines a block of this content can fill. */
function usefulRows(content: BlockContent, width: number, theme: Theme): number {
    switch (content.kind) {
        case "report":
            return content.report.rows.length + reportFrameRows + 2;
        case "lineage": {
            const { layers, focus } = content.lineage;
            const trees = focus === null ? 0 : focus.upstream.length + focus.downstream.length + 4;
            const drawn = formatLineageGraphOrNull(content.lineage, { columns: width, rows: Infinity }, theme) ?? [];
            return Math.max(8, drawn.length, trees, 2 + Math.max(0, ...layers.map(({ members }) => members.length)));
        }
        case "run":
            return content.recorded.run.models.length + replayFrameRows;
        case "star":
            return 30;
        case "rows":
        case "sql":
            return 40;
    }
}

/** A block as lines that fit the size. */
export function formatBlock(
    placed: PlacedBlock,
    state: BlockState,
    size: TerminalSize,
    theme: Theme,
    replay: ReplayPlace | null = null,
): readonly string[] {
    const { columns, rows } = size;
    switch (state.kind) {
        case "loading":
            return [
                theme.style("dim", fitText(`${theme.symbols.running} ${describe(placed.block)}`, columns).trimEnd()),
            ];
        case "failed":
            return formatFailure(placed, state.error, columns, theme).slice(0, rows);
        case "loaded":
            return formatContent(placed.block, state.content, size, theme, replay).slice(0, rows);
    }
}

function formatContent(
    block: LiveBlock,
    content: BlockContent,
    size: TerminalSize,
    theme: Theme,
    replay: ReplayPlace | null,
): readonly string[] {
    switch (content.kind) {
        case "sql":
            return cutLines(formatSqlLines(content.sql, size.columns, theme), size.rows, theme);
        case "report":
            return formatReport(content.report, size, theme);
        case "lineage":
            return formatLineage(content.lineage, size, theme);
        case "star":
            return formatStar(content.star, size, theme);
        case "run":
            return formatReplay(content.recorded, replay, size, theme);
        case "rows":
            return formatRows(block, content.rows, size, theme);
    }
}

function formatRows(block: LiveBlock, rows: BlockRows, size: TerminalSize, theme: Theme): readonly string[] {
    if (block.kind === "chart") {
        const chart = chooseBlockChart(block, rows);
        const isAll = rows.rows.length === rows.rowCount;
        const part = isAll ? [] : [`Drawn from the first ${formatQuantity(rows.rows.length, "row")}.`];
        const note = [...part, ...rows.notes].join(" ");
        return chart.kind === "none"
            ? wrapText(`${describeChart(chart)} ${note}`.trimEnd(), size.columns).map((line) =>
                  theme.style("dim", line),
              )
            : formatChartPane(chart, size, note, theme);
    }
    if (block.kind === "query") {
        return formatQuery(block, rows, size, theme);
    }
    return block.kind === "figures"
        ? formatFigures(rows, size, theme)
        : formatBlockTable(rows, block.kind === "table" ? block : { columns: [], rows: null }, size, theme);
}

/** The statement, and its rows in the lines that are left. */
function formatQuery(
    { from, rows: wished }: LiveBlock & { readonly kind: "query" },
    rows: BlockRows,
    size: TerminalSize,
    theme: Theme,
): readonly string[] {
    const table = tableFrameRows + Math.min(rows.rows.length, wished ?? Infinity, 3);
    const statement = cutLines(
        formatSqlLines(from.sql, size.columns, theme),
        Math.max(1, size.rows - table - 1),
        theme,
    );
    const below = { columns: size.columns, rows: size.rows - statement.length - 1 };
    return [...statement, "", ...formatBlockTable(rows, { columns: [], rows: wished }, below, theme)];
}

function formatFailure({ block, place }: PlacedBlock, error: Error, width: number, theme: Theme): readonly string[] {
    return [
        ...formatErrorLines(error, width, theme),
        ...wrapText(`The ${block.kind} of ${place.file}, line ${place.line}.`, width - 2).map((line) =>
            theme.style("dim", `  ${line}`),
        ),
    ];
}

/** Says what is being read. */
function describe(block: LiveBlock): string {
    if (block.kind === "sql") {
        return `Reading the SELECT of ${block.model} …`;
    }
    return "from" in block && block.from.kind === "model"
        ? `Reading ${block.from.name} …`
        : `Reading the ${block.kind} …`;
}
