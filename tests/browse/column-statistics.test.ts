import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { ColumnStatistics } from "../../src/browse/column-statistics.js";
import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import { loadEstimatedStatistics } from "../../src/browse/load-estimated-statistics.js";
import { loadExactStatistics } from "../../src/browse/load-exact-statistics.js";
import { openQuery } from "../../src/browse/open-query.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { countCases } from "../setup/effort.js";
import { openView, readOptions } from "./sample-rows.js";

/** Rows of one column, as SQL, null for none. */
async function statisticsOf(
    test: TestDatabase,
    type: string,
    values: readonly (string | null)[],
): Promise<ColumnStatistics> {
    const rows = values.map((value) => (value === null ? "(null)" : `('${value.replaceAll("'", "''")}')`)).join(", ");
    const source =
        values.length === 0 ? "(select null as value) as given where false" : `(values ${rows}) as given (value)`;
    const relation = await openQuery(test.connected, `select value::${type} as value from ${source}`, readOptions);
    return loadExactStatistics(test.connected, makeGridView(relation), "value", readOptions);
}

const nothing: ColumnStatistics = {
    accuracy: "exact",
    rowCount: 0,
    nullCount: 0,
    notFiniteCount: 0,
    distinctCount: 0,
    min: null,
    max: null,
    mean: null,
    median: null,
    p90: null,
    lengths: null,
    histogram: [],
    mostCommon: [],
};

const common = (value: string, count: number, rows: number) => ({
    value,
    isClipped: false,
    count,
    share: count / rows,
});

