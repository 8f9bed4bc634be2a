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

/** A summary of a mart: a chart of its newest or greatest rows, and its answer in words. */
export interface MartHeadline {
    readonly chart: ChartChoice;
    /** The column that the chart shows; null when there is no chart. */
    readonly measure: BrowseColumn | null;
    /** The number of rows that were read. */
    readonly rowCount: number;
    /** The answer in words; null unless the model's file has a headline. */
    readonly sentence: string | null;
    /** False when the mart has more rows. */
    readonly isWhole: boolean;
}

/** The headline with the values of its expressions, computed over the rows of the mart. */
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

/** Enough for some years of days, and more bars than a chart can show. */
const mostRows = 1000;
const mostColumns = 20;

/**
 * Reads the rows that summarise a mart: the newest ones if it has a row for each period, else those with the greatest values of its
 * chief measure.
 *
 * The mart's file may define the measure, the chart and the sentence. Else the words of its question choose the measure.
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
        // Not guarded: this is our own SQL over a model of the project, and the guard would load PostgreSQL's parser at each start.
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
        // Nulls could come first.
        filters: period !== null || chief === undefined ? [] : [{ column: chief.name, operator: "is not null" }],
        columns: relation.columns.map((column) => column.name).filter((column) => shown.has(column)),
    };
}

/** The date or time column that alone is the key. */
function periodOrNull({ columns, identity }: Relation): BrowseColumn | null {
    const key = identity.by === "key" && identity.columns.length === 1 ? identity.columns[0] : undefined;
    return columns.find((column) => column.name === key && isTemporalType(column.typeId)) ?? null;
}
