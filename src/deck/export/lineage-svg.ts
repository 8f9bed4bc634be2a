import { drawGraph, type DrawnBox, type GraphDrawing } from "../../text/graph/draw-graph.js";
import type { Stretch } from "../../text/graph/find-path.js";
import { cutToWidth, makeVisible, widthOf } from "../../text/visible-text.js";
import type { LineageContent, ReportTone } from "../block-content.js";
import { escapeHtml } from "./escape-html.js";

/** In characters; longer names are split into two lines. */
const mostInLine = 13;
/** In characters; longer lines are cut. */
const maxLineWidth = 28;
/** The width of a character in the widest of the usual monospaced fonts at 13 pixels. */
const characterWidth = 7.9;
/** The width of a cell without text. */
const blankWidth = 4.5;
const rowHeight = 25;
const boxHeight = 40;
const lineHeight = 16;
const margin = 2;
/** Larger drawings cannot be read on a page. */
const largest = { width: 1900, height: 1100 };

/** The symbol of each state; sources have none. */
const symbols: Readonly<Record<ReportTone, string>> = { plain: " ", dim: "·", ok: "✓", warned: "!", failed: "✗" };

/** The lineage as boxes and lines, laid out as in the interface; null when it is too large for a page. */
export function buildLineageSvgOrNull({ layers, edges, focus }: LineageContent): string | null {
    const members = layers.flatMap(({ members: own }, layer) => own.map((member) => ({ ...member, layer })));
    const nodes = members.map(({ text, tone }) => {
        const widest = linesOf(text).reduce((one, other) => (widthOf(other) > widthOf(one) ? other : one));
        return { id: text, label: `${symbols[tone]} ${widest}` };
    });
    const drawing = drawGraph(nodes, edges, { boxHeight: 1, isAscii: false, maxLabelWidth: maxLineWidth + 2 });
    const x = placeColumns(drawing);
    const width = x(drawing.width) + margin;
    const height = y(drawing.height) - rowHeight / 2 + boxHeight / 2 + margin;
    if (width > largest.width || height > largest.height) {
        return null;
    }
    const lines = edges.flatMap(({ from, to }) => {
        const [start, end] = [drawing.boxes.get(from), drawing.boxes.get(to)];
        return start === undefined || end === undefined
            ? []
            : [`<path class="edge" d="${drawLine(start, end, drawing.pathOf(from, to), x)}"/>`];
    });
    const boxes = members.map(({ text, tone, layer }) => {
        const box = drawing.boxes.get(text);
        return box === undefined ? "" : drawBox({ text, tone, layer, isFocus: text === focus?.name }, box, x);
    });
    const legend = layers.map(({ name }, layer) => `<span class="key layer-${layer % 4}">${escapeHtml(name)}</span>`);
    const name = `What is made of what, from left to right: ${edges.map(({ from, to }) => `${from} to ${to}`).join(", ")}.`;
    return `<figure class="graph"><figcaption>${legend.join(" ")}</figcaption><svg viewBox="0 0 ${format(width)} ${format(height)}" width="${format(width)}" height="${format(height)}" role="img" aria-label="${escapeHtml(name)}">${lines.join("")}${boxes.join("")}</svg></figure>`;
}

type PlaceColumn = (column: number) => number;

/** The left edge of each column; columns with text are as wide as a character. */
function placeColumns({ boxes, width }: GraphDrawing): PlaceColumn {
    const isText = new Array<boolean>(width).fill(false);
    for (const box of boxes.values()) {
        isText.fill(true, box.left + 2, box.left + box.width - 2);
    }
    const lefts = [margin];
    for (const isOfText of isText) {
        lefts.push((lefts.at(-1) ?? 0) + (isOfText ? characterWidth : blankWidth));
    }
    return (column) => lefts[column] ?? lefts.at(-1) ?? 0;
}

/** The y coordinate of a row's middle. */
function y(row: number): number {
    return margin + boxHeight / 2 + row * rowHeight;
}

function drawLine(start: DrawnBox, end: DrawnBox, path: readonly Stretch[], x: PlaceColumn): string {
    const middle = (column: number): number => (x(column) + x(column + 1)) / 2;
    const turns = path.filter(({ column, toColumn }) => column === toColumn);
    const steps = turns.map(
        ({ column, row, toRow }) => `H${format(middle(column))}${row === toRow ? "" : `V${format(y(toRow))}`}`,
    );
    return `M${format(x(start.left + start.width))} ${format(y(start.top))}${steps.join("")}H${format(x(end.left))}`;
}

interface Member {
    readonly text: string;
    readonly tone: ReportTone;
    readonly layer: number;
    readonly isFocus: boolean;
}

function drawBox({ text, tone, layer, isFocus }: Member, box: DrawnBox, x: PlaceColumn): string {
    const left = x(box.left);
    const width = x(box.left + box.width) - left;
    const middle = y(box.top);
    const lines = linesOf(text);
    const baseline = (line: number): string => format(middle + 4.5 + (line - (lines.length - 1) / 2) * lineHeight);
    const rectangle = `<rect class="box layer-${layer % 4}" x="${format(left)}" y="${format(middle - boxHeight / 2)}" width="${format(width)}" height="${boxHeight}" rx="5"/>`;
    const symbol =
        tone === "plain"
            ? ""
            : `<text class="${tone}" x="${format(x(box.left + 2) - 1)}" y="${baseline(0)}">${symbols[tone]}</text>`;
    const names = lines.map(
        (line, index) =>
            `<text class="name" x="${format(x(box.left + (tone === "plain" ? 3 : 4)))}" y="${baseline(index)}">${escapeHtml(line)}</text>`,
    );
    return `<g${isFocus ? ' class="focus"' : ""}><title>${escapeHtml(text)}</title>${rectangle}${symbol}${names.join("")}</g>`;
}

/** Splits a long name into two lines: relation and column, or else between words so that both are about as long. */
function linesOf(name: string): readonly string[] {
    const text = makeVisible(name);
    const ends = text.length <= mostInLine ? [] : [...text.matchAll(/[._ -]/g)].map(({ index }) => index + 1);
    const longer = (end: number): number => Math.max(end, text.length - end);
    const dot = text.lastIndexOf(".") + 1;
    const [best] =
        dot > 0 && ends.length > 0
            ? [dot]
            : ends.filter((end) => end < text.length).sort((one, other) => longer(one) - longer(other));
    return (best === undefined ? [text] : [text.slice(0, best), text.slice(best)]).map((line) =>
        cutToWidth(line, maxLineWidth),
    );
}

function format(value: number): string {
    return String(Math.round(value * 10) / 10);
}
