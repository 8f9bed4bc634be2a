import { graphemesOf, makeVisible, widthOf } from "../../../text/visible-text.js";
import type { EditedText } from "../line-editor.js";
import { fitText } from "./fit-text.js";

export interface EditLine {
    readonly line: string;
    /** The cursor's cell in the line. */
    readonly column: number;
}

const graphemes = new Intl.Segmenter();

/** One line of text being edited, in exactly `width` cells: as much as fits around its cursor. */
export function formatEditLine({ text, cursor }: EditedText, width: number): EditLine {
    // A pasted text may be long: measure only what could fit.
    const before = makeVisible(text.slice(Math.max(0, cursor - width * 20), cursor));
    const after = text.slice(cursor);
    const room = width - widthOf(characterUnder({ text, cursor }));
    let shown = "";
    let column = 0;
    for (const segment of graphemesOf(before).toReversed()) {
        const next = column + widthOf(segment);
        if (next > room) {
            break;
        }
        shown = segment + shown;
        column = next;
    }
    return { line: shown + fitText(after, width - column), column };
}

/** The character under the cursor, as it is shown; a blank at the end of a line. */
export function characterUnder({ text, cursor }: EditedText): string {
    const [first] = graphemes.segment(text.slice(cursor, cursor + 100));
    const under = first?.segment ?? "";
    return under === "" || under === "\n" ? " " : makeVisible(under.replace("\t", "    "));
}
