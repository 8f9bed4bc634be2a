import { makeVisible } from "../../../text/visible-text.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../theme.js";

/** A stretch of a text and what it is. */
export interface Segment {
    readonly text: string;
    readonly role: Role;
}

const plain = /^[ -~]*$/;
const graphemes = new Intl.Segmenter();

/** Lines of at most `width` cells, broken wherever they are full; every control character is made visible. */
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
        let rest = makeVisible(text.replaceAll("\t", "    "));
        while (rest !== "") {
            if (used >= width) {
                breakLine();
            }
            const head = takeWidth(rest, width - used);
            if (head === "" && used > 0) {
                breakLine();
                continue;
            }
            // A wide glyph in a line of one cell has no place; it must not be tried for ever.
            const taken =
                head === "" ? (graphemes.segment(rest)[Symbol.iterator]().next().value?.segment ?? rest) : head;
            put(taken, role);
            used += styledWidth(taken);
            rest = rest.slice(taken.length);
        }
    }
    lines.push(line);
    return lines;
}

/** The start of a text that takes at most `width` cells. */
function takeWidth(text: string, width: number): string {
    const start = text.slice(0, width);
    if (plain.test(start)) {
        return start;
    }
    let result = "";
    let used = 0;
    for (const { segment } of graphemes.segment(text.slice(0, width * 20))) {
        used += styledWidth(segment);
        if (used > width) {
            break;
        }
        result += segment;
    }
    return result;
}
