import type { TableColumn } from "../format-table.js";

/** A column of a result, with what its comment says of it where it has one. */
export interface ChartColumn extends TableColumn {
    readonly comment?: string | null;
}

/** Words that stand in any sentence, and words that say how a number was made and not what it is. */
const emptyWords: ReadonlySet<string> = new Set(
    "a an the and or of in on to from for by per is are was were do does did we our how much what which who week month day year their they them its with that this not one row avg mean median sum total min max amount value number".split(
        " ",
    ),
);

/**
 * The columns, the chief one first: what the relation is about comes before what only stands beside it, amounts and averages
 * before counts, and else the order of the columns decides.
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

/** What a text speaks of; words of one stem are one: shipped, ships, shipment. */
function wordsOf(text: string): ReadonlySet<string> {
    const words = text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
    return new Set(words.filter((word) => !emptyWords.has(word)).map(stem));
}

function stem(word: string): string {
    const short = word.replace(/(ments?|ings?|ed|es|s)$/, "");
    const kept = short.length < 3 ? word : short;
    return kept.replace(/(.)\1$/, "$1");
}
