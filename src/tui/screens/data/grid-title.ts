import type { ColumnFilter, GridView } from "../../../browse/grid-view.js";
import { nameRelation } from "../../../browse/relation.js";
import { formatCount, formatQuantity } from "../../../text/format-values.js";
import { widthOf } from "../../../text/visible-text.js";
import { countOf, type GridState, type RowCount } from "./grid-state.js";
import { indexOfRow } from "./row-window.js";
import { styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatSortMark } from "./grid-lines.js";

/** After this time the title says that something is running. */
const patienceMs = 300;

/** One line: the name, the number of rows, their order, the conditions and the cursor's position. */
export function formatGridTitle(state: GridState, width: number, theme: Theme, nowMs: number): string {
    const { arrangement, target, relation } = state;
    const name = relation === null ? nameTarget(state) : nameRelation(relation);
    const activity = formatActivity(state, nowMs, theme);
    const view = arrangement?.view ?? null;
    const conditions =
        view === null ? "" : fit(formatConditions(view, target.kind === "relation" ? target.where : undefined));
    const partsWith = (conditionWidth: number): readonly TitlePart[] =>
        [
            { text: theme.style("strong", fit(name)), rank: 0 },
            { text: target.title === undefined ? "" : theme.style("accent", fit(target.title)), rank: 1 },
            { text: activity, rank: 0 },
            { text: fit(formatRowCount(countOf(state), theme)), rank: 2 },
            { text: view === null ? "" : fit(formatSorts(view, theme)), rank: 3 },
            // A title without its conditions would mislead, so they are cut rather than left out.
            { text: fitText(conditions, Math.min(widthOf(conditions), conditionWidth)), rank: 1 },
            { text: theme.style("dim", fit(formatPosition(state))), rank: 4 },
        ].filter(({ text }) => text !== "");
    for (let rank = 4; rank > 0; rank--) {
        const others = styledWidth(joinParts(partsWith(0), rank)) + (conditions === "" ? 0 : gap.length);
        const room = width - others;
        if (room >= Math.min(widthOf(conditions), leastConditionWidth)) {
            return joinParts(partsWith(room), rank);
        }
    }
    return joinParts(partsWith(leastConditionWidth), 1);

    function fit(text: string): string {
        return fitText(text, Math.min(width, 60, text.length * 2)).trimEnd();
    }
}

interface TitlePart {
    readonly text: string;
    /** Parts with the highest rank are left out first. */
    readonly rank: number;
}

const gap = "   ";
const leastConditionWidth = 20;

function joinParts(parts: readonly TitlePart[], rank: number): string {
    return parts
        .filter((part) => part.rank <= rank)
        .map(({ text }) => text)
        .join(gap);
}

function nameTarget({ target }: GridState): string {
    return target.kind === "query" ? "query" : `${target.schema}.${target.name}`;
}

/** `11 rows`, or `≈ 1,234,567 rows` for an estimate. */
function formatRowCount(count: RowCount | null, theme: Theme): string {
    if (count === null) {
        return "";
    }
    const mark = count.accuracy === "exact" ? "" : theme.isAscii ? "~ " : "≈ ";
    return mark + formatQuantity(Math.round(count.rows), "row");
}

function formatSorts({ sorts }: GridView, theme: Theme): string {
    if (sorts.length === 0) {
        return "";
    }
    // Without numbers at the arrows, because the list itself gives the order.
    return `sort: ${sorts.map((sort) => sort.column + formatSortMark([sort], sort.column, theme)).join(", ")}`;
}

/** A filter in words. */
export function formatFilter(filter: ColumnFilter): string {
    const { column, operator } = filter;
    if ("values" in filter) {
        return `${column} in (${filter.values.join(", ")})`;
    }
    return "value" in filter
        ? `${column} ${operator} ${filter.value === "" ? "''" : filter.value}`
        : `${column} ${operator}`;
}

/** The conditions, without the one that the title describes. */
function formatConditions({ filters, where }: GridView, titled: string | undefined): string {
    const own = where === null || where === titled ? [] : [where.replaceAll(/\s+/g, " ")];
    const conditions = [...filters.map(formatFilter), ...own];
    return conditions.length === 0 ? "" : `where: ${conditions.join(" and ")}`;
}

function formatPosition({ window, row, column, arrangement }: GridState): string {
    if (window === null || arrangement === null || window.rows.length === 0) {
        return "";
    }
    const index = indexOfRow(window, row);
    const about = window.isExactPosition ? "" : "≈ ";
    const place = index === null ? "" : `row ${about}${formatCount(index + 1)}  `;
    return `${place}column ${column + 1}/${arrangement.view.columns.length}`;
}

/** The read that is running for longer than `patienceMs`, its time, and the key that cancels it. */
function formatActivity({ work, fetching, goal }: GridState, nowMs: number, theme: Theme): string {
    const what = work?.what ?? (goal === null ? "reading ahead" : "reading more rows");
    const startedAtMs = work?.startedAtMs ?? fetching?.startedAtMs;
    if (startedAtMs === undefined || nowMs - startedAtMs < patienceMs) {
        return "";
    }
    const seconds = Math.floor((nowMs - startedAtMs) / 1000);
    const since = seconds < 1 ? "" : `: running ${seconds} s, x cancels`;
    return theme.style(
        "running",
        `${theme.symbols.running} ${fitText(what, Math.min(40, what.length * 2)).trimEnd()}${since}`,
    );
}
