import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import type { BrowseColumn, Relation } from "../../src/browse/relation.js";
import type { BrowseRow, RowPage } from "../../src/browse/row-page.js";
import { typeIds } from "../../src/text/column-types.js";
import { makeGridState, type GridState } from "../../src/tui/screens/data/grid-state.js";
import { makeWindow } from "../../src/tui/screens/data/row-window.js";
import type { ShownGrid } from "../../src/tui/screens/data/grid-painter.js";

const castTypes: Readonly<Record<number, string>> = {
    [typeIds.boolean]: "boolean",
    [typeIds.integer]: "integer",
    [typeIds.numeric]: "numeric",
    [typeIds.text]: "text",
};

export function makeColumn(name: string, typeId: number = typeIds.text): BrowseColumn {
    const castType = castTypes[typeId] ?? "text";
    return {
        name,
        typeId,
        typeName: castType,
        castType,
        comment: null,
        isKey: false,
        isNullable: true,
        isIndexed: false,
        unsortableReason: null,
        operatorSchema: "pg_catalog",
    };
}

export function makeRelation(columns: readonly BrowseColumn[], estimatedRows: number | null = null): Relation {
    return {
        kind: "table",
        source: { from: "database", schema: "marts", name: "mart_sales" },
        comment: null,
        columns,
        primaryKey: null,
        identity: { by: "place", isPartitioned: false },
        indexes: [],
        estimatedRows,
        blocks: 0,
    };
}

export function makeRow(cells: readonly (string | null)[], clippedBytes: Record<number, number> = {}): BrowseRow {
    const values = cells.slice(0, 1);
    return {
        key: { order: "", values, isComplete: true, identityOf: "", identity: values, twins: null },
        cells,
        clippedBytes,
    };
}

export function makePage(
    columns: readonly BrowseColumn[],
    rows: readonly BrowseRow[],
    changes: Partial<RowPage> = {},
): RowPage {
    return { columns, rows, hasBefore: false, hasAfter: false, firstIndex: 0, isExactPosition: true, ...changes };
}

/** A grid with all these rows, its cursor in the first cell. */
export function makeShownGrid(
    columns: readonly BrowseColumn[],
    rows: readonly BrowseRow[],
    changes: Partial<GridState> = {},
    page: Partial<RowPage> = {},
): ShownGrid {
    const view: GridView = makeGridView(makeRelation(columns));
    const state: GridState = {
        ...makeGridState({ kind: "relation", schema: "marts", name: "mart_sales" }),
        relation: view.relation,
        readView: view,
        ...changes,
    };
    return {
        ...state,
        arrangement: changes.arrangement ?? { view, frozen: 0, widths: {} },
        window: changes.window ?? makeWindow(makePage(columns, rows, page)),
    };
}
