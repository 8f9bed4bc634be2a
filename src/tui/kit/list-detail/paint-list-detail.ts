import { placeList } from "../list-state.js";
import { formatTabs, markMatches } from "../lines/detail-lines.js";
import { markSelected } from "../lines/table-lines.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../theme.js";
import type { DetailPaneId, ListDetailState, ListItem } from "./list-detail-state.js";
import { shownPanes, type PaneId } from "./panes.js";

/** How a list with its details looks. */
export interface ListDetailLook<Item extends ListItem> {
    /** The names of the list's columns, for a line of this width. */
    readonly titles: (width: number) => string;
    readonly lineOf: (item: Item, width: number) => string;
    /** What stands above the tabs of every description. */
    readonly headOf: (item: Item, width: number) => readonly string[];
    readonly tabsOf: (item: Item) => readonly string[];
    /** Says what is left out of the list; empty when nothing is. */
    readonly filterNote: () => string;
    /** Stands in place of an empty list. */
    readonly nothing: (width: number) => readonly string[];
}

/** Where the panes are in what was painted, for clicks. */
export interface PaintedListDetail {
    readonly lines: readonly string[];
    /** The first item in view and the line of the body that it stands on. */
    readonly offset: number;
    readonly listTop: number;
    readonly detailTop: number;
}

export function paintListDetail<Item extends ListItem>(
    state: ListDetailState<Item>,
    look: ListDetailLook<Item>,
    { rows }: TerminalSize,
    before: PaintedListDetail | null,
    theme: Theme,
): PaintedListDetail {
    const note = look.filterNote();
    const item = state.selectedOrNull();
    const widths = state.widths();
    const listTop = (note === "" ? 0 : 1) + 1;
    const heads = item === null ? [] : look.headOf(item, Math.max(1, widths.main + widths.side));
    const detailTop = heads.length + 2;
    state.setHeights({
        list: Math.max(1, rows - listTop),
        main: Math.max(1, rows - detailTop),
        side: Math.max(1, rows - detailTop),
    });
    let offset = 0;

    function paintList(width: number): readonly string[] {
        const items = state.items() ?? [];
        const height = Math.max(1, rows - listTop);
        const cursor = state.cursor();
        ({ offset } = placeList({ cursor, offset: before?.offset ?? 0 }, cursor, items.length, height));
        const isActive = state.activePane() === "list";
        return [
            ...(note === "" ? [] : [theme.style("accent", fitStyled(` ${note}`, width))]),
            ` ${look.titles(width - 1)}`,
            ...(items.length === 0
                ? look.nothing(width)
                : items.slice(offset, offset + height).map((each, index) => {
                      const line = look.lineOf(each, width - 1);
                      return index + offset !== cursor
                          ? ` ${fitStyled(line, width - 1)}`
                          : isActive
                            ? markSelected(line, true, width, theme)
                            : `${theme.style("accent", theme.symbols.cursor)}${fitStyled(line, width - 1)}`;
                  })),
        ];
    }

    function paintDetail(pane: DetailPaneId, width: number): readonly string[] {
        if (item === null) {
            return [];
        }
        const lines = state.linesOf(pane);
        const { top, line: selected } = state.placeOf(pane);
        const findText = state.findText.get();
        const height = rows - detailTop;
        const isActive = state.activePane() === pane;
        const head = pane === "side" ? heads.map(() => "") : look.headOf(item, width - 1);
        return [
            ...head.map((line) => ` ${line}`),
            formatTabs(look.tabsOf(item), state.tabOf(pane), width, theme),
            // Says that there is more above.
            top > 0 ? theme.style("dim", ` ${theme.symbols.ellipsis}`) : "",
            ...lines.slice(top, top + height).map(({ text, target }, index) => {
                const isSelected = isActive && target !== undefined && index + top === selected;
                const marked = findText === null ? text : markMatches(text, findText, theme);
                return markSelected(marked, isSelected, width, theme);
            }),
        ];
    }

    const paint: Readonly<Record<PaneId, (width: number) => readonly string[]>> = {
        list: paintList,
        main: (width) => paintDetail("main", width),
        side: (width) => paintDetail("side", width),
    };
    const panes = shownPanes(widths).map((pane) => ({ width: widths[pane], lines: paint[pane](widths[pane]) }));
    const separator = ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    const lines = Array.from({ length: rows }, (_, row) =>
        panes.map(({ width, lines: own }) => fitStyled(own[row] ?? "", width)).join(separator),
    );
    return { lines, offset, listTop, detailTop };
}
