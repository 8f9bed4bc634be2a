/**
 * Makes the names of columns unique: `total, total` become `total, total_2`.
 * A name that a column already has is never given to another: `total, total, total_2` become `total, total_3, total_2`.
 */
export function uniqueNames(columns: readonly { readonly name: string }[]): readonly string[] {
    const given = new Set(columns.map(({ name }) => name));
    const taken = new Set<string>();
    const lastCounts = new Map<string, number>();
    return columns.map(({ name }) => {
        let unique = name;
        for (let count = lastCounts.get(name) ?? 2; taken.has(unique); count++) {
            const candidate = `${name}_${count}`;
            unique = given.has(candidate) ? name : candidate;
            lastCounts.set(name, count);
        }
        taken.add(unique);
        return unique;
    });
}
