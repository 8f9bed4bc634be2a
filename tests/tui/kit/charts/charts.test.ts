import { describe, expect, it } from "vitest";
import type { ChartPoint, ChartValue } from "../../../../src/text/charts/chart-values.js";
import type { TallChartOptions } from "../../../../src/tui/kit/charts/chart.js";
import { drawHistogram } from "../../../../src/tui/kit/charts/histogram.js";
import { drawHorizontalBars } from "../../../../src/tui/kit/charts/horizontal-bars.js";
import { drawLineChart } from "../../../../src/tui/kit/charts/line-chart.js";
import { drawSparkline } from "../../../../src/tui/kit/charts/sparkline.js";
import { drawVerticalBars } from "../../../../src/tui/kit/charts/vertical-bars.js";

const weekMs = 7 * 86_400_000;

/** Points a week apart, from Monday 25 November 2024. */
function weeks(...values: readonly ChartValue[]): readonly ChartPoint[] {
    return values.map((value, week) => ({
        label: new Date(Date.UTC(2024, 10, 25) + week * weekMs).toISOString().slice(0, 10),
        value,
    }));
}

function numbersTo(last: number): readonly number[] {
    return Array.from({ length: last }, (_, index) => index + 1);
}

function size(width: number, height: number): TallChartOptions {
    return { width, height };
}

function trimmed(lines: readonly string[]): readonly string[] {
    return lines.map((line) => line.trimEnd());
}

const customers: readonly ChartPoint[] = [
    { label: "alice@example.com", value: 1234.5 },
    { label: "日本語", value: 900 },
    { label: "bob", value: 0.01 },
    { label: "carol\n", value: null },
    { label: "dave", value: 0 },
];
const accounts: readonly ChartPoint[] = [
    { label: "credit", value: 40 },
    { label: "debit", value: -20 },
    { label: "fee", value: -5 },
];

describe("upright bars", () => {
    it("have round numbers at the left where those of the bars have no room", () => {
        expect(trimmed(drawVerticalBars(weeks(812.33, 790.04, 1204.5, 0, 955, 1310, 1100), size(40, 8)))).toEqual([
            "    │          ▄▄▄▄           ████",
            "1.0k┤          ████      ▃▃▃▃ ████ ████",
            "    │▆▆▆▆ ▅▅▅▅ ████      ████ ████ ████",
            "    │████ ████ ████      ████ ████ ████",
            "0.5k┤████ ████ ████      ████ ████ ████",
            "    │████ ████ ████      ████ ████ ████",
            "   0└───────────────────────────────────",
            "     25 Nov        16 Dec     6 Jan 2025",
        ]);
    });

    it("carry their numbers where there is room, and a dot where there is no value", () => {
        expect(trimmed(drawVerticalBars(weeks(812.33, 790.04, 1204.5, 0, null, 1310, 1100), size(60, 8)))).toEqual([
            "                 1.2k                    1.31k   1.1k",
            "  812           ▅▅▅▅▅▅▅                 ███████ ▂▂▂▂▂▂▂",
            "▁▁▁▁▁▁▁   790   ███████                 ███████ ███████",
            "███████ ███████ ███████                 ███████ ███████",
            "███████ ███████ ███████                 ███████ ███████",
            "███████ ███████ ███████    0       ·    ███████ ███████",
            "────────────────────────────────────────────────────────────",
            " 25 Nov          9 Dec           23 Dec        6 Jan 2025",
        ]);
    });

    it("hang below zero for negative values", () => {
        expect(trimmed(drawVerticalBars(weeks(50, -100, 0, null, 75), size(24, 9)))).toEqual([
            "    │            ██",
            "  50┤██          ██",
            "    │██          ██",
            "   0┤   ██    ·",
            "    │   ██",
            " -50┤   ██",
            "    │   ██",
            "-100└───────────────────",
            "      2 Dec    23 Dec",
        ]);
    });

    it("do so in ASCII", () => {
        expect(trimmed(drawVerticalBars(weeks(50, -100, 0, null, 75), { ...size(24, 9), isAscii: true }))).toEqual([
            "    |            ##",
            "  50+##          ##",
            "    |##          ##",
            "   0+   ##    -",
            "    |   ##",
            " -50+   ##",
            "    |   ##",
            "-100+-------------------",
            "      2 Dec    23 Dec",
        ]);
    });

    it("show the newest of more values than columns, and that there are more", () => {
        expect(trimmed(drawVerticalBars(weeks(...numbersTo(60)), size(24, 6)))).toEqual([
            "60┤      ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█",
            "40┤▅▆▆▇▇████████████████",
            "  │█████████████████████",
            "20┤█████████████████████",
            " 0└…────────────────────",
            "     22 Sep  12 Jan 2026",
        ]);
    });

    it("need one line and a column each", () => {
        expect(trimmed(drawVerticalBars(weeks(1, 2, 3), size(3, 1)))).toEqual(["▃▅█"]);
    });

    it("stand flat at zero", () => {
        expect(trimmed(drawVerticalBars(weeks(0, 0, 0), size(24, 6)))).toEqual([
            "",
            "",
            "",
            "   0       0       0",
            "────────────────────────",
            " 25 Nov  2 Dec   9 Dec",
        ]);
    });

    it("leave their place empty when there is nothing", () => {
        expect(trimmed(drawVerticalBars([], size(12, 5)))).toEqual(["", "", "", "────────────", ""]);
    });
});

