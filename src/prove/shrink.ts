/**
 * The fewest of some items that still fail: leaves out halves, then quarters, down to single ones, for as long as that goes.
 *
 * @param fails whether these items alone fail; asked for one choice after the other
 */
export async function shrink<T>(
    items: readonly T[],
    fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
    let left = items;
    for (let size = Math.ceil(left.length / 2); size >= 1;) {
        const before = left.length;
        for (let at = 0; at < left.length;) {
            const fewer = left.filter((_item, place) => place < at || place >= at + size);
            if (await fails(fewer)) {
                left = fewer;
            } else {
                at += size;
            }
        }
        // What could not go before may go now that others have gone.
        if (size > 1) {
            size = Math.floor(size / 2);
        } else if (left.length === before) {
            break;
        }
    }
    return left;
}
