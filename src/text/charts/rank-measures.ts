import type { TableColumn } from "../format-table.js";

/** A column of a result, with its comment if it has one. */
export interface ChartColumn extends TableColumn {
    readonly comment?: string | null;
}

/** Words without a topic: those of any sentence, and those that say how a number was computed, not what it measures. */
const emptyWords: ReadonlySet<string> = new Set(
    "a an the and or of in on to from for by per is are was were do does did we our how much what which who week month day year their they them its with that this not one row avg mean median sum total min max amount value number".split(
        " ",
    ),
);

/**
 * Orders measures, the most important first: those that share words with the relation's comment, then amounts and averages
 * before counts. Equal ones keep the order of the columns.
 *
 * @param about the comment of the relation, such as the question that it answers
 */
export function rankMeasures<Column extends ChartColumn>(columns: readonly Column[], about: string): readonly Column[] {
    const topics = wordsOf(about);
    const isAboutCounts = /\bhow many\b/i.test(about);
    const scores = new Map(columns.map((column) => [column, score(column, topics, isAboutCounts)]));
    return [...columns].sort((one, other) => (scores.get(other) ?? 0) - (scores.get(one) ?? 0));
}

function score({ name, comment }: ChartColumn, topics: ReadonlySet<string>, isAboutCounts: boolean): number {
    const inName = wordsOf(name.replaceAll("_", " "));
    const inComment = wordsOf(comment ?? "");
    const shared = [...inName].filter((word) => topics.has(word)).length;
    const told = [...topics].filter((word) => inComment.has(word)).length;
    const isCount = /(^|_)(count|number|n)(_|$)/i.test(name) || /^count/i.test(name);
    return (
        (2 * shared) / Math.max(1, inName.size) + told / Math.max(1, topics.size) - (isCount && !isAboutCounts ? 3 : 0)
    );
}

/** The topic words of a text, reduced to their stems: shipped, ships and shipment are one word. */
function wordsOf(text: string): ReadonlySet<string> {
    const words = text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
    return new Set(words.filter((word) => !emptyWords.has(word)).map(stem));
}

function stem(word: string): string {
    const short = word.replace(/(ments?|ings?|ed|es|s)$/, "");
    const kept = short.length < 3 ? word : short;
    return kept.replace(/(.)\1$/, "$1");
}
