import type { Database } from "../database/database.js";
import { isTemporalType } from "../text/column-kinds.js";
import { makeGridView, type GridView } from "./grid-view.js";
import { loadPage } from "./load-page.js";
import { openRelation } from "./open-relation.js";
import type { BrowseColumn, ReadOptions, Relation } from "./relation.js";
import { listCharts, type ChartChoice } from "../text/charts/choose-chart.js";
import { rankMeasures } from "../text/charts/rank-measures.js";
import { isNumericType, typeIds } from "../text/column-types.js";
import { formatCell, isIdentifier } from "../text/format-table.js";
import type { Model } from "../warehouse/registry.js";
import { buildHeadlineSql, parseHeadline } from "../warehouse/headline.js";
import { preferCharts, presentModel, titleOf } from "./present-model.js";

/** A mart at a glance: what there is to draw of its newest or greatest rows. */
export interface MartHeadline {
    readonly chart: ChartChoice;
    /** The column that the chart is of; null where there is none. */
    readonly measure: BrowseColumn | null;
    /** Rows that were read. */
    readonly rowCount: number;
    /** The answer in words, where the model's file has it. */
    readonly sentence: string | null;
    /** False when the mart has more rows. */
    readonly isWhole: boolean;
}

/** The sentence with the values of its expressions, which are computed over the rows of the mart. */
async function loadSentence(
    database: Database,
    { schema, name }: Pick<Model, "schema" | "name">,
    headline: string,
    options: ReadOptions,
): Promise<string> {
    const { texts, expressions } = parseHeadline(headline);
    if (expressions.length === 0) {
        return headline;
    }
    const { rows } = await database.withReadOnlyTransaction(
        (connection) => connection.queryText(buildHeadlineSql({ schema, name }, expressions), [], { isLast: true }),
        options,
    );
    const values = rows[0] ?? [];
    return texts
        .map((text, place) => (place < expressions.length ? text + formatValue(values[place] ?? null) : text))
        .join("");
}

function formatValue(value: string | null): string {
    return formatCell(value, {
        name: "",
        typeId: /^-?\d+(\.\d+)?$/.test(value ?? "") ? typeIds.numeric : typeIds.text,
    });
}

/** More periods or bars than a glance holds; years of days all the same. */
const mostRows = 1000;
const mostColumns = 20;

/**
 * Reads as many rows as tell how a mart stands: of one with a row for each period the newest, of another those with the greatest
 * values of its chief measure.
 *
 * Its file may say which measure, which chart and what sentence; the question that it answers decides otherwise.
 */
export async function loadMartHeadline(
    database: Database,
    mart: Pick<Model, "schema" | "name" | "description" | "presentation">,
    options: ReadOptions,
): Promise<MartHeadline> {
    const relation = await openRelation(database, mart, options);
    const about = titleOf(mart);
    const { measure: chosen, chart: kind, headline } = mart.presentation ?? {};
    const view = makeHeadlineView(relation, about, chosen);
    const page = await loadPage(
        database,
        view,
        { at: "start" },
        // Our own SQL over a model of the project; the parser that judges others would be loaded at each start for it.
        { ...options, pageRows: mostRows, clipCharacters: 80, isGuarded: false },
    );
    const rows = page.rows.map(({ cells }) => cells);
    const [first = noChart] = preferCharts(listCharts(page.columns, rows, about), mart.presentation);
    const chart = kind === "none" ? noChart : first;
    const primaryKey = relation.primaryKey ?? [];
    const looks = presentModel(page.columns, { definition: mart.presentation ?? {}, isMart: true, primaryKey }).columns;
    const sentence = headline === undefined ? null : await loadSentence(database, mart, headline, options);
    const measure = chart.kind === "none" ? null : chart.valueColumn;
    return {
        chart,
        measure: looks.find((column) => column.name === measure) ?? null,
        rowCount: rows.length,
        sentence,
        isWhole: !page.hasAfter,
    };
}

const noChart: ChartChoice = { kind: "none", reason: "There is nothing to draw." };

function makeHeadlineView(relation: Relation, about: string, chiefName: string | undefined): GridView {
    const measures = rankMeasures(
        relation.columns.filter((column) => isNumericType(column.typeId) && !isIdentifier(column) && !column.isKey),
        about,
    );
    const chief = measures.find(({ name }) => name === chiefName) ?? measures[0];
    const period = periodOrNull(relation);
    const first = period ?? chief ?? null;
    const others = relation.columns.filter((column) => !isNumericType(column.typeId) || isIdentifier(column));
    const shown = new Set(
        [...(period === null ? others.slice(0, mostColumns) : [period]), ...measures.slice(0, mostColumns)].map(
            (column) => column.name,
        ),
    );
    return {
        ...makeGridView(relation),
        sorts: first === null ? [] : [{ column: first.name, descending: true }],
        // What has no number would come first.
        filters: period !== null || chief === undefined ? [] : [{ column: chief.name, operator: "is not null" }],
        columns: relation.columns.map((column) => column.name).filter((column) => shown.has(column)),
    };
}

/** The date or time that alone tells the rows apart. */
function periodOrNull({ columns, identity }: Relation): BrowseColumn | null {
    const key = identity.by === "key" && identity.columns.length === 1 ? identity.columns[0] : undefined;
    return columns.find((column) => column.name === key && isTemporalType(column.typeId)) ?? null;
}
