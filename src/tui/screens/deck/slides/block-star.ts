import type { StarContent } from "../../../../deck/block-content.js";
import { makeVisible, widthOf } from "../../../../text/visible-text.js";
import { fitStyled, styledWidth } from "../../../terminal/styled-line.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Role, Theme } from "../../../kit/theme.js";
import { fitText, wrapText } from "../../../kit/lines/fit-text.js";

type Dimension = StarContent["dimensions"][number];

/** Cells between a dimension and the fact, for the line that joins them. */
const reach = 5;
const mostBoxWidth = 44;

/** The fact in the middle with its dimensions at both sides; in a narrow terminal one below the other. */
export function formatStar(star: StarContent, { columns, rows }: TerminalSize, theme: Theme): readonly string[] {
    const left = star.dimensions.filter((_, index) => index % 2 === 0);
    const right = star.dimensions.filter((_, index) => index % 2 === 1);
    const dimensionWidth = Math.min(30, Math.max(...star.dimensions.map(boxWidth)));
    const factWidth = Math.min(mostBoxWidth, columns - 2 * (dimensionWidth + reach));
    if (factWidth < 24) {
        return formatStacked(star, { columns, rows }, theme);
    }
    const sides = [left, right].map((dimensions) => stackDimensions(dimensions, dimensionWidth, theme));
    const height = Math.max(...sides.map(({ length }) => length));
    const fact = drawFact(star, factWidth, Math.min(rows, Math.max(height, 14)), theme);
    const total = Math.max(height, fact.length);
    const [leftLines, rightLines] = sides.map((lines) => center(lines, total));
    const middle = center(fact, total);
    const margin = " ".repeat(Math.max(0, Math.floor((columns - factWidth - 2 * (dimensionWidth + reach)) / 2)));
    const blank = " ".repeat(dimensionWidth);
    const join = theme.style("dim", theme.isAscii ? "-".repeat(reach) : "─".repeat(reach));
    return Array.from({ length: Math.min(total, rows) }, (_, row) => {
        const own = [leftLines?.[row], rightLines?.[row]] as const;
        const [before, after] = own.map((line) => (line?.isJoined === true ? join : " ".repeat(reach)));
        return `${margin}${own[0]?.text ?? blank}${before ?? ""}${middle[row]?.text ?? " ".repeat(factWidth)}${after ?? ""}${own[1]?.text ?? blank}`.trimEnd();
    });
}

interface SideLine {
    readonly text: string;
    /** Whether the line to the fact begins at this row. */
    readonly isJoined: boolean;
}

function boxWidth({ name, keys }: Dimension): number {
    return 4 + Math.max(widthOf(makeVisible(name)), ...keys.map((key) => widthOf(makeVisible(key))));
}

function stackDimensions(dimensions: readonly Dimension[], width: number, theme: Theme): readonly SideLine[] {
    return dimensions.flatMap((dimension, index) => {
        const box = drawBox(dimension.name, dimension.keys, width, "plain", theme);
        return [
            ...(index === 0 ? [] : [{ text: " ".repeat(width), isJoined: false }]),
            ...box.map((text, row) => ({ text, isJoined: row === 1 })),
        ];
    });
}

function drawFact(
    { fact, grain, measures }: StarContent,
    width: number,
    height: number,
    theme: Theme,
): readonly SideLine[] {
    const inner = width - 4;
    const about = wrapText(grain, inner);
    const room = Math.max(1, height - 3 - about.length - 1);
    const shown = measures.length <= room ? measures : measures.slice(0, room - 1);
    const more = measures.length - shown.length;
    const body = [...about, "", ...shown, ...(more > 0 ? [`${theme.symbols.ellipsis} ${more} more`] : [])];
    return drawBox(fact, body, width, "accent", theme).map((text) => ({ text, isJoined: false }));
}

function drawBox(title: string, body: readonly string[], width: number, role: Role, theme: Theme): readonly string[] {
    const [topLeft, topRight, bottomLeft, bottomRight, across, down] = theme.isAscii
        ? ["+", "+", "+", "+", "-", "|"]
        : ["╭", "╮", "╰", "╯", "─", "│"];
    const frame = (text: string): string => theme.style(role === "accent" ? "accent" : "dim", text);
    const line = (text: string): string => `${frame(down)} ${fitStyled(text, width - 4)} ${frame(down)}`;
    return [
        frame(`${topLeft}${across.repeat(width - 2)}${topRight}`),
        line(theme.style(role === "accent" ? "accent" : "strong", fitText(title, width - 4))),
        ...body.map((text) => line(theme.style("dim", fitText(text, width - 4)))),
        frame(`${bottomLeft}${across.repeat(width - 2)}${bottomRight}`),
    ];
}

function center(lines: readonly SideLine[], height: number): readonly (SideLine | undefined)[] {
    const above = Math.max(0, Math.floor((height - lines.length) / 2));
    return [...Array<undefined>(above).fill(undefined), ...lines];
}

function formatStacked(star: StarContent, { columns, rows }: TerminalSize, theme: Theme): readonly string[] {
    const nameWidth = Math.max(...star.dimensions.map(({ name }) => styledWidth(name)));
    return [
        theme.style("accent", fitText(star.fact, columns)),
        ...wrapText(star.grain, columns).map((line) => theme.style("dim", line)),
        ...star.dimensions.map(({ name, keys }) =>
            fitStyled(
                `${theme.isAscii ? "->" : "─▶"} ${fitText(name, nameWidth)}  ${theme.style("dim", keys.join(", "))}`,
                columns,
            ),
        ),
    ].slice(0, rows);
}
