import { reach, type Graph } from "../../../engine/graph.js";
import type { ReadColumn, UsedColumn } from "../../../warehouse/column-lineage.js";
import { formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { fitText, wrapText, wrapTextTo } from "../../kit/lines/fit-text.js";
import { formatCells, formatTitles, layOutColumns, type ListColumn } from "../../kit/lines/table-lines.js";
import type { Loaded } from "../../kit/load.js";
import type { Theme } from "../../kit/theme.js";
import type { NodeColumns } from "./lineage-reads.js";

/** A model or source, and what is known about its columns. */
export interface ColumnsPicture {
    readonly graph: Graph;
    readonly name: string;
    readonly columns: Loaded<NodeColumns>;
    readonly theme: Theme;
}

const listColumns: readonly ListColumn[] = [
    { title: "column", width: "fill" },
    { title: "type", width: 12 },
    { title: "read by", width: "fill" },
];
const maxTailLines = 8;

/** The name and kind of a model or source, and the titles of the list of its columns. */
export function formatColumnsHead(picture: ColumnsPicture, width: number): readonly string[] {
    const { name, columns, theme } = picture;
    return [
        theme.style("strong", fitText(name, width).trimEnd()),
        ...describe(picture, width),
        "",
        ...(columns.value === null ? [] : [formatTitles(listColumns, layOutColumns(listColumns, width), theme)]),
    ];
}

/** The columns of a model or source with the models that read them. */
export function describeColumns(
    { columns: { value, error }, theme }: ColumnsPicture,
    open: (column: UsedColumn) => void,
    width: number,
): readonly DetailLine[] {
    if (value === null) {
        const text = error === null ? "Reading its columns …" : `Its columns could not be read: ${error.message}`;
        return toDetailLines(wrapText(text, width));
    }
    const widths = layOutColumns(listColumns, width);
    return value.own.map((column) => {
        const readers = column.readers.length === 0 ? "–" : column.readers.join(", ");
        const cells = [
            { text: column.name },
            { text: column.type, role: "dim" as const },
            { text: readers, role: "dim" as const },
        ];
        return {
            text: formatCells(cells, listColumns, widths, theme),
            open: () => {
                open(column);
            },
        };
    });
}

/** Details of the selected column; without one, what the model reads. */
export function formatColumnsFoot(picture: ColumnsPicture, line: number | null, width: number): readonly string[] {
    const { value } = picture.columns;
    const selected = line === null ? undefined : value?.own[line];
    if (selected !== undefined) {
        return formatColumn(picture, selected, width);
    }
    return value === null ? [] : formatReads(picture, value.reads, width);
}

function describe({ graph, name, theme }: ColumnsPicture, width: number): readonly string[] {
    const model = graph.models.get(name);
    const source = graph.sources.get(name);
    const kind =
        model === undefined
            ? `${source?.schema ?? ""} source`
            : [`${model.layer} ${model.materialisation}`, model.grain].filter((part) => part !== "").join(": ");
    return wrapText(kind, width)
        .slice(0, 2)
        .map((line) => theme.style("dim", line));
}

/** `dim_product: product_key, price`, for each relation that the model reads. */
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

function formatColumn(picture: ColumnsPicture, column: UsedColumn, width: number): readonly string[] {
    const { graph, theme } = picture;
    const { readers } = column;
    const through = [...reach(readers, graph.downstreamOf)].filter((name) => !readers.includes(name));
    const use =
        readers.length === 0
            ? "No model reads it."
            : `Read by ${readers.join(", ")}.${through.length === 0 ? "" : ` Made from those: ${formatQuantity(through.length, "other model")}.`}`;
    const comment = column.comment === null || column.comment === "" ? [] : wrapTextTo(column.comment, width, 3);
    const making = formatMaking(picture, column.name, width);
    return [
        "",
        theme.style("strong", fitText(`${column.name} ${column.type}`, width).trimEnd()),
        ...comment,
        ...making,
        ...wrapTextTo(makeVisible(use), width, Math.max(1, maxTailLines - comment.length - making.length)),
    ];
}

/** The expression that makes a column, and the columns that it is made from. */
function formatMaking(
    { graph, name, columns, theme }: ColumnsPicture,
    column: string,
    width: number,
): readonly string[] {
    const { lineage } = columns.value ?? {};
    const model = graph.models.get(name);
    if (lineage === undefined || lineage === null || model === undefined) {
        return [];
    }
    const key = `${model.schema}.${name}.${column}`;
    const expressions = lineage.expressionsOf(key);
    const origins = lineage.madeFrom(key);
    return [
        ...wrapTextTo(makeVisible(expressions.map((expression) => `= ${expression}`).join(" or ")), width, 2),
        ...wrapTextTo(makeVisible(origins.length === 0 ? "" : `From ${origins.join(", ")}.`), width, 2),
    ]
        .filter((line) => line !== "")
        .map((line) => theme.style("dim", line));
}