describeOnBothDatabases("loadExactStatistics", (test) => {
    beforeAll(async () => {
        await test.connected.query("create schema kinds");
        await test.connected.query("create type kinds.mood as enum ('sad', 'ok', 'happy')");
        await test.connected.query("create domain kinds.score as numeric(6, 2) check (value < 1000)");
        await test.connected.query("create type kinds.pair as (a integer, b text)");
    });

    it.each<[string, readonly (string | null)[], Partial<ColumnStatistics>]>([
        ["integer", [], {}],
        ["integer", [null, null], { rowCount: 2, nullCount: 2 }],
        [
            "integer",
            ["3", "1", null, "2", "2"],
            {
                rowCount: 5,
                nullCount: 1,
                distinctCount: 3,
                min: "1",
                max: "3",
                mean: "2",
                median: "2",
                p90: "3",
                histogram: [
                    { from: "1", to: "2", count: 1 },
                    { from: "2", to: "3", count: 2 },
                    { from: "3", to: "4", count: 1 },
                ],
                mostCommon: [common("2", 2, 5), common("1", 1, 5), common("3", 1, 5)],
            },
        ],
        [
            "bigint",
            ["9223372036854775807", "-9223372036854775808"],
            {
                rowCount: 2,
                distinctCount: 2,
                min: "-9223372036854775808",
                max: "9223372036854775807",
                mean: "-0.5",
                median: "-0.5",
                p90: "9223372036854775807",
                mostCommon: [common("-9223372036854775808", 1, 2), common("9223372036854775807", 1, 2)],
                histogram: Array.from({ length: 20 }, (_, at) => ({
                    from: String((BigInt(at) - 10n) * 10n ** 18n),
                    to: String((BigInt(at) - 9n) * 10n ** 18n),
                    count: at === 0 || at === 19 ? 1 : 0,
                })),
            },
        ],
        [
            "double precision",
            ["NaN", "Infinity", "-Infinity", "0.1", "0.2", null],
            {
                rowCount: 6,
                nullCount: 1,
                notFiniteCount: 3,
                distinctCount: 5,
                min: "-Infinity",
                max: "NaN",
                mean: "0.15",
                median: "0.2",
                p90: "NaN",
                mostCommon: ["-Infinity", "0.1", "0.2", "Infinity", "NaN"].map((value) => common(value, 1, 6)),
            },
        ],
        [
            "double precision",
            ["1e308", "1.7e308", "-1.7e308", "5e-324"],
            { rowCount: 4, distinctCount: 4, min: "-1.7e+308", max: "1.7e+308", mean: "2.5e+307", median: "5e+307" },
        ],
        [
            "real",
            ["0.1", "0.3"],
            { rowCount: 2, distinctCount: 2, min: "0.1", max: "0.3", mean: "0.2", median: "0.2", p90: "0.3" },
        ],
        [
            "numeric",
            ["1.50", "NaN", "1.5", "-Infinity"],
            {
                rowCount: 4,
                notFiniteCount: 2,
                distinctCount: 3,
                min: "-Infinity",
                max: "NaN",
                mean: "1.5",
                p90: "NaN",
            },
        ],
        ["kinds.score", ["1.5", "2"], { rowCount: 2, min: "1.50", max: "2.00", mean: "1.75", median: "1.75" }],
        [
            "boolean",
            ["t", "f", "t", null],
            {
                rowCount: 4,
                nullCount: 1,
                distinctCount: 2,
                min: "f",
                max: "t",
                mostCommon: [common("t", 2, 4), common("f", 1, 4)],
            },
        ],
        [
            "date",
            ["2024-01-01", "2024-01-20", "infinity", null],
            {
                rowCount: 4,
                nullCount: 1,
                notFiniteCount: 1,
                distinctCount: 3,
                min: "2024-01-01",
                max: "infinity",
                median: "2024-01-20",
                p90: "infinity",
            },
        ],
        [
            "date",
            ["2024-01-03", "2024-02-20", "2024-03-01"],
            {
                min: "2024-01-03",
                max: "2024-03-01",
                median: "2024-02-20",
                histogram: [
                    { from: "2024-01-01", to: "2024-01-08", count: 1 },
                    { from: "2024-01-08", to: "2024-01-15", count: 0 },
                    { from: "2024-01-15", to: "2024-01-22", count: 0 },
                    { from: "2024-01-22", to: "2024-01-29", count: 0 },
                    { from: "2024-01-29", to: "2024-02-05", count: 0 },
                    { from: "2024-02-05", to: "2024-02-12", count: 0 },
                    { from: "2024-02-12", to: "2024-02-19", count: 0 },
                    { from: "2024-02-19", to: "2024-02-26", count: 1 },
                    { from: "2024-02-26", to: "2024-03-04", count: 1 },
                ],
            },
        ],
        ["date", ["4713-01-01 BC", "5874897-12-31"], { min: "4713-01-01 BC", max: "5874897-12-31" }],
        [
            "timestamptz",
            ["2024-01-01 00:00:30+00", "2024-01-01 00:01:10.5+00", "-infinity"],
            {
                rowCount: 3,
                notFiniteCount: 1,
                min: "-infinity",
                max: "2024-01-01 00:01:10.5+00",
                median: "2024-01-01 00:00:30+00",
            },
        ],
        [
            "timestamp",
            ["2024-01-01 00:00:00", "2024-01-01 02:00:00"],
            {
                histogram: Array.from({ length: 13 }, (_, at) => ({
                    from: `2024-01-01 0${Math.floor(at / 6)}:${String((at % 6) * 10).padStart(2, "0")}:00`,
                    to: `2024-01-01 0${Math.floor((at + 1) / 6)}:${String(((at + 1) % 6) * 10).padStart(2, "0")}:00`,
                    count: at === 0 || at === 12 ? 1 : 0,
                })),
            },
        ],
        ["timestamp", ["4713-01-01 00:00:00 BC", "294276-12-31 23:59:59"], { max: "294276-12-31 23:59:59" }],
        ["time", ["00:00", "24:00:00"], { min: "00:00:00", max: "24:00:00", median: "00:00:00" }],
        [
            "interval",
            ["1 day", "24:00:00", "3 days", "1 mon"],
            { rowCount: 4, distinctCount: 3, max: "1 mon", mean: "8 days 18:00:00", p90: "1 mon" },
        ],
        [
            "text",
            ["b", "", "äö🙂", null, "b"],
            {
                rowCount: 5,
                nullCount: 1,
                distinctCount: 3,
                min: "",
                max: "äö🙂",
                lengths: { min: 0, max: 3, mean: 1.25 },
                mostCommon: [common("b", 2, 5), common("", 1, 5), common("äö🙂", 1, 5)],
            },
        ],
        ["char(3)", ["a", "abc"], { min: "a  ", max: "abc", lengths: { min: 1, max: 3, mean: 2 } }],
        [
            "kinds.mood",
            ["sad", "happy", "happy", "ok"],
            {
                distinctCount: 3,
                min: "sad",
                max: "happy",
                mostCommon: [common("happy", 2, 4), common("sad", 1, 4), common("ok", 1, 4)],
            },
        ],
        ["integer[]", ["{1,2}", "{1}", "{1}"], { distinctCount: 2, min: "{1}", max: "{1,2}" }],
        ["kinds.pair", ["(1,x)", "(0,y)"], { distinctCount: 2, min: "(0,y)", max: "(1,x)" }],
        [
            "json",
            ['{"a": 1}', '{"a": 1}', '{"a":1}'],
            {
                rowCount: 3,
                distinctCount: 2,
                min: null,
                mostCommon: [common('{"a": 1}', 2, 3), common('{"a":1}', 1, 3)],
            },
        ],
        ["jsonb", ['{"a": 1}', '{"a":1}'], { distinctCount: 1, mostCommon: [common('{"a": 1}', 2, 2)] }],
        ["point", ["(1,2)", "(1,2)"], { distinctCount: 1, min: null, mostCommon: [common("(1,2)", 2, 2)] }],
        ["bytea", ["\\x00ff", "\\x01"], { distinctCount: 2, min: "\\x00ff", max: "\\x01" }],
        ["oid", ["1", "4294967295"], { min: "1", max: "4294967295", mean: "2147483648", median: "2147483648" }],
        ["uuid", ["00000000-0000-0000-0000-000000000001"], { min: "00000000-0000-0000-0000-000000000001" }],
        ["inet", ["10.0.0.1", "9.0.0.0/8"], { min: "9.0.0.0/8", max: "10.0.0.1" }],
    ])("of %s %j", async (type, values, expected) => {
        const found = await statisticsOf(test, type, values);
        expect(found).toMatchObject(values.length === 0 ? nothing : expected);
        const inBuckets = found.histogram.reduce((sum, { count }) => sum + count, 0);
        const finite = found.rowCount - found.nullCount - found.notFiniteCount;
        expect(inBuckets).toBe(found.histogram.length === 0 ? 0 : finite);
        expect(found.histogram.length).toBeLessThanOrEqual(21);
    });

    it("reads the rows of the view alone, and places an error in its condition", async () => {
        const relation = await openQuery(
            test.connected,
            "select number from generate_series(1, 10) as number",
            readOptions,
        );
        const view: GridView = { ...makeGridView(relation), where: "number > 4" };
        const found = await loadExactStatistics(test.connected, view, "number", readOptions);
        expect([found.rowCount, found.min, found.max, found.mean]).toEqual([6, "5", "10", "7.5"]);
        const broken = loadExactStatistics(
            test.connected,
            { ...view, where: "number > nothing" },
            "number",
            readOptions,
        );
        await expect(broken).rejects.toMatchObject({ sql: "number > nothing", position: 10 });
    });

    it("clips values that nobody can read whole", async () => {
        const found = await statisticsOf(test, "text", ["x".repeat(5000)]);
        expect(found.min).toBe(`${"x".repeat(300)}…`);
        expect(found.mostCommon).toEqual([{ value: "x".repeat(300), isClipped: true, count: 1, share: 1 }]);
        expect(found.lengths).toEqual({ min: 5000, max: 5000, mean: 5000 });
    });

    it("agrees with what JavaScript reckons of whole numbers", async () => {
        const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -2_000_000, max: 2_000_000 }));
        await fc.assert(
            fc.asyncProperty(fc.array(fc.option(number), { minLength: 1, maxLength: 40 }), async (values) => {
                const found = await statisticsOf(
                    test,
                    "integer",
                    values.map((value) => (value === null ? null : String(value))),
                );
                const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
                const count = sorted.length;
                const text = (value: number | undefined): string | null => (value === undefined ? null : String(value));
                const low = sorted[Math.ceil(count / 2) - 1];
                const high = sorted[Math.floor(count / 2)];
                expect(found).toMatchObject({
                    rowCount: values.length,
                    nullCount: values.length - count,
                    distinctCount: new Set(sorted).size,
                    min: text(sorted[0]),
                    max: text(sorted.at(-1)),
                    median: low === undefined || high === undefined ? null : text((low + high) / 2),
                    p90: text(sorted[Math.ceil(count * 0.9) - 1]),
                });
                const sum = sorted.reduce((before, value) => before + value, 0);
                expect(Number(found.mean)).toBeCloseTo(count === 0 ? 0 : sum / count, 9);
                for (const { from, to, count: inBucket } of found.histogram) {
                    expect(inBucket).toBe(sorted.filter((value) => value >= Number(from) && value < Number(to)).length);
                }
                const widths = new Set(found.histogram.map(({ from, to }) => Number(to) - Number(from)));
                expect(widths.size).toBeLessThan(2);
                const counts = [...new Set(sorted)]
                    .map((value) => ({ value, count: sorted.filter((each) => each === value).length }))
                    .sort((a, b) => b.count - a.count || a.value - b.value)
                    .slice(0, 10);
                expect(found.mostCommon.map(({ value, count: times }) => [Number(value), times])).toEqual(
                    counts.map(({ value, count: times }) => [value, times]),
                );
            }),
            { numRuns: countCases(40) },
        );
    });
});

