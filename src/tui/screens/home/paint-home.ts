import { paneCount } from "../../kit/layout.js";
import { placeList } from "../../kit/list-state.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { formatHomeDetail, formatMartGlance, type HomeDetailOptions } from "./home-details.js";
import { keyOf, type HomeItem, type HomeSection } from "./home-items.js";
import { formatHomeItem } from "./home-lines.js";

/** The list, what is selected, and all marts at a glance; 0 for a pane that is not shown. */
export interface HomePanes {
    readonly list: number;
    readonly detail: number;
    readonly marts: number;
}

const separatorWidth = 3;

export function layOutHome(columns: number): HomePanes {
    switch (paneCount(columns)) {
        case 1:
            return { list: columns, detail: 0, marts: 0 };
        case 2: {
            const list = Math.max(60, Math.floor(columns * 0.55));
            return { list, detail: columns - list - separatorWidth, marts: 0 };
        }
        case 3: {
            const list = Math.max(70, Math.floor(columns * 0.4));
            const detail = Math.floor((columns - list - 2 * separatorWidth) / 2);
            return { list, detail, marts: columns - list - detail - 2 * separatorWidth };
        }
    }
}

export interface HomePicture extends Omit<HomeDetailOptions, "width" | "rows"> {
    readonly sections: readonly HomeSection[];
    readonly selected: HomeItem | null;
    /** The first line of the list that was in view. */
    readonly offset: number;
}

/** The painted body, and whose each line of it is. */
export interface PaintedHome {
    readonly lines: readonly string[];
    readonly owners: readonly (HomeItem | null)[];
    readonly offset: number;
    readonly listWidth: number;
}

interface ListLine {
    readonly text: string;
    readonly owner: HomeItem | null;
    /** It is marked when its owner is selected. */
    readonly isFirst: boolean;
}

export function paintHome(picture: HomePicture, { columns, rows }: TerminalSize): PaintedHome {
    const { theme, selected } = picture;
    const widths = layOutHome(columns);
    const list = listLines(picture, widths.list - 1, rows);
    const first = list.findIndex(({ owner, isFirst }) => isFirst && owner === selected);
    const last = list.findLastIndex(({ owner }) => owner === selected);
    // The heading of the first item is in view with it, and every line of the selected one.
    const isTop = list.slice(0, Math.max(0, first)).every(({ owner }) => owner === null);
    const below = placeList({ cursor: 0, offset: isTop ? 0 : picture.offset }, Math.max(0, last), list.length, rows);
    const { offset } = placeList(below, Math.max(0, isTop ? 0 : first), list.length, rows);
    const seen = list.slice(offset, offset + rows);
    const panes = [
        seen.map(({ text, owner, isFirst }) =>
            isFirst && owner === selected
                ? markSelected(text, true, widths.list, theme)
                : ` ${fitStyled(text, widths.list - 1)}`,
        ),
        ...(widths.detail === 0
            ? []
            : [selected === null ? [] : formatHomeDetail(selected, { ...picture, width: widths.detail, rows })]),
        ...(widths.marts === 0 ? [] : [formatMarts(picture, widths.marts, rows)]),
    ];
    const separator = ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    const paneWidths = [widths.list, widths.detail, widths.marts];
    return {
        lines: Array.from({ length: rows }, (_, row) =>
            panes.map((lines, pane) => fitStyled(lines[row] ?? "", paneWidths[pane] ?? 0)).join(separator),
        ),
        owners: seen.map(({ owner }) => owner),
        offset,
        listWidth: widths.list,
    };
}

function listLines(picture: HomePicture, width: number, rows: number): readonly ListLine[] {
    const { sections, theme } = picture;
    const plain = (text: string): ListLine => ({ text, owner: null, isFirst: false });
    const lines = sections.map(({ title, items, note }): readonly ListLine[] => [
        ...(title === "" ? [] : [plain(theme.style("accent", title))]),
        ...items.flatMap((item) =>
            formatHomeItem(item, { ...picture, width }).map((text, line) => ({
                text,
                owner: item,
                isFirst: line === 0,
            })),
        ),
        ...(note === "" ? [] : wrapText(note, width).map((line) => plain(theme.style("dim", line)))),
    ]);
    const total = lines.reduce((sum, each) => sum + each.length, 0);
    // Air between the sections, where all of them have room with it.
    const hasAir = total + sections.length <= rows;
    return lines.flatMap((each, index) => (index > 0 && hasAir ? [plain(""), ...each] : each));
}

/** As many marts as have room for a chart, one below the other. */
function formatMarts(picture: HomePicture, width: number, rows: number): readonly string[] {
    const marts = picture.sections.flatMap(({ items }) => items.filter((item) => item.kind === "mart"));
    const leastRows = 14;
    const shown = marts.slice(0, Math.max(1, Math.floor(rows / leastRows)));
    const height = Math.floor(rows / Math.max(1, shown.length));
    return shown.flatMap((mart) => {
        const lines = formatMartGlance(mart, { ...picture, width, rows: height - 1 });
        return [...Array.from({ length: height - 1 }, (_, row) => lines[row] ?? ""), ""];
    });
}

/** Whether both are the same thing on Home, however it has changed. */
export function isSameItem(one: HomeItem | null, other: HomeItem | null): boolean {
    return one === other || (one !== null && other !== null && keyOf(one) === keyOf(other));
}
