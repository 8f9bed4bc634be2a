import { cutByWidth, makeVisible } from "../../../text/visible-text.js";
import type { Role, Theme } from "../theme.js";

/** A part of a text and its role. */
export interface Segment {
    readonly text: string;
    readonly role: Role;
}

/** Breaks the text into lines as soon as they are `width` cells wide; every control character is made visible. */
export function wrapSegments(segments: readonly Segment[], width: number, theme: Theme): readonly string[] {
    const lines: string[] = [];
    let line = "";
    let used = 0;
    const put = (text: string, role: Role): void => {
        line += role === "plain" ? text : theme.style(role, text);
    };
    const breakLine = (): void => {
        lines.push(line);
        line = "";
        used = 0;
    };
    for (const { text, role } of segments) {
        for (const piece of cutByWidth(makeVisible(text.replaceAll("\t", "    ")), width, Math.max(0, width - used))) {
            if (used > 0 && used + piece.width > width) {
                breakLine();
            }
            if (piece.text !== "") {
                put(piece.text, role);
                used += piece.width;
            }
        }
    }
    lines.push(line);
    return lines;
}
