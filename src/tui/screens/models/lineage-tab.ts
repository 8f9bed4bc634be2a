import type { Graph } from "../../../engine/graph.js";
import { reach } from "../../../engine/graph.js";
import { formatQuantity } from "../../../text/format-values.js";
import { makeLineageTree, type LineageNode } from "../../../text/graph/lineage-tree.js";
import type { DetailLine } from "../../kit/lines/detail-lines.js";
import { formatHeading } from "../../kit/lines/detail-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatLook, type Look } from "../../kit/lines/state-look.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";

/** Longer trees are cut; the Lineage screen shows all. */
const mostLines = 200;

export interface LineageTabOptions {
    readonly width: number;
    readonly theme: Theme;
    readonly lookOf: (name: string) => Look | null;
}

/** Upstream and downstream of a model or source as trees; Enter goes to the selected name. */
export function formatLineageTab(name: string, graph: Graph, options: LineageTabOptions): readonly DetailLine[] {
    return [
        ...formatDirection("made from", "It reads nothing.", name, graph.upstreamOf, options),
        { text: "" },
        ...formatDirection("read by", "Nothing reads it.", name, graph.downstreamOf, options),
    ];
}

function formatDirection(
    title: string,
    nothing: string,
    name: string,
    next: (name: string) => readonly string[],
    options: LineageTabOptions,
): readonly DetailLine[] {
    const { width, theme } = options;
    const direct = next(name).length;
    const all = reach([name], next).size;
    const count =
        all > direct ? `${formatQuantity(direct, "relation")}, ${all} in all` : formatQuantity(direct, "relation");
    if (direct === 0) {
        return [{ text: theme.style("dim", nothing) }];
    }
    const lines = formatNodes(makeLineageTree(name, next), "", options);
    const more = lines.length - mostLines;
    return [
        { text: formatHeading(`${title} ${count}`, width, theme) },
        ...lines.slice(0, mostLines),
        ...(more > 0 ? [{ text: theme.style("dim", `and ${formatQuantity(more, "line")} more: L shows all`) }] : []),
    ];
}

function formatNodes({ children }: LineageNode, indent: string, options: LineageTabOptions): readonly DetailLine[] {
    const { width, theme, lookOf } = options;
    return children.flatMap((child, index) => {
        const isLast = index === children.length - 1;
        const branch = theme.isAscii ? (isLast ? "`-" : "|-") : isLast ? "└─" : "├─";
        const look = lookOf(child.name);
        const state = look === null ? "" : formatLook(look, theme);
        const repeated = child.isRepeated ? theme.style("dim", " (see above)") : "";
        const room = Math.max(8, width - indent.length - 3 - 10 - (child.isRepeated ? 12 : 0));
        const text = `${theme.style("dim", `${indent}${branch}`)} ${fitText(child.name, room).trimEnd()}  ${state}${repeated}`;
        const below = `${indent}${isLast ? "  " : theme.isAscii ? "| " : "│ "} `;
        return [
            { text: fitStyled(text, width), target: { screen: "models", modelName: child.name } as const },
            ...formatNodes(child, below, options),
        ];
    });
}
