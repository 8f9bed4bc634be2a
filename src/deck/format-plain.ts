import { formatTable, type TableColumn } from "../text/format-table.js";
import { formatQuantity } from "../text/format-values.js";
import { describeChart } from "../text/charts/describe-chart.js";
import { makeLinesVisible } from "../text/visible-text.js";
import type { BlockContent, BlockRows, LineageContent, Report } from "./block-content.js";
import { chooseBlockChart } from "./choose-block-chart.js";
import { textOf, type PlacedBlock, type Slide, type SlideNode } from "./slide.js";

const mostRows = 12;
const textColumn = { typeId: 25 };

/** A slide as plain lines, for output that is no terminal; `blocks` are the lines of its live blocks in order. */
export function formatPlainSlide(
    slide: Slide,
    number: number,
    blocks: readonly (readonly string[])[],
): readonly string[] {
    let block = 0;
    const parts = slide.nodes.map((node) => (node.kind === "block" ? (blocks[block++] ?? []) : formatNode(node)));
    const title = makeLinesVisible(slide.title);
    return [
        `${number}  ${title}`,
        "=".repeat(title.length + String(number).length + 2),
        ...parts.flatMap((lines) => ["", ...lines]),
    ];
}

function formatNode(node: Exclude<SlideNode, { readonly kind: "block" }>): readonly string[] {
    switch (node.kind) {
        case "heading":
        case "paragraph":
            return makeLinesVisible(textOf(node.spans)).split("\n");
        case "list":
            return node.items.flatMap((items, index) => {
                const mark = node.start === null ? "-" : `${node.start + index}.`;
                const [first = "", ...others] = formatNodes(items);
                return [`${mark} ${first}`, ...others.map((line) => `  ${line}`)];
            });
        case "quote":
            return formatNodes(node.nodes).map((line) => `> ${line}`);
        case "code":
            return makeLinesVisible(node.text)
                .split("\n")
                .map((line) => `    ${line}`);
        case "table":
            return formatTable(
                node.head.map((cell) => ({ ...textColumn, name: textOf(cell) })),
                node.rows.map((row) => row.map(textOf)),
            );
        case "rule":
            return ["---"];
        case "wrong":
            return [node.message, `${node.place.file}, line ${node.place.line}. ${node.hint}`];
    }
}

function formatNodes(nodes: readonly SlideNode[]): readonly string[] {
    return nodes.flatMap((node) => (node.kind === "block" ? [] : formatNode(node)));
}

/** The content of a block, as plain lines. */
export function formatPlainBlock({ block }: PlacedBlock, content: BlockContent): readonly string[] {
    switch (content.kind) {
        case "sql":
            return content.sql.split("\n");
        case "report":
            return formatReport(content.report);
        case "lineage":
            return formatPlainLineage(content.lineage);
        case "star":
            return [
                `${content.star.fact}: ${content.star.grain}`,
                ...content.star.dimensions.map(({ name, keys }) => `-> ${name} (${keys.join(", ")})`),
            ];
        case "run": {
            const { run } = content.recorded;
            const built = run.models.filter(({ scope }) => scope?.kind === "entities" || scope?.kind === "all");
            return [
                `Run ${run.runId}: ${run.status}, ${formatQuantity(run.models.length, "model")}, of which ${built.length} had something to do.`,
            ];
        }
        case "rows":
            return block.kind === "chart"
                ? [...content.rows.notes, ...describeChart(chooseBlockChart(block, content.rows)).split("\n")]
                : formatRows(content.rows);
    }
}

/** The layers; for the lineage of a column, what makes it and what it makes. */
function formatPlainLineage({ layers, column, focus }: LineageContent): readonly string[] {
    if (column === undefined || focus === null) {
        return layers.map(({ name, members }) => `${name}: ${members.map(({ text }) => text).join(", ")}`);
    }
    const list = (heading: string, lines: readonly string[]): readonly string[] =>
        lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)];
    return [
        column.title,
        ...list("made from", focus.upstream),
        ...list("which rows there are is decided by", column.rowsDecidedBy),
        ...list("needed by", focus.downstream),
    ];
}

function formatRows({ columns, rows, rowCount, isCountExact, notes }: BlockRows): readonly string[] {
    const shown = rows.slice(0, mostRows);
    const isAll = shown.length === rowCount && isCountExact;
    const count = isAll
        ? formatQuantity(rowCount, "row")
        : `${shown.length} of ${isCountExact ? "" : "more than "}${formatQuantity(rowCount, "row")}`;
    return [...notes, ...formatTable(columns, shown), count];
}

function formatReport({ headline, columns, rows }: Report): readonly string[] {
    const named = columns.map(({ title, align }): TableColumn => ({
        name: title,
        typeId: align === "right" ? 1700 : 25,
    }));
    return [
        headline.text,
        "",
        ...formatTable(
            named,
            rows.map((row) => row.map(({ text }) => text)),
        ),
    ];
}
