import { preferCharts } from "../browse/present-model.js";
import { listCharts, type ChartChoice } from "../text/charts/choose-chart.js";
import { nearestNameOrNull } from "../text/nearest-name.js";
import type { BlockRows } from "./block-content.js";
import type { LiveBlock } from "./live-block.js";

type ChartBlock = LiveBlock & { readonly kind: "chart" };

/** The chart that a block asks for, or a `none` with the reason why there is none. */
export function chooseBlockChart(block: ChartBlock, { columns, rows, presentation, about }: BlockRows): ChartChoice {
    const names = columns.map(({ name }) => name);
    const wanted = [block.label, block.value].filter((name) => name !== null);
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined) {
        const nearest = nearestNameOrNull(unknown, names);
        const hint = nearest === null ? `It has: ${names.join(", ")}.` : `Did you mean ${nearest}?`;
        return { kind: "none", reason: `There is no column "${unknown}". ${hint}` };
    }
    // List charts of the wanted columns only: the list for all columns might not contain their chart.
    const kept = wanted.length < 2 ? names : wanted;
    const places = kept.map((name) => names.indexOf(name));
    const charts = listCharts(
        places.flatMap((place) => columns[place] ?? []),
        rows.map((row) => places.map((place) => row[place] ?? null)),
        about,
    );
    const fitting = charts.filter(
        (chart) =>
            chart.kind !== "none" &&
            (block.type === null || chart.kind === block.type) &&
            (block.value === null || chart.valueColumn === block.value) &&
            (block.label === null || (chart.kind !== "histogram" && chart.labelColumn === block.label)),
    );
    const [first] = charts;
    return (
        preferCharts(fitting, presentation)[0] ??
        (first?.kind === "none" || first === undefined
            ? (first ?? { kind: "none", reason: "There is nothing to draw." })
            : { kind: "none", reason: describeMiss(block) })
    );
}

function describeMiss({ type, label, value }: ChartBlock): string {
    const what = type ?? "chart";
    const of = value === null ? "" : ` of ${value}`;
    const by = label === null ? "" : ` by ${label}`;
    return `These rows make no ${what}${of}${by}. Leave the block's options out for the chart that suits best.`;
}
