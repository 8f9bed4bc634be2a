import { describeHeadlineOrNull, type HeadlineWords } from "../../../browse/describe-headline.js";
import type { MartHeadline } from "../../../browse/mart-headline.js";
import type { Loaded } from "../../kit/load.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { drawCourse } from "../../app/lines/column-courses.js";
import { makeVisible, widthOf } from "../../../text/visible-text.js";
import { fitText } from "../../kit/lines/fit-text.js";

const leastCourse = 8;
const mostCourse = 30;

/** A mart in a line: its main number, what changed, and a sparkline at the right. */
export function formatHeadline(
    headline: Loaded<MartHeadline> | null,
    dataThroughMs: number | null,
    width: number,
    theme: Theme,
): string {
    const value = headline?.value ?? null;
    if (value === null) {
        const error = headline?.isLoading === false ? headline.error : null;
        const text = error?.message ?? `reading ${theme.symbols.ellipsis}`;
        return theme.style(error === null ? "dim" : "warned", fitText(text, width));
    }
    const words = describeHeadlineOrNull(value, dataThroughMs);
    if (value.sentence !== null && value.rowCount > 0) {
        return withCourse(theme.style("strong", cutSentence(value.sentence, width, theme)), words, width, theme);
    }
    if (words === null) {
        const text = value.rowCount === 0 ? "no rows yet" : "no number to tell";
        return theme.style("dim", fitText(text, width));
    }
    // A part that does not fit is left out rather than cut.
    let line = `${theme.style("strong", words.value)} ${theme.style("dim", words.measure)}`;
    for (const part of [words.change, words.of, words.rest]) {
        const longer = `${line}  ${part}`;
        if (part !== "" && styledWidth(longer) + leastCourse + 2 <= width) {
            line = longer;
        }
    }
    return withCourse(line, words, width, theme);
}

/** Cuts the sentence after a clause, or else after a word, so that no figure is cut. */
function cutSentence(sentence: string, width: number, { symbols }: Theme): string {
    const text = makeVisible(sentence);
    if (widthOf(text) <= width) {
        return text;
    }
    const words = text.split(" ");
    const cuts = words.map((_word, count) => words.slice(0, count + 1).join(" "));
    const fitting = cuts.filter((cut) => widthOf(cut) + 2 <= width);
    const clause = fitting.filter((cut) => /[;,.:]$/.test(cut)).at(-1);
    const shown = clause ?? fitting.at(-1);
    return shown === undefined ? fitText(text, width) : `${shown} ${symbols.ellipsis}`;
}

/** The line with the sparkline of the figures at its right, if that fits. */
function withCourse(line: string, words: HeadlineWords | null, width: number, theme: Theme): string {
    const room = Math.min(mostCourse, width - styledWidth(line) - 2);
    const course =
        words === null || words.course.length < 2 || room < leastCourse
            ? ""
            : theme.style("accent", drawCourse(words.course, room, theme.isAscii).trimStart());
    return `${fitStyled(line, width - styledWidth(course))}${course}`;
}
