/** The middle value, or the mean of the two middle ones; null for no values. */
export function medianOrNull(values: readonly number[]): number | null {
    const sorted = [...values].sort((one, other) => one - other);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle];
    const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
    return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
