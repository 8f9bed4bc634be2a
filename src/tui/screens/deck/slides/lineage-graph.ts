import type { LineageContent, ReportTone } from "../../../../deck/block-content.js";
import { drawGraph, type GraphDrawing } from "../../../../text/graph/draw-graph.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Theme } from "../../../kit/theme.js";
import { symbolOfTone, toneRoles } from "./block-report.js";

const maxLabelWidth = 32;
/** More boxes than this never fit on a slide. */
const mostNodes = 60;

/** Cached, because drawing is too slow to do at every frame, and the content does not change. */
const drawings = new WeakMap<LineageContent, Map<string, GraphDrawing>>();

/** The lineage as boxes and lines, with tall boxes if they fit, else with low ones; null when neither fits. */
export function formatLineageGraphOrNull(
    content: LineageContent,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] | null {
    const members = content.layers.flatMap((layer) => layer.members);
    if (members.length > mostNodes) {
        return null;
    }
    const tones = new Map(members.map(({ text, tone }) => [text, tone]));
    for (const boxHeight of [3, 1] as const) {
        const drawing = drawOnce(content, boxHeight, theme);
        if (drawing.width <= columns && drawing.height <= rows) {
            return styleDrawing(drawing, tones, content.focus?.name ?? null, theme);
        }
    }
    return null;
}

function drawOnce(content: LineageContent, boxHeight: 1 | 3, theme: Theme): GraphDrawing {
    const drawn = drawings.get(content) ?? new Map<string, GraphDrawing>();
    drawings.set(content, drawn);
    const { isAscii } = theme;
    const key = `${boxHeight} ${isAscii}`;
    const known = drawn.get(key);
    if (known !== undefined) {
        return known;
    }
    const nodes = content.layers
        .flatMap(({ members }) => members)
        .map(({ text, tone }) => ({ id: text, label: `${symbolOfTone(tone, theme)} ${text}` }));
    const drawing = drawGraph(nodes, content.edges, { boxHeight, isAscii, maxLabelWidth });
    drawn.set(key, drawing);
    return drawing;
}

/** Colours the drawing: lines and frames are dim, the focused relation is highlighted. */
function styleDrawing(
    { cells, boxes }: GraphDrawing,
    tones: ReadonlyMap<string, ReportTone>,
    focus: string | null,
    theme: Theme,
): readonly string[] {
    const placed = [...boxes].sort(([, one], [, other]) => one.left - other.left);
    return cells.map((row, index) => {
        let line = "";
        let column = 0;
        const add = (to: number, style: (text: string) => string): void => {
            const text = row.slice(column, to).join("");
            line += text.trim() === "" ? text : style(text);
            column = to;
        };
        const dim = (text: string): string => theme.style("dim", text);
        for (const [name, { left, top, width, height }] of placed) {
            if (index < top || index >= top + height) {
                continue;
            }
            const frame = (text: string): string => theme.style(name === focus ? "accent" : "dim", text);
            add(left, dim);
            if (index === top + (height - 1) / 2) {
                const role = toneRoles[tones.get(name) ?? "plain"];
                add(left + 2, frame);
                add(left + 3, (text) => theme.style(role, text));
                add(left + width - 1, (text) => (name === focus ? theme.style("accent", text) : text));
            }
            add(left + width, frame);
        }
        add(row.length, dim);
        return line.trimEnd();
    });
}
