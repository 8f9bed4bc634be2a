/** The values by a key of theirs, groups in the order of their first value. */
export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, [T, ...T[]]> {
    const groups = new Map<K, [T, ...T[]]>();
    for (const value of values) {
        const key = keyOf(value);
        const group = groups.get(key);
        if (group === undefined) {
            groups.set(key, [value]);
        } else {
            group.push(value);
        }
    }
    return groups;
}
