/** `1,234,567` */
export function formatCount(count: number): string {
    return groupDigits(String(count));
}

/** Separates thousands by commas; the digits may begin with `-`. */
export function groupDigits(digits: string): string {
    const start = digits.startsWith("-") ? 1 : 0;
    const head = start + ((digits.length - start) % 3 || 3);
    return digits.slice(0, head) + digits.slice(head).replaceAll(/\d{3}/g, ",$&");
}

/** `3 rows`, `1 row` */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
    return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `0.3 s`, `12 s`, `3 min 5 s`, `2 h 4 min` */
export function formatDuration(durationMs: number): string {
    const seconds = durationMs / 1000;
    if (seconds < 9.95) {
        return `${seconds.toFixed(1)} s`;
    }
    const whole = Math.round(seconds);
    if (whole < 60) {
        return `${whole} s`;
    }
    return whole < 3600
        ? `${Math.floor(whole / 60)} min ${whole % 60} s`
        : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `+12 ~3 -0 =100`: rows inserted, updated, deleted, unchanged. */
export function formatRowCounts(rows: {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
    readonly unchanged: number;
}): string {
    return `+${formatCount(rows.inserted)} ~${formatCount(rows.updated)} -${formatCount(rows.deleted)} =${formatCount(rows.unchanged)}`;
}
