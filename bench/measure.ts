/** The middle of the values; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    const middle = sorted.length / 2;
    return ((sorted[Math.floor(middle - 0.5)] ?? NaN) + (sorted[Math.ceil(middle - 0.5)] ?? NaN)) / 2;
}

/**
 * Measures alternatives in turn, A B C A B C …, so that other load of the machine affects all of them alike.
 *
 * @returns for each alternative, the result of each round.
 */
export async function interleave<T, Name extends string>(
    rounds: number,
    alternatives: Readonly<Record<Name, (round: number) => Promise<T>>>,
): Promise<Record<Name, T[]>> {
    const names = Object.keys(alternatives) as Name[];
    const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]>;
    for (let round = 0; round < rounds; round += 1) {
        for (const name of names) {
            results[name].push(await alternatives[name](round));
        }
    }
    return results;
}

/** A table in plain text: the first column to the left, the others to the right. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [header, ...rows];
    const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
    const lines = all.map((row) =>
        row
            .map((cell, column) =>
                column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
            )
            .join("  ")
            .trimEnd(),
    );
    process.stdout.write(`\n${title}\n${lines.join("\n")}\n`);
}

/** Prints the benchmark's progress. */
export function printProgress(text: string): void {
    process.stderr.write(`… ${text}\n`);
}

export function formatMs(durationMs: number): string {
    return durationMs < 10_000
        ? `${durationMs.toFixed(durationMs < 100 ? 1 : 0)} ms`
        : `${(durationMs / 1000).toFixed(1)} s`;
}

export function formatCount(count: number): string {
    return count.toLocaleString("en");
}

export function formatRatio(ratio: number): string {
    return ratio < 0.1 ? `1/${(1 / ratio).toFixed(0)}` : ratio.toFixed(3);
}
