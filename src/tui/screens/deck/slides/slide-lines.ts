import type { PlacedBlock, Slide, SlideNode } from "../../../../deck/slide.js";
import { textOf } from "../../../../deck/slide.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import { fitStyled, styledWidth } from "../../../terminal/styled-line.js";
import type { Theme } from "../../../kit/theme.js";
import { bigWidthOrNull, drawBigText, type BigScale } from "./big-letters.js";
import type { ReplayPlace } from "./block-replay.js";
import { formatBlock, measureBlock, type BlockHeight, type BlockState } from "./block-lines.js";
import { formatTextNode, toSegments } from "./slide-text.js";
import { shareRows } from "./share-rows.js";
import { wrapWords } from "./wrap-words.js";

/** Everything that the lines of a slide depend on. */
export interface SlidePicture {
    readonly slide: Slide;
    /** The state of a block, by its index among the slide's blocks. */
    readonly stateOf: (index: number) => BlockState;
    /** The block that Enter opens, which is marked when there are several; null for none. */
    readonly focus: number | null;
    /** How many lines are scrolled out at the top. */
    readonly offset: number;
    /** How far a recorded run has been played; null shows it as it ended. */
    readonly replay: ReplayPlace | null;
    readonly theme: Theme;
}

export interface PaintedSlide {
    /** Exactly as many lines as the size has rows. */
    readonly lines: readonly string[];
    /** By how many lines the slide can be scrolled. */
    readonly maxOffset: number;
    /** The offset that was used. */
    readonly offset: number;
}

/** The greatest width of text: longer lines are hard to read. */
const textMeasure = 100;
/** The greatest width of a slide: even a wider table is hard to read. */
const areaMeasure = 168;

/** A slide, centred: its heading in large letters if they fit, its blocks as large as possible. */
export function paintSlide(picture: SlidePicture, size: TerminalSize): PaintedSlide {
    const { slide, theme, focus } = picture;
    const parts = groupNodes(slide.nodes, areaWidth(slide, size.columns));
    const hasBlocks = parts.some((part) => part.kind === "blocks");
    const width = areaWidth(slide, size.columns);
    const margin = " ".repeat(Math.floor((size.columns - width) / 2));
    const title = formatTitle(slide, { columns: width, rows: size.rows }, theme);
    const isRoomy = size.rows >= 18;
    const gap = size.rows >= 14 ? 1 : 0;
    const head = [...(isRoomy ? [""] : []), ...title, ...(title.length > 0 && gap > 0 ? [""] : [])];
    const texts = parts.map((part) =>
        part.kind === "text" ? formatTextNode(part.node, Math.min(width, textMeasure), theme) : [],
    );
    const fixed = texts.reduce((sum, lines) => sum + lines.length, 0) + gap * Math.max(0, parts.length - 1);
    const wishes = parts.map((part): BlockHeight =>
        part.kind === "text" ? { least: 0, most: 0 } : measureGroup(part, picture, width),
    );
    const heights = shareRows(wishes, size.rows - head.length - fixed);
    const count = parts.reduce((sum, part) => sum + (part.kind === "blocks" ? part.blocks.length : 0), 0);
    const body = parts.flatMap((part, index) => {
        const lines =
            part.kind === "text"
                ? (texts[index] ?? [])
                : formatGroup(part, { columns: width, rows: heights[index] ?? 1 }, picture);
        const marked =
            count > 1 &&
            part.kind === "blocks" &&
            part.first <= (focus ?? -1) &&
            (focus ?? -1) < part.first + part.blocks.length;
        return [
            ...(index === 0 ? [] : Array<string>(gap).fill("")),
            ...lines.map((line, row) => place(line, margin, row === 0 && marked, theme)),
        ];
    });
    const placedHead = head.map((line) => place(line, margin, false, theme));
    const isCover = slide.heading?.level === 1 && !hasBlocks;
    const all = [...placedHead, ...body];
    const spare = Math.max(0, size.rows - all.length);
    // The eye rests a little below the top.
    const above = isCover ? Math.max(0, Math.floor(spare / 2) - 1) : Math.min(4, Math.floor(spare / 5));
    return cut([...Array<string>(above).fill(""), ...all], picture, size);
}

function place(line: string, margin: string, isMarked: boolean, theme: Theme): string {
    return isMarked && margin.length > 1
        ? `${margin.slice(0, -2)}${theme.style("accent", theme.symbols.cursor)} ${line}`
        : margin + line;
}

