import type { ChartChoice } from "../../../text/charts/choose-chart.js";
import { describeChart } from "../../../text/charts/describe-chart.js";
import type { ChartRole } from "../charts/chart.js";
import { drawHistogram } from "../charts/histogram.js";
import { drawHorizontalBars } from "../charts/horizontal-bars.js";
import { drawLineChart } from "../charts/line-chart.js";
import { drawVerticalBars } from "../charts/vertical-bars.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Role, Theme } from "../theme.js";
import { fitText, wrapText } from "./fit-text.js";

/** What a chart shows, in a few words: `discount_amount by week_start, bars`. */
export function nameChart(choice: ChartChoice): string {
    switch (choice.kind) {
        case "none":
            return "no chart";
        case "histogram":
            return `how often ${choice.valueColumn} has which size, histogram`;
        case "bars":
        case "line":
        case "horizontal bars":
            return `${choice.valueColumn} by ${choice.labelColumn}, ${choice.kind}`;
    }
}

/** A chart with its name above and a sentence below, each line exactly as wide as the pane. */
export function formatChartPane(
    choice: ChartChoice,
    { columns, rows }: TerminalSize,
    note: string,
    theme: Theme,
): readonly string[] {
    const title = choice.kind === "none" ? "" : nameChart(choice).replace(/, [a-z ]+$/, "");
    const sentence = [...wrapText(describeChart(choice), columns), ...(note === "" ? [] : wrapText(note, columns))];
    const about = sentence.slice(0, Math.max(1, Math.min(4, rows - 6))).map((line) => theme.style("dim", line));
    const height = Math.max(3, rows - about.length - 3);
    const chart = drawChart(choice, { columns, rows: height }, theme);
    const lines = [theme.style("strong", fitText(title, columns)), "", ...chart, "", ...about];
    return Array.from({ length: rows }, (_, row) => fitStyled(lines[row] ?? "", columns));
}

/** The chart alone, each line exactly `columns` wide. */
export function drawChart(choice: ChartChoice, { columns, rows }: TerminalSize, theme: Theme): readonly string[] {
    const style = (text: string, role: ChartRole): string => theme.style(roles[role], text);
    const options = { width: columns, height: rows, isAscii: theme.isAscii, style };
    switch (choice.kind) {
        case "none":
            return [];
        case "bars":
            return drawVerticalBars(choice.points, options);
        case "line":
            return drawLineChart(choice.points, options);
        case "horizontal bars":
            return drawHorizontalBars(choice.points, options);
        case "histogram":
            return drawHistogram(choice.values, options);
    }
}

const roles: Readonly<Record<ChartRole, Role>> = {
    bar: "accent",
    negative: "failed",
    line: "accent",
    axis: "dim",
    label: "dim",
    value: "plain",
    empty: "dim",
};
