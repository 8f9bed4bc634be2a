import { widthOf } from "../../../text/visible-text.js";
import type { EditedText } from "../../kit/line-editor.js";
import { formatEditLine, type EditLine } from "../../kit/lines/edit-line.js";
import { fitText } from "../../kit/lines/fit-text.js";
import type { Theme } from "../../kit/theme.js";

/** The fewest cells for the answer, however long the question. */
const leastAnswer = 20;

/** The label, and as much of the text around the cursor as fits. */
export function formatQuestion(label: string, edited: EditedText, columns: number, theme: Theme): EditLine {
    const headWidth = Math.min(widthOf(label) + 2, columns - leastAnswer);
    const answer = formatEditLine(edited, columns - headWidth);
    const head = theme.style("accent", ` ${fitText(label, headWidth - 2)} `);
    return { line: `${head}${answer.line}`, column: headWidth + answer.column };
}
