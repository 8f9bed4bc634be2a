import type { BlockHeight } from "./block-lines.js";

/**
 * Shares rows among blocks: each gets its least height even if that is too much in total; the rest goes to the blocks that can
 * use more, by their weight.
 */
export function shareRows(wishes: readonly BlockHeight[], rows: number): readonly number[] {
    const given = wishes.map(({ least }) => least);
    let spare = rows - given.reduce((sum, height) => sum + height, 0);
    while (spare > 0) {
        const next = wishes
            .map(({ least, most, weight = 1 }, index) => {
                const height = given[index] ?? 0;
                return { index, height, most, share: (height - least) / weight };
            })
            .filter(({ height, most }) => height < most)
            .sort((one, other) => one.share - other.share)[0];
        if (next === undefined) {
            break;
        }
        given[next.index] = next.height + 1;
        spare--;
    }
    return given;
}
