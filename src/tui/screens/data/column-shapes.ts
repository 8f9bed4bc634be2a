import { loadEstimatedStatistics } from "../../../browse/load-estimated-statistics.js";
import type { ChartValue } from "../../../text/charts/chart-values.js";
import { isNumericType } from "../../../text/column-types.js";
import { isTemporalType } from "../../../text/column-kinds.js";
import type { App } from "../../app/app.js";
import { drawCourse, readCourse } from "../../app/lines/column-courses.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { Grid } from "./grid.js";
import { isWhole, type RowWindow } from "./row-window.js";

/**
 * The small drawing under the name of a column. For a small view it shows the values from row to row; for a large table their
 * distribution, as far as the server's statistics know it.
 */
export interface ColumnShapes {
    readonly changes: readonly Readable<unknown>[];
    readonly draw: (name: string, width: number, isAscii: boolean) => string | null;
    /** Reads the distributions of the columns from the server, one after the other. */
    readonly prepare: () => void;
}

/** The values of a view with up to this many rows are drawn themselves. */
const mostRows = 2000;
/** The greatest number of columns whose distributions are read. */
const mostColumns = 40;
const patienceMs = 2000;

export function makeColumnShapes(app: App, grid: Grid): ColumnShapes {
    const distributions = makeStore<ReadonlyMap<string, readonly ChartValue[]>>(new Map());
    let courses: { readonly window: RowWindow; readonly byName: Map<string, readonly ChartValue[] | null> } | null =
        null;
    let drawn = new Map<string, string>();
    let drawnFor: unknown = null;
    let askedFor: unknown = null;

    function courseOf(window: RowWindow, name: string): readonly ChartValue[] | null {
        if (courses?.window.rows !== window.rows) {
            courses = { window, byName: new Map() };
        }
        const known = courses.byName.get(name);
        if (known !== undefined) {
            return known;
        }
        const cell = window.columns.findIndex((column) => column.name === name);
        const column = window.columns[cell];
        const course = column === undefined ? null : readCourse(column, cell, window.rows);
        courses.byName.set(name, course);
        return course;
    }

    const isSmall = (window: RowWindow): boolean => isWhole(window) && window.rows.length <= mostRows;

    /** The server's statistics cover the whole table, so they suit only a view without conditions. */
    function isUnfiltered(): boolean {
        const view = grid.get().arrangement?.view;
        return view?.filters.length === 0 && view.where === null;
    }

    function valuesOf(name: string): readonly ChartValue[] | null {
        const { window } = grid.get();
        if (window === null) {
            return null;
        }
        if (isSmall(window)) {
            return window.rows.length < 2 ? null : courseOf(window, name);
        }
        return isUnfiltered() ? (distributions.get().get(name) ?? null) : null;
    }

    async function ask(names: readonly string[]): Promise<void> {
        const { arrangement } = grid.get();
        const isOpenedAgain = (): boolean => grid.get().relation !== arrangement?.view.relation;
        for (const name of names) {
            if (arrangement === null || isOpenedAgain()) {
                return;
            }
            const { signal } = new AbortController();
            const statistics = await app.read(
                (database, options) => loadEstimatedStatistics(database, arrangement.view, name, options),
                signal,
                patienceMs,
            );
            const counts = statistics?.histogram.map(({ count }) => count) ?? [];
            if (counts.length > 1) {
                distributions.update((before) => new Map([...before, [name, counts]]));
            }
        }
    }

    return {
        changes: [distributions],
        draw: (name, width, isAscii) => {
            const { window } = grid.get();
            const rows = window !== null && isSmall(window) ? window.rows : null;
            const of = rows ?? distributions.get();
            if (drawnFor !== of) {
                drawn = new Map();
                drawnFor = of;
            }
            const key = `${name} ${width} ${isAscii}`;
            const known = drawn.get(key);
            if (known !== undefined) {
                return known;
            }
            const values = valuesOf(name);
            if (values === null) {
                return null;
            }
            const line = drawCourse(values, width, isAscii);
            drawn.set(key, line);
            return line;
        },
        prepare: () => {
            const { window, arrangement, relation } = grid.get();
            const mayAsk = relation?.kind === "table" || relation?.kind === "materialised view";
            if (window === null || arrangement === null || isSmall(window) || !mayAsk || askedFor === relation) {
                return;
            }
            askedFor = relation;
            const names = relation.columns.filter(({ typeId }) => hasShape(typeId)).slice(0, mostColumns);
            // Without statistics the column has no drawing.
            ask(names.map(({ name }) => name)).catch(() => undefined);
        },
    };
}

function hasShape(typeId: number): boolean {
    return isNumericType(typeId) || isTemporalType(typeId);
}
