/** An axis: round numbers at equal distances. The first is at or below all values, the last at or above. */
export interface Scale {
    readonly low: number;
    readonly high: number;
    /** From `low` to `high`. */
    readonly ticks: readonly number[];
}

/**
 * The axis for values from `least` to `most`, with 2 to `maxTicks` ticks.
 * Steps are 1, 2, 2.5 or 5 times a power of ten; with `isWhole` they are whole numbers.
 */
export function makeScale(least: number, most: number, maxTicks: number, isWhole = false): Scale {
    if (least === most) {
        return least === 0
            ? makeScale(0, 1, maxTicks, isWhole)
            : makeScale(Math.min(least, 0), Math.max(most, 0), maxTicks, isWhole);
    }
    const intervals = Math.max(1, Math.floor(maxTicks) - 1);
    // Divided before subtracting: the difference of the greatest doubles would overflow.
    let step = chooseStep(most / intervals - least / intervals, isWhole);
    for (let attempt = 0; attempt < 8; attempt++) {
        const first = Math.floor(least / step + 1e-9);
        const last = Math.ceil(most / step - 1e-9);
        if (!Number.isFinite(first) || !Number.isFinite(last) || last - first < 1) {
            break;
        }
        if (last - first <= intervals) {
            const ticks = Array.from({ length: last - first + 1 }, (_, index) => roundTo((first + index) * step, step));
            const [low = least] = ticks;
            const high = ticks.at(-1) ?? most;
            // Adjacent doubles have no numbers between them.
            const isRising = ticks.every((tick, index) => index === 0 || tick > (ticks[index - 1] ?? tick));
            return Number.isFinite(low) && Number.isFinite(high) && isRising && low <= least && high >= most
                ? { low, high, ticks }
                : { low: least, high: most, ticks: [least, most] };
        }
        step = chooseStep(step * 1.01, isWhole);
    }
    return { low: least, high: most, ticks: [least, most] };
}

/** The place of a value on the axis, from 0 to 1. */
export function placeOn({ low, high }: Pick<Scale, "low" | "high">, value: number): number {
    const isHuge = !Number.isFinite(high - low);
    const place = isHuge
        ? shareOf(value / 2 - low / 2, { low: low / 2, high: high / 2 })
        : shareOf(value - low, { low, high });
    return Math.min(1, Math.max(0, place));
}

/** A distance as a share of the whole axis. */
export function shareOf(distance: number, { low, high }: Pick<Scale, "low" | "high">): number {
    const span = high - low;
    // The difference of the greatest doubles overflows.
    const share = Number.isFinite(span) ? distance / span : distance / 2 / (high / 2 - low / 2);
    return Number.isFinite(share) ? share : 0;
}

function chooseStep(wish: number, isWhole: boolean): number {
    const step = niceStep(wish);
    // 2.5 becomes 5.
    return isWhole && !Number.isInteger(step) ? niceStep(Math.ceil(step)) : step;
}

/** The least round step that is at least the wish. */
function niceStep(wish: number): number {
    const power = 10 ** Math.floor(Math.log10(wish));
    return power * ([1, 2, 2.5, 5].find((factor) => factor * power >= wish * (1 - 1e-9)) ?? 10);
}

/** Removes the noise of binary fractions: 0.30000000000000004 becomes 0.3. */
function roundTo(value: number, step: number): number {
    const digits = Math.ceil(-Math.log10(step)) + 2;
    return digits > 0 && digits <= 100 ? Number(value.toFixed(digits)) : value;
}
