import { describeExplanation, type Explanation } from "../../../engine/explain-model.js";
import { makeVisible } from "../../../text/visible-text.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import type { Loaded } from "../../kit/load.js";
import type { TabOptions } from "./overview-tab.js";

/** What `stardeck explain` says: the table's entity, and for each relation that it reads, the entities that a change there affects. */
export function formatUpdatesTab(
    { value, error }: Loaded<Explanation>,
    { width, theme }: TabOptions,
): readonly DetailLine[] {
    if (value === null) {
        return error === null
            ? [{ text: theme.style("dim", "reading how it is kept up to date …") }]
            : toDetailLines(formatErrorLines(error, width, theme));
    }
    return toDetailLines(
        describeExplanation(value).flatMap((parts) => {
            const text = makeVisible(parts.map((part) => (typeof part === "string" ? part : part.text)).join(""));
            const [first] = parts;
            if (typeof first === "object" && first.look === "dim") {
                return [theme.style("dim", fitText(text, width))];
            }
            const margin = text.length - text.trimStart().length;
            return wrapText(text.trimStart(), width - margin).map((line) =>
                theme.style(typeof first === "object" ? "strong" : "plain", `${" ".repeat(margin)}${line}`),
            );
        }),
    );
}
