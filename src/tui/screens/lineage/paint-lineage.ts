import type { UsedColumn } from "../../../warehouse/column-lineage.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { ConnectionState } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import type { Loaded } from "../../kit/load.js";
import type { ListDetailOptions } from "../../kit/list-detail/list-detail.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { paintGraphWindow, placeWindow, type GraphOffset } from "../../kit/lines/graph-window.js";
import { formatTitles, layOutColumns, type ListColumn } from "../../kit/lines/table-lines.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import { lookOfModel } from "../../app/lines/model-line.js";
import { lookOfResult, type Look } from "../../kit/lines/state-look.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Role, Theme } from "../../kit/theme.js";
import { countSurroundings, type LineageRow } from "./lineage-rows.js";
import type { NodeColumns } from "./lineage-reads.js";
import type { LineageEntry, ListedLineage } from "./lineage-state.js";
import { describeColumns, formatColumnsFoot, formatColumnsHead, type ColumnsPicture } from "./paint-columns.js";

export interface LineagePicture {
    readonly listed: Pick<ListedLineage, "graph" | "focus">;
    readonly catalogue: Pick<Catalogue, "models">;
    readonly run: RunProgress | null;
    /** The selected model or source. */
    readonly selected: string | null;
    /** Models that read the selected column; empty while no column is selected. */
    readonly readers: () => readonly string[];
    readonly columnsOf: (name: string) => Loaded<NodeColumns>;
    readonly openColumn: (column: UsedColumn) => void;
    /** The graph to show in place of the tree; null for the tree. */
    readonly drawing: GraphDrawing | null;
    /** Computes the drawing's offset from the one before, and keeps it for the next frame. */
    readonly keepOffset: (drawing: GraphDrawing, place: (before: GraphOffset | null) => GraphOffset) => GraphOffset;
    readonly theme: Theme;
}

/**
 * The look of the lineage: the tree or the drawing, and the columns of the selected model or source.
 *
 * @param picture null until the catalogue is read
 */
export function makeLineageList(
    picture: () => LineagePicture | null,
): Pick<
    ListDetailOptions<LineageEntry>,
    "shares" | "firstOf" | "titles" | "lineOf" | "paintList" | "headOf" | "describe" | "footOf"
> {
    const columnsOf = (known: LineagePicture, name: string): ColumnsPicture => ({
        graph: known.listed.graph,
        name,
        columns: known.columnsOf(name),
        theme: known.theme,
    });
    return {
        shares: { two: { share: 0.56, least: 1 }, three: null },
        firstOf: (entries) =>
            Math.max(
                0,
                entries.findIndex(({ row }) => row.side === "focus"),
            ),
        titles: (width) => {
            const known = picture();
            return known === null ? "" : formatTitles(treeColumns, layOutColumns(treeColumns, width), known.theme);
        },
        lineOf: ({ row }, width) => {
            const known = picture();
            return known === null ? "" : formatRow(known, row, width);
        },
        paintList: (size) => {
            const known = picture();
            const drawing = known?.drawing ?? null;
            return known === null || drawing === null ? null : paintDrawing(known, drawing, size);
        },
        headOf: ({ row }, width) => {
            const known = picture();
            return known === null ? [] : formatColumnsHead(columnsOf(known, row.name), width);
        },
        describe: ({ row }, { width }) => {
            const known = picture();
            return known === null ? [] : describeColumns(columnsOf(known, row.name), known.openColumn, width);
        },
        footOf: ({ row }, _pane, width, line) => {
            const known = picture();
            return known === null ? [] : formatColumnsFoot(columnsOf(known, row.name), line, width);
        },
    };
}

const treeColumns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "name", width: "fill" },
    { title: "layer and kind", width: 16 },
    { title: "last run", width: 9 },
];

function paintDrawing(known: LineagePicture, drawing: GraphDrawing, size: TerminalSize): readonly string[] {
    const { listed, catalogue, run, selected: name, keepOffset, theme } = known;
    const readers = known.readers();
    const { graph } = listed;
    const box = drawing.boxes.get(name ?? "") ?? null;
    const offset = keepOffset(drawing, (before) => placeWindow(drawing, box, before, size));
    const marked: readonly (readonly [string, string])[] =
        name === null
            ? []
            : readers.length > 0
              ? readers.map((reader) => [name, reader] as const)
              : [
                    ...graph.upstreamOf(name).map((from) => [from, name] as const),
                    ...graph.downstreamOf(name).map((to) => [name, to] as const),
                ];
    const lookOf = (id: string): readonly [Role, string] => {
        const [role, symbol] = lookOfNode(id, catalogue, run, theme);
        return [readers.includes(id) ? "accent" : role, symbol];
    };
    return paintGraphWindow({ drawing, offset, selected: name, lookOf, marked }, size, theme);
}

