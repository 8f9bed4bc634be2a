import { cutToWidth, makeVisible, widthOf } from "../../../text/visible-text.js";

/**
 * Text from anywhere, safe to show, in exactly `width` cells: control characters made visible, cut with `…`, filled with spaces.
 */
export function fitText(text: string, width: number, align: "left" | "right" = "left"): string {
    if (width <= 0) {
        return "";
    }
    // What cannot be seen need not be made visible.
    const cut = cutToWidth(makeVisible(text.length > width * 20 ? text.slice(0, width * 20) : text), width);
    const space = " ".repeat(Math.max(0, width - widthOf(cut)));
    return align === "left" ? cut + space : space + cut;
}

/** Breaks plain text into lines of at most `width` cells, at spaces where there are any. */
export function wrapText(text: string, width: number): readonly string[] {
    return text.split("\n").flatMap((paragraph) => wrapParagraph(makeVisible(paragraph), Math.max(1, width)));
}

function wrapParagraph(paragraph: string, width: number): readonly string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
        const longer = line === "" ? word : `${line} ${word}`;
        if (widthOf(longer) <= width) {
            line = longer;
            continue;
        }
        if (line !== "") {
            lines.push(line);
        }
        line = word;
        while (widthOf(line) > width) {
            // A lone wide glyph in one cell is cut to nothing, and must not be tried for ever.
            const head = cutToWidth(line, width + 1).slice(0, -1) || line.slice(0, 1);
            lines.push(head);
            line = line.slice(head.length);
        }
    }
    return [...lines, line];
}
