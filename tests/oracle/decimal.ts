/** An exact decimal number, units × 10^-scale; `scale` is the display scale PostgreSQL's numeric would carry. */
export interface Decimal {
    readonly units: bigint;
    readonly scale: number;
}

export const zero: Decimal = { units: 0n, scale: 0 };

/** Reads `-12.50`; also `1.5e-7`. */
export function parseDecimal(text: string): Decimal {
    const match = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
    if (match === null) {
        throw new Error(`Not a decimal number: ${text}`);
    }
    const fraction = match[3] ?? "";
    const units = BigInt(`${match[1] ?? ""}${match[2] ?? ""}${fraction}`);
    const scale = fraction.length - Number(match[4] ?? 0);
    return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

export function fromInteger(value: number | bigint): Decimal {
    return { units: BigInt(value), scale: 0 };
}

/** PostgreSQL's cast of float8 to numeric: 15 significant digits. Null for what is not finite. */
export function fromFloat(value: number | null): Decimal | null {
    return value === null || !Number.isFinite(value) ? null : trim(parseDecimal(value.toPrecision(15)));
}

/** The number without its last zeros, as text: `1.5`, `-3`, `0`. */
export function formatDecimal(value: Decimal): string {
    const { units, scale } = trim(value);
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
    const sign = units < 0n ? "-" : "";
    return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function add(left: Decimal, right: Decimal): Decimal {
    const scale = Math.max(left.scale, right.scale);
    return { units: atScale(left, scale) + atScale(right, scale), scale };
}

export function subtract(left: Decimal, right: Decimal): Decimal {
    return add(left, { units: -right.units, scale: right.scale });
}

export function multiply(left: Decimal, right: Decimal): Decimal {
    return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** A hundredth, exactly. */
export function percent(value: Decimal): Decimal {
    return { units: value.units, scale: value.scale + 2 };
}

/** Half away from zero, as PostgreSQL's round(numeric, integer) does. */
export function round(value: Decimal, scale: number): Decimal {
    if (value.scale <= scale) {
        return { units: atScale(value, scale), scale };
    }
    return { units: divideRounded(value.units, 10n ** BigInt(value.scale - scale)), scale };
}

/**
 * PostgreSQL's numeric division: the quotient keeps at least 16 significant digits, counted in groups of four
 * (select_div_scale in src/backend/utils/adt/numeric.c), and is rounded half away from zero.
 */
export function divide(left: Decimal, right: Decimal): Decimal {
    const dividend = leadingGroup(left);
    const divisor = leadingGroup(right);
    const weight = dividend.weight - divisor.weight - (dividend.group <= divisor.group ? 1 : 0);
    const scale = Math.max(16 - 4 * weight, left.scale, right.scale, 0);
    const numerator = left.units * 10n ** BigInt(scale + right.scale);
    const denominator = right.units * 10n ** BigInt(left.scale);
    return { units: divideRounded(numerator, denominator), scale };
}

/** PostgreSQL's sum(numeric): nulls are skipped, null when nothing is left. */
export function sumOrNull(values: readonly (Decimal | null)[]): Decimal | null {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce(add);
}

/** PostgreSQL's avg(numeric). */
export function averageOrNull(values: readonly Decimal[]): Decimal | null {
    const sum = sumOrNull(values);
    return sum === null ? null : divide(sum, fromInteger(values.length));
}

/** PostgreSQL's percentile_cont over double precision, which is what numeric input becomes. */
export function percentileOrNull(values: readonly Decimal[], fraction: number): number | null {
    const sorted = values.map((value) => Number(formatDecimal(value))).sort((left, right) => left - right);
    const position = fraction * (sorted.length - 1);
    const low = sorted[Math.floor(position)];
    const high = sorted[Math.ceil(position)];
    if (low === undefined || high === undefined) {
        return null;
    }
    return low === high ? low : low + (position - Math.floor(position)) * (high - low);
}

function trim({ units, scale }: Decimal): Decimal {
    let trimmed = { units, scale };
    while (trimmed.scale > 0 && trimmed.units % 10n === 0n) {
        trimmed = { units: trimmed.units / 10n, scale: trimmed.scale - 1 };
    }
    return trimmed;
}

function atScale(value: Decimal, scale: number): bigint {
    return value.units * 10n ** BigInt(scale - value.scale);
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
    const isNegative = numerator < 0n !== denominator < 0n;
    const top = numerator < 0n ? -numerator : numerator;
    const bottom = denominator < 0n ? -denominator : denominator;
    const quotient = (2n * top + bottom) / (2n * bottom);
    return isNegative ? -quotient : quotient;
}

/** The first base-10000 digit that is not zero, and its power of 10000. */
function leadingGroup({ units, scale }: Decimal): { weight: number; group: number } {
    if (units === 0n) {
        return { weight: 0, group: 0 };
    }
    const digits = (units < 0n ? -units : units).toString();
    const exponent = digits.length - scale - 1;
    const weight = Math.floor(exponent / 4);
    const length = exponent - 4 * weight + 1;
    return { weight, group: Number(digits.slice(0, length).padEnd(length, "0")) };
}
