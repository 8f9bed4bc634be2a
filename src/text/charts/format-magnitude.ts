const units = ["", "k", "M", "B", "T"] as const;

/** A number in about three digits, where room is short: `812`, `12.3k`, `-1.25M`, `0.05`, `3e-7`. */
export function formatMagnitude(value: number): string {
    if (!Number.isFinite(value)) {
        return String(value);
    }
    const size = Math.abs(value);
    if (size !== 0 && (size < 0.001 || size >= 999.5e12)) {
        return shortenExponent(value.toExponential(1));
    }
    const unit = unitOf(size);
    return dropZeros((value / 1000 ** unit).toFixed(decimalsOf(size / 1000 ** unit))) + (units[unit] ?? "");
}

/** The numbers of an axis, all in one unit and with just enough decimals to tell them apart. */
export function formatTicks(ticks: readonly number[]): readonly string[] {
    const most = Math.max(0, ...ticks.map(Math.abs));
    const step = Math.min(...ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0)));
    if (ticks.length < 2 || (most !== 0 && (most < 0.001 || most >= 999.5e12))) {
        return ticks.map(formatMagnitude);
    }
    const unit = unitOf(most);
    const scaled = step / 1000 ** unit;
    // Steps are 1, 2, 2.5 or 5 times a power of ten; a very fine step gets six decimals at most.
    const decimals = [0, 1, 2, 3, 4, 5].find((count) => isWhole(scaled * 10 ** count)) ?? 6;
    return ticks.map((tick) => {
        const text = (tick / 1000 ** unit).toFixed(decimals);
        return Number(text) === 0 ? "0" : text + (units[unit] ?? "");
    });
}

function isWhole(value: number): boolean {
    return value >= 0.999 && Math.abs(value - Math.round(value)) < 1e-6 * Math.max(1, value);
}

/** The power of a thousand to divide by. Rounding counts: 999,950 is shown as 1M. */
function unitOf(size: number): number {
    return units.findIndex((_, unit) => size < 999.5 * 1000 ** unit || unit === units.length - 1);
}

/** How many decimals show three significant digits. */
function decimalsOf(size: number): number {
    return size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size >= 0.09995 ? 3 : size >= 0.009995 ? 4 : 5;
}

function dropZeros(text: string): string {
    const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
    return short === "-0" ? "0" : short;
}

function shortenExponent(text: string): string {
    return text.replace(".0e", "e").replace("e+", "e");
}