describeOnBothDatabases("loadEstimatedStatistics", (test) => {
    beforeAll(async () => {
        for (const sql of [
            "create schema kept",
            `create table kept.facts as
            select
                number as id,
                case when number % 10 = 0 then null when number % 2 = 0 then 'often' else 'word ' || number % 5 end as label,
                number % 100 as code,
                date '2024-01-01' + number / 10 as day,
                array[number % 2] as tags,
                '{}'::json as payload
            from generate_series(0, 999) as number`,
            "analyze kept.facts",
            "create table kept.never_analysed (id integer)",
            "create view kept.seen as select * from kept.facts",
        ]) {
            await test.connected.query(sql);
        }
    });

    const estimate = async (name: string, column: string, changes: Partial<GridView> = {}) => {
        const view = { ...(await openView(test.connected, "kept", name)), ...changes };
        return loadEstimatedStatistics(test.connected, view, column, readOptions);
    };

    it("tells what ANALYZE has found, which is exact for a table as small as its sample", async () => {
        expect(await estimate("facts", "label")).toMatchObject({
            accuracy: "estimate",
            rowCount: 1000,
            nullCount: 100,
            distinctCount: 6,
            min: "often",
            max: "word 4",
            histogram: [],
            mostCommon: [common("often", 400, 1000), ...[0, 1, 2, 3, 4].map((at) => common(`word ${at}`, 100, 1000))],
        });
        const ids = await estimate("facts", "id");
        expect(ids).toMatchObject({ distinctCount: 1000, min: "0", max: "999", mostCommon: [] });
        expect(Math.abs(Number(ids?.median) - 500)).toBeLessThan(20);
        expect(Math.abs(Number(ids?.p90) - 900)).toBeLessThan(20);
        expect(ids?.histogram.map(({ from, to }) => [from, to])).toEqual(
            Array.from({ length: 20 }, (_, at) => [String(at * 50), String((at + 1) * 50)]),
        );
        expect(ids?.histogram.every(({ count }) => Math.abs(count - 50) < 10)).toBe(true);
        const days = await estimate("facts", "day");
        expect(days).toMatchObject({ min: "2024-01-01", max: "2024-04-09", nullCount: 0 });
        expect(days?.histogram.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(985);
    });

    it("tells of types without an order what it can", async () => {
        expect(await estimate("facts", "tags")).toMatchObject({
            nullCount: 0,
            distinctCount: 2,
            min: null,
            mostCommon: [],
        });
        expect(await estimate("facts", "payload")).toMatchObject({ nullCount: 0, min: null, histogram: [] });
    });

    it("knows nothing of a view, of a table never analysed, and of filtered rows", async () => {
        expect(await estimate("seen", "id")).toBeNull();
        expect(await estimate("never_analysed", "id")).toBeNull();
        expect(await estimate("facts", "id", { where: "id > 5" })).toBeNull();
        expect(await estimate("facts", "id", { filters: [{ column: "id", operator: "is not null" }] })).toBeNull();
    });
});
