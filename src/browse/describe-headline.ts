import { formatCount, formatQuantity } from "../text/format-values.js";
import type { TableColumn } from "../text/format-table.js";
import type { MartHeadline } from "./mart-headline.js";
import { medianOrNull } from "../text/median.js";
import { isDrawable, readTime, type ChartPoint, type ChartValue } from "../text/charts/chart-values.js";
import { countBucketsOrNull } from "../text/charts/count-buckets.js";

/** A mart in one number. */
export interface HeadlineWords {
    /** `discount_amount` */
    readonly measure: string;
    /** `29,121.16` */
    readonly value: string;
    /** `week of 2025-03-03`, `median of 187 rows` */
    readonly of: string;
    /** `+2.8 % on the week before`; empty when there is nothing to compare with. */
    readonly change: string;
    /** `812.33 so far in the week of 2025-03-10`; empty when there is no more to say. */
    readonly rest: string;
    /** The values over time, or their distribution, to draw in one line. */
    readonly course: readonly ChartValue[];
}

const dayMs = 86_400_000;
const mostBuckets = 12;

/**
 * The newest complete period and its change since the one before. For a mart without periods, the median of its values.
 *
 * @param dataThroughMs the time of the newest record, in milliseconds since 1970: its period is not complete. Null if unknown
 * @returns null when there is no number
 */
export function describeHeadlineOrNull(headline: MartHeadline, dataThroughMs: number | null): HeadlineWords | null {
    const { chart } = headline;
    switch (chart.kind) {
        case "none":
            return null;
        case "bars":
        case "line":
            return describeSeries(chart.valueColumn, chart.points, headline, dataThroughMs);
        case "horizontal bars":
            return describeSpread(
                chart.valueColumn,
                chart.points.map(({ value }) => value),
                headline,
            );
        case "histogram":
            return describeSpread(chart.valueColumn, chart.values, headline);
    }
}

function describeSeries(
    measure: string,
    points: readonly ChartPoint[],
    { measure: look }: Pick<MartHeadline, "measure">,
    dataThroughMs: number | null,
): HeadlineWords | null {
    const known = points.flatMap(({ label, value }) => (isDrawable(value) ? [{ label, value }] : []));
    const lengthMs = periodLengthOrNull(points);
    const newest = known.at(-1);
    const isOpen =
        known.length > 1 &&
        lengthMs !== null &&
        dataThroughMs !== null &&
        isUnfinished(readTime(newest?.label ?? null), lengthMs, dataThroughMs);
    const [before, latest] = known.slice(0, isOpen ? -1 : undefined).slice(-2);
    const last = latest ?? before;
    if (last === undefined || newest === undefined) {
        return null;
    }
    const format = makeNumberFormat(
        known.map(({ value }) => value),
        look,
    );
    const period = lengthMs === null ? "period" : nameOf(lengthMs);
    const change = latest === undefined || before === undefined ? "" : formatChange(before.value, latest.value);
    return {
        measure,
        value: format(last.value),
        of: `${period} of ${last.label}`,
        change: change === "" ? "" : `${change} on the ${period} before`,
        rest: isOpen ? `${format(newest.value)} so far in the ${period} of ${newest.label}` : "",
        course: points.map(({ value }) => value),
    };
}

function describeSpread(
    measure: string,
    values: readonly ChartValue[],
    { isWhole, measure: look }: Pick<MartHeadline, "isWhole" | "measure">,
): HeadlineWords | null {
    const known = values.filter(isDrawable);
    const middle = medianOrNull(known);
    if (middle === null) {
        return null;
    }
    const format = makeNumberFormat(known, look);
    const most = format(Math.max(...known));
    if (!isWhole) {
        // Only the greatest values were read, so there is no median.
        return { measure, value: most, of: "the greatest value", change: "", rest: "", course: [] };
    }
    return {
        measure,
        value: format(middle),
        of: `median of ${formatQuantity(known.length, "row")}`,
        change: "",
        rest: known.length > 1 ? `the greatest ${most}` : "",
        course: known.length < 3 ? [] : (countBucketsOrNull(values, mostBuckets)?.counts ?? []),
    };
}

/** The median time from one period to the next. */
function periodLengthOrNull(points: readonly ChartPoint[]): number | null {
    const times = points.map(({ label }) => readTime(label)).filter(isDrawable);
    return medianOrNull(times.slice(1).map((time, index) => time - (times[index] ?? time)));
}

/** True for a period that goes on. Data arrives daily, so one that ends within half a day after the newest record is complete. */
function isUnfinished(startMs: ChartValue, lengthMs: number, dataThroughMs: number): boolean {
    return startMs !== null && startMs + lengthMs - dataThroughMs > Math.min(dayMs / 2, lengthMs / 10);
}

function nameOf(lengthMs: number): string {
    const days = Math.round(lengthMs / dayMs);
    const names = [
        [1, 1, "day"],
        [7, 7, "week"],
        [28, 31, "month"],
        [89, 92, "quarter"],
        [365, 366, "year"],
    ] as const;
    return names.find(([least, most]) => days >= least && days <= most)?.[2] ?? "period";
}

function formatChange(before: number, now: number): string {
    if (before === now) {
        return "no change";
    }
    if (before === 0) {
        return "";
    }
    const share = (now - before) / Math.abs(before);
    const percent =
        Math.abs(share) < 0.0995 ? (share * 100).toFixed(1) : formatCount(Math.round(Math.abs(share) * 100));
    const sign = share > 0 ? "+" : "-";
    return Math.abs(share) < 100 ? `${sign}${percent.replace("-", "")} %` : "";
}

/** Formats values with equal decimals (the column's, else as many as any value needs, up to four), separators and the unit. */
function makeNumberFormat(
    values: readonly number[],
    look: Pick<TableColumn, "decimals" | "unit"> | null,
): (value: number) => string {
    const needed = values.reduce((most, value) => {
        const fraction = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
        return Math.max(most, Math.min(4, fraction));
    }, 0);
    const decimals = look?.decimals ?? needed;
    const unit = look?.unit === undefined ? "" : ` ${look.unit}`;
    return (value) => {
        const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
        const isPlain = /^\d+$/.test(whole);
        const text = isPlain ? formatCount(Number(whole)) : String(value);
        return `${value < 0 ? "-" : ""}${fraction === undefined ? text : `${text}.${fraction}`}${unit}`;
    };
}
