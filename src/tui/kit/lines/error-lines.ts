import { StardeckError, StatementError } from "../../../database/errors.js";
import { formatCodeFrame } from "../../../text/code-frame.js";
import type { Theme } from "../theme.js";
import { fitText, wrapText } from "./fit-text.js";

/**
 * The error's message, its place in the SQL and its hint, in lines of at most `width` cells.
 *
 * @param hasFrame whether to show the place in the SQL; false when the caller marks it in the SQL itself
 */
export function formatErrorLines(error: Error, width: number, theme: Theme, hasFrame = true): readonly string[] {
    const [first = "", ...others] = wrapText(error.message, width - 2);
    return [
        theme.style("failed", `${theme.symbols.failed} ${first}`),
        ...others.map((line) => `  ${line}`),
        ...(hasFrame ? formatFrame(error, width - 2) : []).map((line) => `  ${line}`),
        ...(error instanceof StardeckError && error.hint !== undefined
            ? wrapText(error.hint, width - 2).map((line) => theme.style("dim", `  ${line}`))
            : []),
    ];
}

function formatFrame(error: Error, width: number): readonly string[] {
    if (!(error instanceof StatementError) || error.position === undefined) {
        return [];
    }
    const [line = "", caret = ""] = formatCodeFrame(error.sql, error.position);
    // Cut the line so that the place is in view, in the middle where possible.
    const at = caret.length - 1;
    const start = Math.max(0, Math.min(at - Math.floor(width / 2), line.length - width));
    return ["", fitText(line.slice(start), width).trimEnd(), caret.slice(start), ""];
}