/** A line of the tree: the state's symbol, the branches and the name, the kind, and the last result. */
function formatRow(picture: LineagePicture, row: LineageRow, width: number): string {
    const { listed, catalogue, run, theme } = picture;
    const [role, symbol, word] = lookOfNode(row.name, catalogue, run, theme);
    const [symbolWidth = 0, nameWidth = 0, kindWidth = 0, wordWidth = 0] = layOutColumns(treeColumns, width);
    const cells = [
        theme.style(role, fitText(symbol, symbolWidth)),
        formatName(picture, row, nameWidth),
        theme.style("dim", fitText(describeKind(listed, row.name), kindWidth)),
        theme.style(role, fitText(word, wordWidth)),
    ];
    return cells.filter((cell) => cell !== "").join(" ");
}

function formatName({ readers: listReaders, theme }: LineagePicture, row: LineageRow, width: number): string {
    const readers = listReaders();
    const branches = theme.isAscii ? drawAscii(row.branches) : row.branches;
    const again = row.isRepeated ? (theme.isAscii ? " ^" : " ↑") : "";
    const fitted = fitText(`${branches}${row.name}${again}`, width);
    const role: Role = readers.includes(row.name)
        ? "accent"
        : row.side === "focus"
          ? "strong"
          : row.isRepeated || readers.length > 0
            ? "dim"
            : "plain";
    return `${theme.style("dim", fitted.slice(0, branches.length))}${theme.style(role, fitted.slice(branches.length))}`;
}

function drawAscii(branches: string): string {
    return branches.replaceAll(/[┌├└]/g, "+").replaceAll("│", "|").replaceAll("─", "-");
}

function describeKind({ graph }: Pick<ListedLineage, "graph">, name: string): string {
    const model = graph.models.get(name);
    return model === undefined
        ? `${graph.sources.get(name)?.schema ?? ""} source`
        : `${model.layer} ${model.materialisation}`;
}

/** `Lineage of fct_orders   made from 2, 9 in all   needed by 3` */
export function formatLineageTitle(
    { graph, focus }: Pick<ListedLineage, "graph" | "focus">,
    width: number,
    theme: Theme,
): string {
    if (focus === null) {
        const counts = `${formatQuantity(graph.models.size, "model")} from ${formatQuantity(graph.sources.size, "source")}`;
        return fitStyled(`${theme.style("strong", "Lineage of everything")}   ${counts}`, width);
    }
    const { upstream, allUpstream, downstream, allDownstream } = countSurroundings(graph, focus);
    const count = (direct: number, all: number): string =>
        direct === 0 ? "nothing" : all === direct ? String(direct) : `${direct}, ${all} in all`;
    const parts = [`made from ${count(upstream, allUpstream)}`, `needed by ${count(downstream, allDownstream)}`];
    return fitStyled(`${theme.style("strong", `Lineage of ${makeVisible(focus)}`)}   ${parts.join("   ")}`, width);
}

/** The body while there is nothing to draw. */
export function paintNoLineage(
    {
        catalogue,
        connection,
        theme,
    }: {
        readonly theme: Theme;
        readonly catalogue: Loaded<Catalogue>;
        readonly connection: ConnectionState;
    },
    { columns }: TerminalSize,
): readonly string[] {
    const text = (words: string): readonly string[] => wrapText(words, columns - 4).map((line) => `  ${line}`);
    if (connection.kind === "opening" || catalogue.error === null) {
        return ["", ...text("Reading the lineage …")];
    }
    return ["", ...text(`${theme.symbols.failed} ${catalogue.error.message}`), "", ...text("r reads it again.")];
}

/** Colour, symbol and word of a model in the running build, else by its last result. Sources have no state. */
function lookOfNode(name: string, { models }: Pick<Catalogue, "models">, run: RunProgress | null, theme: Theme): Look {
    const listed = models.get(name);
    const progress = run !== null && isRunning(run) ? run.models.get(name) : undefined;
    if (listed === undefined) {
        return ["plain", " ", ""];
    }
    if (progress !== undefined) {
        return lookOfModel(progress, { wait: null }, theme);
    }
    const { lastStatus, failedTestCount, warnedTestCount } = listed;
    const status = lastStatus === "ok" && failedTestCount > 0 ? "failed" : lastStatus;
    return lookOfResult(status, warnedTestCount > 0, theme);
}
