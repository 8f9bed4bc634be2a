import { isIntegerType, isNumericType } from "../text/column-types.js";
import { isDateType, isIntervalType, isTimestamptzType, isTimestampType, isTimeType } from "../text/column-kinds.js";

/** SQL that maps values of a type to numbers and back, so that distances can be computed. */
export interface ColumnScale {
    /** SQL for the number of a value; null for NaN, infinities and values out of range. */
    readonly numberOf: (value: string) => string;
    /** SQL for the text of the value at a number. */
    readonly textAt: (number: string) => string;
    /** Round widths for a histogram's buckets, in ascending order, as numbers. */
    readonly steps: readonly string[];
    /** True when the mean of values is meaningful. */
    readonly hasMean: boolean;
    /** True when the median of an even number of values is the mean of the two in the middle. */
    readonly isNumeric: boolean;
}

/** The scale of a type; null for types whose values have no distances. */
export function scaleOrNull(typeId: number): ColumnScale | null {
    if (isNumericType(typeId)) {
        return isIntegerType(typeId) ? integerScale : fractionScale;
    }
    if (isDateType(typeId)) {
        return dateScale;
    }
    if (isTimestampType(typeId) || isTimestamptzType(typeId)) {
        return makeTimestampScale(isTimestampType(typeId) ? "timestamp" : "timestamptz");
    }
    if (isTimeType(typeId)) {
        return timeScale;
    }
    return isIntervalType(typeId) ? intervalScale : null;
}

/** 1, 2 and 5 times the powers of ten. */
function roundSteps(least: number, most: number): readonly string[] {
    return Array.from({ length: most - least + 1 }, (_, at) =>
        [1, 2, 5].map((digit) => `${digit}e${least + at}`),
    ).flat();
}

const daySteps = [
    1,
    2,
    7,
    14,
    28,
    91,
    182,
    ...[0, 1, 2, 3, 4, 5, 6].flatMap((power) => [364, 728, 1820].map((days) => days * 10 ** power)),
];
const secondsOfDay = 86_400;
const timeOfDaySteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const secondSteps = [
    ...roundSteps(-6, -1),
    ...[...timeOfDaySteps, ...daySteps.map((days) => days * secondsOfDay)].map(String),
];

const integerScale: ColumnScale = {
    // There is no cast from oid to numeric.
    numberOf: (value) => `${value}::bigint::numeric`,
    textAt: (number) => `trim_scale(${number})::text`,
    steps: roundSteps(0, 18),
    hasMean: true,
    isNumeric: true,
};

const fractionScale: ColumnScale = {
    // Sums and quotients of double precision can overflow and underflow; those of numeric do not.
    numberOf: (value) =>
        `case when ${value}::numeric not in ('NaN', 'Infinity', '-Infinity') then ${value}::numeric end`,
    textAt: (number) => `trim_scale(${number})::text`,
    steps: roundSteps(-330, 330),
    hasMean: true,
    isNumeric: true,
};

// Weeks begin on Mondays.
const firstMonday = "2000-01-03";

const dateScale: ColumnScale = {
    numberOf: (value) => `case when isfinite(${value}) then (${value} - date '${firstMonday}')::numeric end`,
    textAt: (number) => {
        const least = `date '4713-01-01 BC' - date '${firstMonday}'`;
        const most = `date '5874897-12-31' - date '${firstMonday}'`;
        return `(date '${firstMonday}' + greatest(${least}, least(${most}, ${number}))::integer)::text`;
    },
    steps: daySteps.map(String),
    hasMean: false,
    isNumeric: false,
};

function makeTimestampScale(type: "timestamp" | "timestamptz"): ColumnScale {
    const origin = `${type} '${firstMonday} 00:00:00+00'`;
    const secondsAt = (value: string): string => `extract(epoch from ${value}) - extract(epoch from ${origin})`;
    return {
        numberOf: (value) => `case when isfinite(${value}) then ${secondsAt(value)} end`,
        textAt: (number) => {
            const least = secondsAt(`${type} '4713-01-01 00:00:00+00 BC'`);
            const most = secondsAt(`${type} '294276-12-31 00:00:00+00'`);
            return `(${origin} + greatest(${least}, least(${most}, ${number})) * interval '1 second')::text`;
        },
        steps: secondSteps,
        hasMean: false,
        isNumeric: false,
    };
}

const timeScale: ColumnScale = {
    numberOf: (value) => `extract(epoch from ${value})`,
    // `24:00:00`, midnight at the end of a day, is a valid time too.
    textAt: (number) =>
        `case when ${number} >= ${secondsOfDay} then '24:00:00' else (time '00:00' + ${number} * interval '1 second')::text end`,
    steps: secondSteps,
    hasMean: false,
    isNumeric: false,
};

/** About the most seconds that an interval can hold. */
const mostSeconds = 9e12;

const intervalScale: ColumnScale = {
    // As PostgreSQL compares them: a month has 30 days and a day 24 hours.
    numberOf: (value) => {
        const days = `((extract(year from ${value}) * 12 + extract(month from ${value})) * 30 + extract(day from ${value}))`;
        const seconds = `extract(hour from ${value}) * 3600 + extract(minute from ${value}) * 60 + extract(second from ${value})`;
        const number = `${days} * ${secondsOfDay} + ${seconds}`;
        return `case when isfinite(${value}) and abs(${number}) < ${mostSeconds} then ${number} end`;
    },
    textAt: (number) => `justify_interval(${number} * interval '1 second')::text`,
    steps: secondSteps,
    hasMean: true,
    isNumeric: false,
};
