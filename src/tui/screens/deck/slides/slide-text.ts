import { makeLinesVisible } from "../../../../text/visible-text.js";
import { textOf, type ColumnAlign, type SlideNode, type Span, type WrongNode } from "../../../../deck/slide.js";
import { fitStyled, styledWidth } from "../../../terminal/styled-line.js";
import type { Role, Theme } from "../../../kit/theme.js";
import { fitText, wrapText } from "../../../kit/lines/fit-text.js";
import { formatSqlLines } from "../../../kit/lines/highlight-sql.js";
import type { Segment } from "../../../kit/lines/styled-text.js";
import { wrapWords } from "./wrap-words.js";

/** Every part of a slide except live blocks. */
export type TextNode = Exclude<SlideNode, { readonly kind: "block" }>;

/** Spans as segments with roles; the address of a link is added unless its text shows it. */
export function toSegments(spans: readonly Span[], base: Role = "plain"): readonly Segment[] {
    return spans.flatMap(({ text, isStrong, isEmphasis, isCode, href }): readonly Segment[] => {
        const role = isCode ? "key" : isStrong ? "strong" : isEmphasis ? "emphasis" : href === null ? base : "accent";
        // The text of a link is often its address.
        const isTold = href === null || text.includes(href) || href.includes(text);
        return isTold
            ? [{ text, role }]
            : [
                  { text, role },
                  { text: ` (${href})`, role: "dim" },
              ];
    });
}

/** A part of a slide as lines of at most `width` cells. */
export function formatTextNode(node: TextNode, width: number, theme: Theme): readonly string[] {
    switch (node.kind) {
        case "heading":
            return wrapWords(toSegments(node.spans, "strong"), width, theme).map((line) => theme.style("accent", line));
        case "paragraph":
            return wrapWords(toSegments(node.spans), width, theme);
        case "list":
            return node.items.flatMap((nodes, index) => {
                const mark = node.start === null ? (theme.isAscii ? "-" : "•") : `${node.start + index}.`;
                return indent(formatNodes(nodes, width - mark.length - 1, theme, 0), mark, theme);
            });
        case "quote": {
            const bar = theme.style("accent", theme.isAscii ? "|" : "▎");
            return formatNodes(node.nodes, width - 2, theme).map((line) => `${bar} ${line}`);
        }
        case "code":
            return formatCode(node.language, node.text, width, theme);
        case "table":
            return formatTextTable(node, width, theme);
        case "rule":
            return [theme.style("dim", theme.symbols.rule.repeat(width))];
        case "wrong":
            return formatWrong(node, width, theme);
    }
}

/** The parts of a list item or a quote, which have no live blocks, with `gap` blank lines between them. */
function formatNodes(nodes: readonly SlideNode[], width: number, theme: Theme, gap = 1): readonly string[] {
    return nodes.flatMap((node, index) => {
        if (node.kind === "block") {
            return [];
        }
        const lines = formatTextNode(node, Math.max(4, width), theme);
        return index === 0 ? lines : [...Array<string>(gap).fill(""), ...lines];
    });
}

function indent(lines: readonly string[], mark: string, theme: Theme): readonly string[] {
    return lines.map((line, index) =>
        index === 0 ? `${theme.style("accent", mark)} ${line}` : `${" ".repeat(mark.length + 1)}${line}`,
    );
}

function formatCode(language: string, text: string, width: number, theme: Theme): readonly string[] {
    const lines =
        language === "sql"
            ? formatSqlLines(text, width - 2, theme)
            : makeLinesVisible(text)
                  .split("\n")
                  .map((line) => theme.style("key", fitText(line, width - 2).trimEnd()));
    return lines.map((line) => `  ${line}`);
}

/** A mistake in the slides: the message, its place and the hint. */
function formatWrong({ message, hint, place }: WrongNode, width: number, theme: Theme): readonly string[] {
    const [first = "", ...others] = wrapText(message, width - 2);
    return [
        theme.style("failed", `${theme.symbols.failed} ${first}`),
        ...others.map((line) => `  ${line}`),
        ...wrapText(`${place.file}, line ${place.line}. ${hint}`, width - 2).map((line) =>
            theme.style("dim", `  ${line}`),
        ),
    ];
}

function formatTextTable(
    { head, rows, aligns }: SlideNode & { readonly kind: "table" },
    width: number,
    theme: Theme,
): readonly string[] {
    const widths = fitWidths(
        head.map((cell, column) =>
            Math.max(1, ...[cell, ...rows.map((row) => row[column] ?? [])].map((each) => styledWidth(textOf(each)))),
        ),
        width - 2 * (head.length - 1),
    );
    const formatRow = (cells: readonly (readonly Span[])[], base: Role): readonly string[] => {
        const wrapped = widths.map((cellWidth, column) =>
            wrapWords(toSegments(cells[column] ?? [], base), cellWidth, theme),
        );
        return Array.from({ length: Math.max(...wrapped.map((lines) => lines.length)) }, (_, line) =>
            wrapped
                .map((lines, column) => align(lines[line] ?? "", widths[column] ?? 1, aligns[column] ?? "left"))
                .join("  ")
                .trimEnd(),
        );
    };
    return [
        ...formatRow(head, "strong"),
        theme.style("dim", widths.map((each) => theme.symbols.rule.repeat(each)).join("  ")),
        ...rows.flatMap((row) => formatRow(row, "plain")),
    ];
}

/** Narrows the widest column until all fit, or all have 3 cells. */
function fitWidths(widths: readonly number[], room: number): readonly number[] {
    const fitted = [...widths];
    let excess = fitted.reduce((sum, width) => sum + width, 0) - room;
    while (excess > 0) {
        const widest = Math.max(...fitted);
        if (widest <= 3) {
            break;
        }
        fitted[fitted.indexOf(widest)] = widest - 1;
        excess--;
    }
    return fitted;
}

function align(text: string, width: number, to: ColumnAlign): string {
    const space = Math.max(0, width - styledWidth(text));
    const before = to === "left" ? 0 : to === "right" ? space : Math.floor(space / 2);
    return fitStyled(" ".repeat(before) + text, width);
}
