import { cutByWidth, makeVisible } from "../../../../text/visible-text.js";
import { styledWidth } from "../../../terminal/styled-line.js";
import type { Theme } from "../../../kit/theme.js";
import type { Segment } from "../../../kit/lines/styled-text.js";

/** A word with its styles; it is broken only if it is wider than a line. */
interface Word {
    readonly pieces: readonly Segment[];
    readonly width: number;
    /** The space before the word, unless it begins a line. */
    readonly space: "" | " " | "\n";
}

/** Lines of at most `width` cells, broken between words, styled and safe to show. */
export function wrapWords(segments: readonly Segment[], width: number, theme: Theme): readonly string[] {
    const lines: string[] = [];
    let line = "";
    let used = 0;
    const breakLine = (): void => {
        lines.push(line);
        line = "";
        used = 0;
    };
    for (const word of splitWords(segments)) {
        if (word.space === "\n" || (used > 0 && used + word.space.length + word.width > width)) {
            breakLine();
        } else if (used > 0 && word.space === " ") {
            line += " ";
            used++;
        }
        for (const { text, role } of word.pieces) {
            for (const part of cutByWidth(text, width, Math.max(0, width - used))) {
                if (used > 0 && used + part.width > width) {
                    breakLine();
                }
                if (part.text !== "") {
                    line += role === "plain" ? part.text : theme.style(role, part.text);
                    used += part.width;
                }
            }
        }
    }
    lines.push(line);
    return lines;
}

function splitWords(segments: readonly Segment[]): readonly Word[] {
    const words: { pieces: Segment[]; width: number; space: Word["space"] }[] = [];
    let space: Word["space"] = "";
    let isNew = true;
    for (const { text, role } of segments) {
        for (const piece of text.split(/(\s+)/)) {
            if (piece === "") {
                continue;
            }
            // A no-break space is a part of its word.
            if (/^[^\S\u00a0]+$/.test(piece)) {
                space = piece.includes("\n") ? "\n" : " ";
                isNew = true;
                continue;
            }
            const visible = makeVisible(piece);
            if (isNew) {
                words.push({ pieces: [], width: 0, space });
            }
            const word = words.at(-1);
            word?.pieces.push({ text: visible, role });
            if (word !== undefined) {
                word.width += styledWidth(visible);
            }
            space = "";
            isNew = false;
        }
    }
    return words;
}
