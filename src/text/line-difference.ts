/** A line that is only in the new text (`+`), only in the old one (`-`), or in both. */
export interface DifferenceLine {
    readonly sign: " " | "+" | "-";
    readonly text: string;
}

/** The lines that turn one text into another, with `contextLines` equal ones around each change. */
export function diffLines(before: string, after: string, contextLines = 2): readonly DifferenceLine[] {
    const lines = compare(before.split("\n"), after.split("\n"));
    const isNear = lines.map((_, index) =>
        lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ sign }) => sign !== " "),
    );
    return lines.filter((_, index) => isNear[index]);
}

/** Compares by the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): readonly DifferenceLine[] {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) {
        start += 1;
    }
    let end = 0;
    while (
        end < before.length - start &&
        end < after.length - start &&
        before[before.length - 1 - end] === after[after.length - 1 - end]
    ) {
        end += 1;
    }
    const one = before.slice(start, before.length - end);
    const other = after.slice(start, after.length - end);
    // common[i][j]: how many lines one[i…] and other[j…] have in common.
    const common = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
    const commonAt = (i: number, j: number): number => common[i]?.[j] ?? 0;
    for (let i = one.length - 1; i >= 0; i -= 1) {
        for (let j = other.length - 1; j >= 0; j -= 1) {
            const row = common[i] ?? [];
            row[j] =
                one[i] === other[j] ? commonAt(i + 1, j + 1) + 1 : Math.max(commonAt(i + 1, j), commonAt(i, j + 1));
        }
    }
    const changed: DifferenceLine[] = [];
    for (let i = 0, j = 0; i < one.length || j < other.length;) {
        if (i < one.length && j < other.length && one[i] === other[j]) {
            changed.push({ sign: " ", text: one[i] ?? "" });
            i += 1;
            j += 1;
        } else if (j >= other.length || (i < one.length && commonAt(i + 1, j) >= commonAt(i, j + 1))) {
            changed.push({ sign: "-", text: one[i] ?? "" });
            i += 1;
        } else {
            changed.push({ sign: "+", text: other[j] ?? "" });
            j += 1;
        }
    }
    const equal = (text: string): DifferenceLine => ({ sign: " ", text });
    return [...before.slice(0, start).map(equal), ...changed, ...before.slice(before.length - end).map(equal)];
}
