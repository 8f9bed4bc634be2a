import { loadPage } from "../../../browse/load-page.js";
import type { GridView } from "../../../browse/grid-view.js";
import type { PresentationDefinition } from "../../../project/definitions.js";
import { preferCharts } from "../../../browse/present-model.js";
import { listCharts, type ChartChoice } from "../../../text/charts/choose-chart.js";
import type { TextRow } from "../../../text/format-table.js";
import { formatCount } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import { nameChart, formatChartPane } from "../../kit/lines/chart-pane.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { BrowseColumn } from "../../../browse/relation.js";
import { hasSameRows } from "./arrangement.js";
import type { Grid } from "./grid.js";
import { isWhole } from "./row-window.js";

/** The wished chart: the most suitable one if there is room, none, or a certain one. */
export type ChartWish =
    { readonly kind: "auto" } | { readonly kind: "none" } | { readonly kind: "chosen"; readonly name: string };

/** The chart beside the rows of one grid. */
export interface GridChart extends Readable<ChartWish> {
    readonly choose: (wish: ChartWish) => void;
    /** All possible charts; empty while the rows for them are read. */
    readonly list: () => readonly ChartChoice[];
    /** The lines of the pane; null when no chart is wanted, or its rows are not read yet. */
    readonly paint: (size: TerminalSize, theme: Theme) => readonly string[] | null;
    /** Reads the rows for a chart, if one is wanted and they have not been read. */
    readonly prepare: () => void;
    readonly changes: readonly Readable<unknown>[];
}

/** More rows than a terminal has columns to draw them. */
const chartRows = 1000;

interface ChartRows {
    readonly view: GridView;
    readonly windowNumber: number;
    readonly columns: readonly BrowseColumn[];
    readonly rows: readonly TextRow[];
    readonly isAll: boolean;
}

/**
 * @param isByItself whether a chart is shown without being asked for
 * @param presentation what the model's file says about its presentation
 */
export function makeGridChart(
    app: App,
    grid: Grid,
    isByItself: () => boolean,
    presentation: () => PresentationDefinition | null,
): GridChart {
    const wish = makeStore<ChartWish>({ kind: "auto" });
    const loaded = makeStore<ChartRows | null>(null);
    let whole: ChartRows | null = null;
    let reading: { readonly view: GridView; readonly windowNumber: number } | null = null;
    let listed: { readonly of: ChartRows; readonly charts: readonly ChartChoice[] } | null = null;
    let painted: { readonly key: readonly unknown[]; readonly lines: readonly string[] } | null = null;

    const isWanted = (): boolean => wish.get().kind === "chosen" || (wish.get().kind === "auto" && isByItself());

    /** The rows to draw: those of the window if it has all, else the first ones of the view. */
    function rowsOrNull(): ChartRows | null {
        const { window, arrangement, windowNumber, readView } = grid.get();
        const known = loaded.get();
        if (window === null || arrangement === null || readView === null) {
            return null;
        }
        const isOfView = (rows: ChartRows | null): rows is ChartRows =>
            rows?.windowNumber === windowNumber && hasSameRows(rows.view, arrangement.view);
        if (!isWhole(window)) {
            return isOfView(known) ? known : null;
        }
        if (!isOfView(whole) || whole.rows.length !== window.rows.length) {
            const rows = window.rows.map(({ cells }) => cells);
            whole = { view: arrangement.view, windowNumber, columns: window.columns, rows, isAll: true };
        }
        return whole;
    }

    function prepare(): void {
        const { arrangement, windowNumber, work } = grid.get();
        if (arrangement === null || work !== null || rowsOrNull() !== null || !isWanted()) {
            return;
        }
        const { view } = arrangement;
        if (reading?.windowNumber === windowNumber && hasSameRows(reading.view, view)) {
            return;
        }
        const own = { view, windowNumber };
        reading = own;
        const { signal } = new AbortController();
        app.read(
            (database, options) =>
                loadPage(database, view, { at: "start" }, { ...options, pageRows: chartRows, clipCharacters: 60 }),
            signal,
        ).then(
            (page) => {
                if (reading === own) {
                    const rows = page.rows.map(({ cells }) => cells);
                    loaded.set({ view, windowNumber, columns: page.columns, rows, isAll: !page.hasAfter });
                }
            },
            // The chart is optional: without it the rows are still shown.
            () => undefined,
        );
    }

    function list(): readonly ChartChoice[] {
        const of = rowsOrNull();
        if (of === null) {
            return [];
        }
        if (listed?.of !== of) {
            const charts = listCharts(of.columns, of.rows, of.view.relation.comment ?? "");
            listed = { of, charts: preferCharts(charts, presentation()) };
        }
        return listed.charts;
    }

    return {
        get: wish.get,
        subscribe: wish.subscribe,
        changes: [wish, loaded],
        choose: (next) => {
            wish.set(next);
            prepare();
        },
        list,
        prepare,
        paint: (size, theme) => {
            const rows = rowsOrNull();
            if (!isWanted() || rows === null) {
                return null;
            }
            const charts = list();
            const wished = wish.get();
            if (wished.kind === "auto" && presentation()?.chart === "none") {
                return null;
            }
            const chart =
                (wished.kind === "chosen" ? charts.find((each) => nameChart(each) === wished.name) : undefined) ??
                charts[0];
            if (chart === undefined || chart.kind === "none") {
                return null;
            }
            const key = [chart, size.columns, size.rows, theme];
            if (!painted?.key.every((part, index) => part === key[index])) {
                const note = rows.isAll ? "" : `Drawn from the first ${formatCount(rows.rows.length)} rows.`;
                painted = { key, lines: formatChartPane(chart, size, note, theme) };
            }
            return painted.lines;
        },
    };
}
