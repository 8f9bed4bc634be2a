import type { Database } from "../database/database.js";
import { isTemporalType } from "../text/column-kinds.js";
import { makeGridView, type GridView } from "./grid-view.js";
import { loadPage } from "./load-page.js";
import { openRelation } from "./open-relation.js";
import type { BrowseColumn, ReadOptions, Relation } from "./relation.js";
import { listCharts, type ChartChoice } from "../text/charts/choose-chart.js";
import { rankMeasures } from "../text/charts/rank-measures.js";
import { isNumericType } from "../text/column-types.js";
import { isIdentifier } from "../text/format-table.js";

/** A mart at a glance: what there is to draw of its newest or greatest rows. */
export interface MartHeadline {
    readonly chart: ChartChoice;
    /** The column that the chart is of; null where there is none. */
    readonly measure: BrowseColumn | null;
    /** Rows that were read. */
    readonly rowCount: number;
    /** False when the mart has more rows. */
    readonly isWhole: boolean;
}

/** More periods or bars than a glance holds; years of days all the same. */
const mostRows = 1000;
const mostColumns = 20;

/**
 * Reads as many rows as tell how a mart stands: of one with a row for each period the newest, of another those with the greatest
 * values of its chief measure.
 *
 * @param about the question it answers, for choosing that measure
 */
export async function loadMartHeadline(
    database: Database,
    name: { readonly schema: string; readonly name: string },
    about: string,
    options: ReadOptions,
): Promise<MartHeadline> {
    const relation = await openRelation(database, name, options);
    const view = makeHeadlineView(relation, about);
    const page = await loadPage(
        database,
        view,
        { at: "start" },
        { ...options, pageRows: mostRows, clipCharacters: 80 },
    );
    const rows = page.rows.map(({ cells }) => cells);
    const [chart = noChart] = listCharts(page.columns, rows, about);
    const measure = chart.kind === "none" ? null : chart.valueColumn;
    return {
        chart,
        measure: page.columns.find((column) => column.name === measure) ?? null,
        rowCount: rows.length,
        isWhole: !page.hasAfter,
    };
}

const noChart: ChartChoice = { kind: "none", reason: "There is nothing to draw." };

function makeHeadlineView(relation: Relation, about: string): GridView {
    const measures = rankMeasures(
        relation.columns.filter((column) => isNumericType(column.typeId) && !isIdentifier(column) && !column.isKey),
        about,
    );
    const [chief] = measures;
    const period = periodOrNull(relation);
    const first = period ?? chief ?? null;
    const others = relation.columns.filter((column) => !isNumericType(column.typeId) || isIdentifier(column));
    const chosen = new Set(
        [...(period === null ? others.slice(0, mostColumns) : [period]), ...measures.slice(0, mostColumns)].map(
            (column) => column.name,
        ),
    );
    return {
        ...makeGridView(relation),
        sorts: first === null ? [] : [{ column: first.name, descending: true }],
        // What has no number would come first.
        filters: period !== null || chief === undefined ? [] : [{ column: chief.name, operator: "is not null" }],
        columns: relation.columns.map((column) => column.name).filter((column) => chosen.has(column)),
    };
}

/** The date or time that alone tells the rows apart. */
function periodOrNull({ columns, identity }: Relation): BrowseColumn | null {
    const key = identity.by === "key" && identity.columns.length === 1 ? identity.columns[0] : undefined;
    return columns.find((column) => column.name === key && isTemporalType(column.typeId)) ?? null;
}
