import { cutToWidth, makeVisible } from "../visible-text.js";
import { medianOrNull } from "../median.js";
import type { ChartChoice } from "./choose-chart.js";
import { isDrawable, type ChartPoint, type ChartValue } from "./chart-values.js";
import { formatMagnitude } from "./format-magnitude.js";

/** The chart in one sentence, for readers who cannot see it or prefer words: least, most, trend, last. */
export function describeChart(choice: ChartChoice): string {
    switch (choice.kind) {
        case "none":
            return choice.reason;
        case "bars":
        case "line":
            return describeCourse(choice.points);
        case "horizontal bars":
            return describeRanking(choice.points);
        case "histogram":
            return describeSpread(choice.values);
    }
}

interface Known {
    readonly label: string;
    readonly value: number;
}

function describeCourse(points: readonly ChartPoint[]): string {
    const known = points.flatMap(toKnown);
    const [first] = known;
    const last = known.at(-1);
    if (first === undefined || last === undefined) {
        return describeFew(known, points.length);
    }
    const { least, most } = extremes(known);
    const gaps = points.length - known.length;
    const missing = gaps === 0 ? "" : `; ${gaps} without a value`;
    if (known.length === 1) {
        return describeFew(known, points.length);
    }
    if (least.value === most.value) {
        return `Always ${formatMagnitude(first.value)}, from ${first.label} to ${last.label}${missing}.`;
    }
    const trend = describeTrend(points.map(({ value }) => value));
    return `Least ${tell(least)}, most ${tell(most)}, ${trend}; last ${tell(last)}${missing}.`;
}

function describeRanking(points: readonly ChartPoint[]): string {
    const known = points.flatMap(toKnown);
    if (known.length < 2) {
        return describeFew(known, points.length);
    }
    const { least, most } = extremes(known);
    const gaps = points.length - known.length;
    const missing = gaps === 0 ? "" : `; ${gaps} without a value`;
    if (least.value === most.value) {
        return `All ${known.length} are ${formatMagnitude(most.value)}${missing}.`;
    }
    const middle = medianOrNull(known.map(({ value }) => value)) ?? 0;
    const half = known.length < 4 ? "" : `, half of the ${known.length} at least ${formatMagnitude(middle)}`;
    return `Most ${tell(most)}, least ${tell(least)}${half}${missing}.`;
}

function describeSpread(values: readonly ChartValue[]): string {
    const known = values.filter(isDrawable).sort((one, other) => one - other);
    const [least] = known;
    const most = known.at(-1);
    if (least === undefined || most === undefined) {
        return describeFew([], values.length);
    }
    const gaps = values.length - known.length;
    const missing = gaps === 0 ? "" : `; ${gaps} without a value`;
    if (least === most) {
        return `Always ${formatMagnitude(least)}, ${known.length === 1 ? "once" : `${known.length} times`}${missing}.`;
    }
    const at = (share: number): string => formatMagnitude(known[Math.floor(share * (known.length - 1))] ?? least);
    const spread = known.length < 10 ? "" : `; half of them from ${at(0.25)} to ${at(0.75)}`;
    return `${known.length} values from ${formatMagnitude(least)} to ${formatMagnitude(most)}${spread}${missing}.`;
}

function describeFew([only]: readonly Known[], count: number): string {
    if (only !== undefined) {
        return count === 1 ? `The only value is ${tell(only)}.` : `The only value of ${count} is ${tell(only)}.`;
    }
    return count === 0 ? "There is nothing to draw." : "None of them has a value.";
}

function tell({ label, value }: Known): string {
    return `${formatMagnitude(value)} (${label})`;
}

function toKnown({ label, value }: ChartPoint): readonly Known[] {
    return isDrawable(value) ? [{ label: cutToWidth(makeVisible(label), 30), value }] : [];
}

/** The least and the greatest; the first among equal ones. */
function extremes(known: readonly Known[]): { readonly least: Known; readonly most: Known } {
    const [first = { label: "", value: 0 }] = known;
    let least = first;
    let most = first;
    for (const each of known) {
        least = each.value < least.value ? each : least;
        most = each.value > most.value ? each : most;
    }
    return { least, most };
}

/** The direction of a straight line through the values, if it explains at least a quarter of their variance. */
function describeTrend(values: readonly ChartValue[]): string {
    const size = Math.max(...values.filter(isDrawable).map(Math.abs));
    const spots = values.flatMap((value, place) => (isDrawable(value) ? [{ x: place, y: value / size }] : []));
    const mean = (numbers: readonly number[]): number =>
        numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const middle = { x: mean(spots.map(({ x }) => x)), y: mean(spots.map(({ y }) => y)) };
    const product = (one: "x" | "y", other: "x" | "y"): number =>
        spots.reduce((sum, spot) => sum + (spot[one] - middle[one]) * (spot[other] - middle[other]), 0);
    const along = product("x", "y");
    const explained = along ** 2 / (product("x", "x") * product("y", "y"));
    return explained < 0.25 ? "up and down" : along > 0 ? "rising" : "falling";
}
