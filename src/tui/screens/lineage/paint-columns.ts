import { reach, type Graph } from "../../../engine/graph.js";
import type { ReadColumn, UsedColumn } from "../../../warehouse/column-lineage.js";
import { formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import { placeList } from "../../kit/list-state.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import {
    formatCells,
    formatTitles,
    layOutColumns,
    markSelected,
    type ListColumn,
} from "../../kit/lines/table-lines.js";
import type { Loaded } from "../../kit/load.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";
import type { NodeColumns } from "./lineage-reads.js";

export interface ColumnsPicture {
    readonly graph: Graph;
    readonly name: string;
    readonly columns: Loaded<NodeColumns>;
    /** Index of the selected column; null while the moves go elsewhere. */
    readonly cursor: number | null;
    readonly theme: Theme;
}

export interface PaintedColumns {
    readonly lines: readonly string[];
    /** Where the list begins, its first index, and how many lines it has. */
    readonly top: number;
    readonly offset: number;
    readonly height: number;
}

const listColumns: readonly ListColumn[] = [
    { title: "column", width: "fill" },
    { title: "type", width: 12 },
    { title: "read by", width: "fill" },
];
const maxTailLines = 8;

/** The columns of a model or source with the models that read them; then what it reads, or more of the selected column. */
export function paintColumns(picture: ColumnsPicture, { columns: width, rows }: TerminalSize): PaintedColumns {
    const { name, columns, cursor, theme } = picture;
    const head = [theme.style("strong", fitText(name, width).trimEnd()), ...describe(picture, width), ""];
    const { value, error } = columns;
    if (value === null) {
        const text = error === null ? "Reading its columns …" : `Its columns could not be read: ${error.message}`;
        return { lines: [...head, ...wrapText(text, width)].slice(0, rows), top: head.length, offset: 0, height: 0 };
    }
    const selected = cursor === null ? undefined : value.own[Math.min(cursor, value.own.length - 1)];
    const tail =
        selected === undefined ? formatReads(picture, value.reads, width) : formatColumn(picture, selected, width);
    const titles = ` ${formatTitles(listColumns, layOutColumns(listColumns, width - 1), theme)}`;
    const height = Math.max(1, Math.min(value.own.length, rows - head.length - 1 - tail.length));
    const { offset } = placeList({ cursor: 0, offset: 0 }, cursor ?? 0, value.own.length, height);
    const widths = layOutColumns(listColumns, width - 1);
    const list = value.own.slice(offset, offset + height).map((column, index) => {
        const readers = column.readers.length === 0 ? "–" : column.readers.join(", ");
        const cells = [
            { text: column.name },
            { text: column.type, role: "dim" as const },
            { text: readers, role: "dim" as const },
        ];
        return markSelected(formatCells(cells, listColumns, widths, theme), index + offset === cursor, width, theme);
    });
    const left = value.own.length - offset - height;
    const more = left > 0 && tail.length === 0 ? [theme.style("dim", `  and ${left} more`)] : [];
    return {
        lines: [...head, titles, ...list, ...tail, ...more].slice(0, rows),
        top: head.length + 1,
        offset,
        height,
    };
}

function describe({ graph, name, theme }: ColumnsPicture, width: number): readonly string[] {
    const model = graph.models.get(name);
    const source = graph.sources.get(name);
    const kind =
        model === undefined
            ? `${source?.schema ?? ""} source`
            : `${model.layer} ${model.materialisation}: ${model.grain}`;
    return wrapText(kind, width)
        .slice(0, 2)
        .map((line) => theme.style("dim", line));
}

/** `dim_product: product_key, price`, for each that it reads. */
function formatReads({ theme }: ColumnsPicture, reads: readonly ReadColumn[], width: number): readonly string[] {
    const names = new Map<string, string[]>();
    for (const { relationName, columnName } of reads) {
        names.set(relationName, [...(names.get(relationName) ?? []), columnName]);
    }
    if (names.size === 0) {
        return [];
    }
    const lines = [...names].flatMap(([relation, columns]) =>
        wrapText(`${relation}: ${columns.join(", ")}`, width - 2).map(
            (line, index) => `${index === 0 ? "" : "  "}${line}`,
        ),
    );
    const shown = lines.length > maxTailLines ? [...lines.slice(0, maxTailLines - 1), theme.symbols.ellipsis] : lines;
    return ["", theme.style("dim", "its SELECT reads"), ...shown];
}

function formatColumn({ graph, theme }: ColumnsPicture, column: UsedColumn, width: number): readonly string[] {
    const { readers } = column;
    const through = [...reach(readers, graph.downstreamOf)].filter((name) => !readers.includes(name));
    const use =
        readers.length === 0
            ? "No model reads it."
            : `Read by ${readers.join(", ")}.${through.length === 0 ? "" : ` Made from those: ${formatQuantity(through.length, "other model")}.`}`;
    const comment = column.comment === null || column.comment === "" ? [] : wrapText(column.comment, width).slice(0, 3);
    return [
        "",
        theme.style("strong", fitText(`${column.name} ${column.type}`, width).trimEnd()),
        ...comment,
        ...wrapText(makeVisible(use), width).slice(0, maxTailLines - comment.length),
    ];
}
