/** Compares a number of failing rows with a limit: `>10`, `!= 0`, `between 1 and 5`. */
export type Threshold = (failingCount: number) => boolean;

const comparisons: Readonly<Record<string, (count: number, limit: number) => boolean>> = {
    "=": (count, limit) => count === limit,
    "==": (count, limit) => count === limit,
    "!=": (count, limit) => count !== limit,
    "<>": (count, limit) => count !== limit,
    "<": (count, limit) => count < limit,
    "<=": (count, limit) => count <= limit,
    ">": (count, limit) => count > limit,
    ">=": (count, limit) => count >= limit,
};

/** Null if the text is no threshold. */
export function parseThresholdOrNull(text: string): Threshold | null {
    const [, operator = "", limit = ""] = /^\s*(=|==|!=|<>|<=?|>=?)\s*(\d+)\s*$/.exec(text) ?? [];
    const compare = comparisons[operator];
    if (compare !== undefined) {
        return (count) => compare(count, Number(limit));
    }
    const [, least, most] = /^\s*between\s+(\d+)\s+and\s+(\d+)\s*$/i.exec(text) ?? [];
    return least === undefined || most === undefined
        ? null
        : (count) => count >= Number(least) && count <= Number(most);
}
