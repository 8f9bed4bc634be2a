import { cutByWidth, cutToWidth, makeVisible, widthOf } from "../../../text/visible-text.js";

/**
 * Any text in exactly `width` cells, safe to show: control characters are made visible, long text is cut with `…`, short text is
 * filled with spaces.
 */
export function fitText(text: string, width: number, align: "left" | "right" = "left"): string {
    if (width <= 0) {
        return "";
    }
    // Cut a long text first: making all of it visible would be slow.
    const cut = cutToWidth(makeVisible(text.length > width * 20 ? text.slice(0, width * 20) : text), width);
    const space = " ".repeat(Math.max(0, width - widthOf(cut)));
    return align === "left" ? cut + space : space + cut;
}

/** Breaks plain text into lines of at most `width` cells, at spaces where there are any. */
export function wrapText(text: string, width: number): readonly string[] {
    return text.split("\n").flatMap((paragraph) => wrapParagraph(makeVisible(paragraph), Math.max(1, width)));
}

/** Like `wrapText`, but at most `rows` lines; `…` ends the last one when there are more. */
export function wrapTextTo(text: string, width: number, rows: number): readonly string[] {
    const lines = wrapText(text, width);
    const last = lines[rows - 1];
    return lines.length <= rows || last === undefined
        ? lines.slice(0, rows)
        : [...lines.slice(0, rows - 1), cutToWidth(`${last}…`, width)];
}

function wrapParagraph(paragraph: string, width: number): readonly string[] {
    const lines: string[] = [];
    let line = "";
    let used = 0;
    for (const word of paragraph.split(" ")) {
        const pieces = cutByWidth(word, width);
        const [first = { text: "", width: 0 }] = pieces;
        if (line !== "" && pieces.length === 1 && used + 1 + first.width <= width) {
            line += ` ${first.text}`;
            used += 1 + first.width;
            continue;
        }
        if (line !== "") {
            lines.push(line);
        }
        for (const piece of pieces.slice(0, -1)) {
            lines.push(piece.text);
        }
        ({ text: line, width: used } = pieces.at(-1) ?? first);
    }
    return [...lines, line];
}