describe("a line", () => {
    it("begins near its values where zero is far, and has a gap where a value is missing", () => {
        expect(trimmed(drawLineChart(weeks(21, 24, 22, null, 30, 28), size(30, 8)))).toEqual([
            "30┤                     ⠉⠒⠤⣀",
            "  │                         ⠉⠒",
            "  │",
            "25┤    ⢀⡠⢄⡀",
            "  │ ⢀⠤⠒⠁  ⠈⠉⠒⠤",
            "  │⠊⠁",
            "20└───────────────────────────",
            "           9 Dec        30 Dec",
        ]);
    });

    it("is stars in ASCII", () => {
        expect(trimmed(drawLineChart(weeks(21, 24, 22, null, 30, 28), { ...size(30, 8), isAscii: true }))).toEqual([
            "30+                     ***",
            "  |                        ***",
            "  |",
            "25+    ****",
            "  |  **    ***",
            "  |**",
            "20+---------------------------",
            "           9 Dec        30 Dec",
        ]);
    });

    it("of one value is a dot", () => {
        expect(trimmed(drawLineChart(weeks(7), size(24, 6)))).toEqual([
            " │          ⠈",
            "5┤",
            " │",
            " │",
            "0└──────────────────────",
            "          25 Nov",
        ]);
    });

    it("goes through more values than there are dots", () => {
        expect(trimmed(drawLineChart(weeks(...numbersTo(200).map((n) => n % 100)), size(20, 4)))).toEqual([
            "      ⢀⣠⠔⢻      ⢀⡤⠖⢻",
            "   ⣀⡤⠚⠉  ⢸   ⣠⠴⠚⠉  ⢸",
            "⣠⠔⠋⠁     ⢸⡤⠖⠋      ⢸",
            "  6 Oct  18 Sep 2028",
        ]);
    });
});

describe("lying bars", () => {
    it("stand between label and number", () => {
        expect(trimmed(drawHorizontalBars(customers, size(40, 10)))).toEqual([
            "alice@example.c… █████████████████ 1.23k",
            "日本語           ████████████▍       900",
            "bob              ▏                  0.01",
            "carol↵                                 ∅",
            "dave                                   0",
        ]);
    });

    it("go left for negative values", () => {
        expect(trimmed(drawHorizontalBars(accounts, size(30, 10)))).toEqual([
            "credit       ████████████▋  40",
            "debit  ██████              -20",
            "fee        ▐█               -5",
        ]);
    });

    it("say how many have no room", () => {
        expect(trimmed(drawHorizontalBars(weeks(1, 2, 3, 4), size(24, 3)))).toEqual([
            "2024-11-25 ██▊         1",
            "2024-12-02 █████▌      2",
            "… 2 more",
        ]);
    });

    it("do so in ASCII", () => {
        expect(trimmed(drawHorizontalBars(weeks(1, 2, 3, 4), { ...size(24, 3), isAscii: true }))).toEqual([
            "2024-11-25 ##=         1",
            "2024-12-02 #####=      2",
            "... 2 more",
        ]);
    });
});

describe("a histogram", () => {
    it("counts in buckets with round edges", () => {
        expect(trimmed(drawHistogram([1, 2, 2, 3, 3, 3, 4, 4, 5, 9], size(40, 7)))).toEqual([
            "           5",
            "        ███████    3",
            "        ███████ ▃▃▃▃▃▃▃",
            "   1    ███████ ███████            1",
            "▆▆▆▆▆▆▆ ███████ ███████    0    ▆▆▆▆▆▆▆",
            "────────────────────────────────────────",
            "0       2       4       6       8",
        ]);
    });

    it("of equal values has one bar", () => {
        expect(trimmed(drawHistogram([5, 5, null, 5], size(30, 6)))).toEqual([
            "                          3",
            "                        █████",
            "                        █████",
            "  0     0     0     0   █████",
            "──────────────────────────────",
            "0     1     2     3     4",
        ]);
    });
});

describe("a sparkline", () => {
    it("stands at the right end", () => {
        expect(trimmed(drawSparkline([1, 2, 3, 4, 5, 6, 7, 8], size(10, 1)))).toEqual(["  ▁▂▃▄▅▆▇█"]);
    });

    it("of values that never change is level, with its gaps", () => {
        expect(trimmed(drawSparkline([3, 3, null, 3], size(4, 1)))).toEqual(["▅▅ ▅"]);
    });

    it("of zeros lies low", () => {
        expect(trimmed(drawSparkline([0, 0], size(2, 1)))).toEqual(["▁▁"]);
    });

    it("shows the newest values", () => {
        expect(trimmed(drawSparkline([-500, NaN, 5, 100, 1, 2], size(5, 1)))).toEqual([" ▁█▁▁"]);
    });

    it("has levels in ASCII", () => {
        expect(trimmed(drawSparkline([1, 2, 3, 4, 5, 6, 7, 8], { ...size(8, 1), isAscii: true }))).toEqual([
            "_.-=+*#@",
        ]);
    });
});