/** The lines in view; the last one counts the lines below, if there are any. */
function cut(all: readonly string[], { offset, theme }: SlidePicture, { columns, rows }: TerminalSize): PaintedSlide {
    const maxOffset = Math.max(0, all.length - rows);
    const from = Math.max(0, Math.min(offset, maxOffset));
    const seen = all.slice(from, from + rows);
    const lines = Array.from({ length: rows }, (_, row) => seen[row] ?? "");
    const below = all.length - from - rows;
    if (below > 0) {
        const arrow = theme.isAscii ? "v" : "↓";
        lines[rows - 1] = theme.style("dim", fitStyled(`  ${arrow} ${below + 1} lines more`, columns).trimEnd());
    }
    return { lines, maxOffset, offset: from };
}

function areaWidth({ nodes }: Slide, columns: number): number {
    const margin = columns < 70 ? 2 : columns < 100 ? 3 : 5;
    const hasBlocks = nodes.some((node) => node.kind === "block" || node.kind === "table");
    return Math.max(10, Math.min(columns - 2 * margin, hasBlocks ? areaMeasure : textMeasure));
}

/** The heading, in large letters if they fit. */
function formatTitle({ heading }: Slide, { columns, rows }: TerminalSize, theme: Theme): readonly string[] {
    if (heading === null) {
        return [];
    }
    const text = textOf(heading.spans);
    const scales: readonly BigScale[] = theme.isAscii
        ? []
        : rows >= 50
          ? [2, 1]
          : rows >= 30 || heading.level === 1
            ? [1]
            : [];
    const scale = scales.find((each) => (bigWidthOrNull(text, each) ?? Infinity) <= columns);
    if (scale !== undefined && (rows >= 20 || scale === 1)) {
        return drawBigText(text, scale).map((line) => theme.style("accent", line));
    }
    const lines = wrapWords(toSegments(heading.spans, "strong"), columns, theme);
    const width = Math.max(...lines.map(styledWidth));
    return [
        ...lines.map((line) => theme.style("accent", line)),
        ...(rows >= 16 ? [theme.style("dim", theme.symbols.rule.repeat(width))] : []),
    ];
}

type Part =
    | { readonly kind: "text"; readonly node: Exclude<SlideNode, { readonly kind: "block" }> }
    /** One block, or two side by side. `first` is the index of the first one among the slide's blocks. */
    | { readonly kind: "blocks"; readonly blocks: readonly PlacedBlock[]; readonly first: number };

/** On narrower slides, blocks are not placed side by side. */
const leastPairWidth = 110;
const pairable: ReadonlySet<string> = new Set(["chart", "table", "sql", "query"]);

function groupNodes(nodes: readonly SlideNode[], width: number): readonly Part[] {
    const parts: Part[] = [];
    let count = 0;
    for (const node of nodes) {
        const last = parts.at(-1);
        if (node.kind !== "block") {
            parts.push({ kind: "text", node });
            continue;
        }
        const pairs =
            width >= leastPairWidth &&
            last?.kind === "blocks" &&
            last.blocks.length === 1 &&
            [node, ...last.blocks].every(({ block }) => pairable.has(block.kind));
        if (pairs) {
            parts[parts.length - 1] = { ...last, blocks: [...last.blocks, node] };
        } else {
            parts.push({ kind: "blocks", blocks: [node], first: count });
        }
        count++;
    }
    return parts;
}

const between = 3;

function columnWidths(count: number, width: number): readonly number[] {
    return count === 1 ? [width] : [Math.ceil((width - between) / 2), Math.floor((width - between) / 2)];
}

function measureGroup(
    { blocks, first }: Part & { readonly kind: "blocks" },
    { stateOf, theme }: SlidePicture,
    width: number,
): BlockHeight {
    const widths = columnWidths(blocks.length, width);
    const heights = blocks.map((block, index) =>
        measureBlock(block, stateOf(first + index), widths[index] ?? width, theme),
    );
    return {
        least: Math.max(...heights.map(({ least }) => least)),
        most: Math.max(...heights.map(({ most }) => most)),
        weight: Math.max(...heights.map(({ weight = 1 }) => weight)),
    };
}

function formatGroup(
    { blocks, first }: Part & { readonly kind: "blocks" },
    { columns, rows }: TerminalSize,
    { stateOf, theme, replay }: SlidePicture,
): readonly string[] {
    const widths = columnWidths(blocks.length, columns);
    const drawn = blocks.map((block, index) =>
        formatBlock(block, stateOf(first + index), { columns: widths[index] ?? columns, rows }, theme, replay),
    );
    const height = Math.max(...drawn.map((lines) => lines.length));
    return Array.from({ length: height }, (_, row) =>
        drawn
            .map((lines, index) =>
                index === drawn.length - 1 ? (lines[row] ?? "") : fitStyled(lines[row] ?? "", widths[index] ?? columns),
            )
            .join(" ".repeat(between)),
    );
}
