import { formatQuantity } from "../../../text/format-values.js";
import type { GraphDrawing } from "../../../text/graph/draw-graph.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { ConnectionState } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import type { Loaded } from "../../kit/load.js";
import { paneCount } from "../../kit/layout.js";
import { placeList } from "../../kit/list-state.js";
import { lookOfNode } from "./lineage-look.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { paintGraphWindow, placeWindow, type GraphOffset } from "../../kit/lines/graph-window.js";
import { formatTitles, layOutColumns, markSelected, type ListColumn } from "../../kit/lines/table-lines.js";
import type { RunProgress } from "../../app/builds/run-progress.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Role, Theme } from "../../kit/theme.js";
import { countSurroundings, type LineageRow } from "./lineage-rows.js";
import type { ListedLineage } from "./lineage-state.js";
import { paintColumns, type ColumnsPicture, type PaintedColumns } from "./paint-columns.js";

/** How wide the tree is, and the columns beside it; 0 for what is not shown. */
export interface LineagePanes {
    readonly treeWidth: number;
    readonly columnsWidth: number;
}

/** A drawn graph has all the width until its columns are asked for. */
export function layOutLineage(
    columns: number,
    pane: "tree" | "columns",
    isZoomed: boolean,
    isDrawn = false,
): LineagePanes {
    if (paneCount(columns) === 1 || isZoomed || (isDrawn && pane === "tree")) {
        return pane === "tree" ? { treeWidth: columns, columnsWidth: 0 } : { treeWidth: 0, columnsWidth: columns - 1 };
    }
    const treeWidth = Math.floor(columns * 0.56);
    return { treeWidth, columnsWidth: columns - treeWidth - 3 };
}

export interface LineagePicture {
    readonly listed: ListedLineage;
    readonly catalogue: Pick<Catalogue, "models">;
    readonly run: RunProgress | null;
    readonly offset: number;
    /** Models that read the selected column; empty while none is. */
    readonly readers: readonly string[];
    readonly panes: LineagePanes;
    /** In place of the tree; null for that. */
    readonly drawing: GraphDrawing | null;
    readonly graphOffset: GraphOffset | null;
    readonly columns: Omit<ColumnsPicture, "graph" | "name" | "theme">;
    readonly theme: Theme;
}

export interface PaintedLineage {
    readonly lines: readonly string[];
    /** The first row in view. */
    readonly offset: number;
    readonly treeHeight: number;
    /** Where the drawing was cut out; null for the tree. */
    readonly graphOffset: GraphOffset | null;
    readonly columns: PaintedColumns | null;
}

const treeColumns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "name", width: "fill" },
    { title: "layer and kind", width: 16 },
    { title: "last run", width: 9 },
];

export function paintLineage(picture: LineagePicture, { columns, rows }: TerminalSize): PaintedLineage {
    const { listed, panes, drawing, theme } = picture;
    const { selected, graph } = listed;
    const treeHeight = Math.max(1, rows - 1);
    const graphSize = { columns: panes.treeWidth, rows };
    const graphOffset =
        drawing === null
            ? null
            : placeWindow(drawing, drawing.boxes.get(selected?.name ?? "") ?? null, picture.graphOffset, graphSize);
    const { offset } = placeList({ cursor: 0, offset: picture.offset }, listed.cursor, listed.rows.length, treeHeight);
    const tree =
        panes.treeWidth === 0
            ? []
            : drawing !== null && graphOffset !== null
              ? paintDrawing(picture, drawing, graphOffset, graphSize)
              : paintTree(picture, offset, treeHeight);
    const own =
        panes.columnsWidth === 0 || selected === null
            ? null
            : paintColumns(
                  { ...picture.columns, graph, name: selected.name, theme },
                  { columns: panes.columnsWidth, rows },
              );
    if (panes.treeWidth === 0 || panes.columnsWidth === 0) {
        return { lines: own?.lines.map((line) => ` ${line}`) ?? tree, offset, treeHeight, graphOffset, columns: own };
    }
    const separator = ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    const lines = Array.from(
        { length: rows },
        (_, row) =>
            `${fitStyled(tree[row] ?? "", panes.treeWidth)}${separator}${fitStyled(own?.lines[row] ?? "", columns - panes.treeWidth - 3)}`,
    );
    return { lines, offset, treeHeight, graphOffset, columns: own };
}

function paintDrawing(
    { listed, catalogue, run, readers, theme }: LineagePicture,
    drawing: GraphDrawing,
    offset: GraphOffset,
    size: TerminalSize,
): readonly string[] {
    const { graph } = listed;
    const name = listed.selected?.name ?? null;
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

function paintTree(picture: LineagePicture, offset: number, height: number): readonly string[] {
    const { listed, panes, theme } = picture;
    const widths = layOutColumns(treeColumns, panes.treeWidth - 1);
    const shown = listed.rows.slice(offset, offset + height);
    return [
        ` ${formatTitles(treeColumns, widths, theme)}`,
        ...shown.map((row, index) =>
            markSelected(formatRow(picture, row, widths), index + offset === listed.cursor, panes.treeWidth, theme),
        ),
    ];
}

function formatRow(picture: LineagePicture, row: LineageRow, widths: readonly number[]): string {
    const { listed, catalogue, run, theme } = picture;
    const [role, symbol, word] = lookOfNode(row.name, catalogue, run, theme);
    const [symbolWidth = 0, nameWidth = 0, kindWidth = 0, wordWidth = 0] = widths;
    const cells = [
        theme.style(role, fitText(symbol, symbolWidth)),
        formatName(picture, row, nameWidth),
        theme.style("dim", fitText(describeKind(listed, row.name), kindWidth)),
        theme.style(role, fitText(word, wordWidth)),
    ];
    return cells.filter((cell) => cell !== "").join(" ");
}

function formatName({ readers, theme }: LineagePicture, row: LineageRow, width: number): string {
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

function describeKind({ graph }: ListedLineage, name: string): string {
    const model = graph.models.get(name);
    return model === undefined
        ? `${graph.sources.get(name)?.schema ?? ""} source`
        : `${model.layer} ${model.materialisation}`;
}

/** `Lineage of fct_orders   made from 2, 9 in all   needed by 3` */
export function formatLineageTitle({ graph, focus }: ListedLineage, width: number, theme: Theme): string {
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
    }: Pick<LineagePicture, "theme"> & {
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
