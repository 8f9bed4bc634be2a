import { isTemporalType } from "../column-kinds.js";
import { isIntegerType, isNumericType } from "../column-types.js";
import { isIdentifier, type TextRow } from "../format-table.js";
import { isDrawable, readNumber, readTime, type ChartPoint, type ChartValue } from "./chart-values.js";
import { rankMeasures, type ChartColumn } from "./rank-measures.js";

/** A chart for a result, with the columns and values to draw. */
export type ChartChoice =
    | {
          readonly kind: "bars" | "line";
          readonly labelColumn: string;
          readonly valueColumn: string;
          /** Ordered by time. */
          readonly points: readonly ChartPoint[];
      }
    | {
          readonly kind: "horizontal bars";
          readonly labelColumn: string;
          readonly valueColumn: string;
          /** The greatest value comes first. */
          readonly points: readonly ChartPoint[];
      }
    | { readonly kind: "histogram"; readonly valueColumn: string; readonly values: readonly ChartValue[] }
    | { readonly kind: "none"; readonly reason: string };

/** More values than this are easier to read as a line than as bars. */
const mostBars = 60;
/** Charts are offered for at most so many measures. */
const mostMeasures = 12;

/**
 * All charts that suit the rows, the best first; a single `none` with the reason when no chart does.
 *
 * @param about the topic of the rows, such as the comment of their relation: measures that it mentions come first
 */
export function listCharts(
    columns: readonly ChartColumn[],
    rows: readonly TextRow[],
    about = "",
): readonly ChartChoice[] {
    if (rows.length === 0) {
        return [{ kind: "none", reason: "There are no rows to draw." }];
    }
    const places = columns.map((column, place) => ({ ...column, place }));
    const periods = places.find((column) => isPeriod(column, rows)) ?? null;
    const measures = places.filter(
        (column) =>
            column !== periods &&
            isNumericType(column.typeId) &&
            !isIdentifier(column) &&
            rows.some((row) => isDrawable(readNumber(row[column.place] ?? null))),
    );
    if (measures.length === 0) {
        return [{ kind: "none", reason: "There is no column of numbers to draw." }];
    }
    const ranked = rankMeasures(measures, about).slice(0, mostMeasures);
    const histograms = ranked.map(({ name, place }): ChartChoice => ({
        kind: "histogram",
        valueColumn: name,
        values: rows.map((row) => readNumber(row[place] ?? null)),
    }));
    if (periods !== null) {
        const series = ranked.map((measure) => makeSeries(periods, measure, rows));
        return [
            ...series.map((each) => each),
            ...series.map((each): ChartChoice => ({ ...each, kind: each.kind === "bars" ? "line" : "bars" })),
            ...histograms,
        ];
    }
    const names = findNamesOrNull(places, rows);
    return [...(names === null ? [] : ranked.map((measure) => makeRanking(names, measure, rows))), ...histograms];
}

/** The chart that suits the rows best. */
export function chooseChart(columns: readonly ChartColumn[], rows: readonly TextRow[], about = ""): ChartChoice {
    return listCharts(columns, rows, about)[0] ?? { kind: "none", reason: "There is nothing to draw." };
}

interface PlacedColumn extends ChartColumn {
    readonly place: number;
}

/** True when each row has its own period (a day, a week, a year), not a moment at which something happened. */
function isPeriod(column: PlacedColumn, rows: readonly TextRow[]): boolean {
    const isYear = isIntegerType(column.typeId) && /(^|_)(year|month|week|quarter|day|hour)$/i.test(column.name);
    if (!isYear && !isTemporalType(column.typeId)) {
        return false;
    }
    const texts = rows.map((row) => row[column.place] ?? null);
    const times = texts.map(isYear ? readNumber : readTime).filter(isDrawable);
    const isHourly = isYear || times.every((time) => time % 3_600_000 === 0);
    return times.length >= rows.length - 1 && times.length > 0 && isHourly && new Set(times).size === times.length;
}

function makeSeries(
    periods: PlacedColumn,
    measure: PlacedColumn,
    rows: readonly TextRow[],
): ChartChoice & { readonly kind: "bars" | "line" } {
    const timeOf = isNumericType(periods.typeId) ? readNumber : readTime;
    const points = rows
        .map((row) => ({
            time: timeOf(row[periods.place] ?? null),
            label: labelOf(row[periods.place] ?? null, periods),
            value: readNumber(row[measure.place] ?? null),
        }))
        .filter(({ time }) => time !== null)
        .sort((one, other) => (one.time ?? 0) - (other.time ?? 0))
        .map(({ label, value }) => ({ label, value }));
    const kind = points.length > mostBars || isLevel(measure) ? "line" : "bars";
    return { kind, labelColumn: periods.name, valueColumn: measure.name, points };
}

/** True for measures that do not add up over time: an average, a rate, a price. */
function isLevel({ name }: PlacedColumn): boolean {
    return /(^|_)(avg|average|mean|median|p\d+|min|max|rate|ratio|share|percent|percentage|price|level|balance)(_|$)/i.test(
        name,
    );
}

function makeRanking({ names, numbers }: RowNames, measure: PlacedColumn, rows: readonly TextRow[]): ChartChoice {
    const points = rows.map((row) => ({
        label: nameRow(row, names, numbers),
        value: readNumber(row[measure.place] ?? null),
    }));
    // Rows without a number come last; equal ones keep their order.
    const order = (value: ChartValue): number => value ?? Number.NEGATIVE_INFINITY;
    points.sort((one, other) =>
        order(one.value) < order(other.value) ? 1 : order(one.value) > order(other.value) ? -1 : 0,
    );
    return { kind: "horizontal bars", labelColumn: names.name, valueColumn: measure.name, points };
}

interface RowNames {
    readonly names: PlacedColumn;
    /** Labels rows whose name is null; null when there is no such column. */
    readonly numbers: PlacedColumn | null;
}

function nameRow(row: TextRow, names: PlacedColumn, numbers: PlacedColumn | null): string {
    const number = numbers === null ? null : (row[numbers.place] ?? null);
    const name = row[names.place] ?? null;
    return name === null && numbers !== null && number !== null ? `${numbers.name} ${number}` : labelOf(name, names);
}

/** The column that names the rows best: one without repeated values, text before identifiers before dates. */
function findNamesOrNull(columns: readonly PlacedColumn[], rows: readonly TextRow[]): RowNames | null {
    const tells = columns.filter(({ place }) => {
        const values = rows.map((row) => row[place] ?? null).filter((value) => value !== null);
        return values.length * 2 >= rows.length && new Set(values).size === values.length;
    });
    const numbers = tells.find((column) => isIdentifier(column)) ?? null;
    const names =
        tells.find(({ typeId }) => !isNumericType(typeId) && !isTemporalType(typeId)) ??
        numbers ??
        tells.find(({ typeId }) => isTemporalType(typeId));
    return names === undefined ? null : { names, numbers };
}

/** The label of a value; a timestamp at midnight is shown as its date. */
function labelOf(text: string | null, { name, typeId }: PlacedColumn): string {
    return text === null ? `no ${name}` : isTemporalType(typeId) ? text.replace(/ 00:00:00(\+00)?$/, "") : text;
}
