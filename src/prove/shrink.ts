/**
 * Finds few items that still fail: leaves out halves, then quarters, down to single items, as long as that works.
 *
 * @param fails whether only these items fail; called for one choice after the other
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
        // Items that were needed before may be unnecessary now that others are left out.
        if (size > 1) {
            size = Math.floor(size / 2);
        } else if (left.length === before) {
            break;
        }
    }
    return left;
}
