import { formatTabs, markMatches } from "../lines/detail-lines.js";
import { markSelected } from "../lines/table-lines.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../theme.js";
import type { DetailPaneId, ListDetailState, ListItem } from "./list-detail-state.js";
import { joinPanes, shownPanes, type PaneId } from "./panes.js";

/** How a list with its details looks. */
export interface ListDetailLook<Item extends ListItem> {
    /** The lines above all panes. */
    readonly above?: (width: number) => readonly string[];
    /** The names of the list's columns, for a line of this width. */
    readonly titles?: (width: number) => string;
    /** An item as one line, or as many as `heightOf` gives; the first one is marked when the item is selected. */
    readonly lineOf: (item: Item, width: number) => string | readonly string[];
    readonly heightOf?: (item: Item) => number;
    /** Paints something else in place of the list, in exactly this size; null to show the list. */
    readonly paintList?: (size: TerminalSize) => readonly string[] | null;
    /** The lines above the description of the item, the same for all tabs. */
    readonly headOf?: (item: Item, width: number) => readonly string[];
    /** The lines below a pane's description; `line` is the selected one, null while the pane does not have the focus. */
    readonly footOf?: (item: Item, pane: DetailPaneId, width: number, line: number | null) => readonly string[];
    /** Whether the first item in view stays there when items are added above it. */
    readonly keepsTop?: boolean;
    /** The lines in place of an empty list. */
    readonly nothing: (size: TerminalSize) => readonly string[];
}

/** The painted lines, the places of the panes for clicks, and the list's scroll position for the next frame. */
export interface PaintedListDetail<Item extends ListItem> {
    readonly lines: readonly string[];
    /** The item that each line of the list belongs to, from `listTop` on. */
    readonly owners: readonly Item[];
    /** The first line of the list in view, and its item. */
    readonly offset: number;
    readonly topKey: string | null;
    readonly listTop: number;
    readonly detailTop: number;
}

/** @param note says what is left out of the list; empty when nothing is */
export function paintListDetail<Item extends ListItem>(
    state: ListDetailState<Item>,
    look: ListDetailLook<Item>,
    note: string,
    { columns, rows }: TerminalSize,
    before: PaintedListDetail<Item> | null,
    theme: Theme,
): PaintedListDetail<Item> {
    const item = state.selectedOrNull();
    const widths = state.widths();
    const isListShown = item === null || widths.list > 0;
    const above = [
        ...(look.above?.(columns) ?? []),
        ...(note === "" || !isListShown ? [] : [theme.style("accent", fitStyled(` ${note}`, columns))]),
    ];
    const bodyRows = Math.max(1, rows - above.length);
    if (item === null) {
        const lines = [...above, ...look.nothing({ columns, rows: bodyRows })].slice(0, rows);
        return { lines, owners: [], offset: 0, topKey: null, listTop: 0, detailTop: 0 };
    }
    const listHead = look.titles === undefined || widths.list === 0 ? [] : [` ${look.titles(widths.list - 1)}`];
    const detailWidth = widths.main === 0 ? widths.side : widths.main;
    const heads = detailWidth === 0 ? [] : (look.headOf?.(item, detailWidth - 1) ?? []);
    const tabRows = state.tabsOf(item).length === 0 ? 0 : 2;
    const listHeight = Math.max(1, bodyRows - listHead.length);
    const detailHeight = Math.max(1, bodyRows - heads.length - tabRows);
    state.setHeights({ list: listHeight, main: detailHeight, side: detailHeight });
    const feet = { main: footOf("main"), side: footOf("side") };
    state.setHeights({
        list: listHeight,
        main: Math.max(1, detailHeight - feet.main.length),
        side: Math.max(1, detailHeight - feet.side.length),
    });
    const list =
        widths.list === 0
            ? { lines: [], owners: [], offset: before?.offset ?? 0, topKey: before?.topKey ?? null }
            : viewList(state, look, { width: widths.list, height: listHeight }, before, theme);

    function footOf(pane: DetailPaneId): readonly string[] {
        if (item === null || widths[pane] === 0) {
            return [];
        }
        const line = state.activePane() === pane ? state.placeOf(pane).line : null;
        return look.footOf?.(item, pane, widths[pane] - 1, line) ?? [];
    }

    function paintDetail(pane: DetailPaneId, width: number): readonly string[] {
        if (item === null) {
            return [];
        }
        const lines = state.linesOf(pane);
        const { top, line: selected } = state.placeOf(pane);
        const findText = state.findText.get();
        const foot = feet[pane];
        const height = Math.max(1, detailHeight - foot.length);
        const isActive = state.activePane() === pane;
        const shown = lines.slice(top, top + height).map(({ text, target, open }, index) => {
            const canOpen = target !== undefined || open !== undefined;
            const marked = findText === null ? text : markMatches(text, findText, theme);
            return markSelected(marked, isActive && canOpen && index + top === selected, width, theme);
        });
        return [
            ...(pane === "side" ? heads.map(() => "") : heads.map((line) => ` ${line}`)),
            ...(tabRows === 0
                ? []
                : [
                      formatTabs(state.tabsOf(item), state.tabOf(pane), width, theme),
                      // Shows that there are more lines above.
                      top > 0 ? theme.style("dim", ` ${theme.symbols.ellipsis}`) : "",
                  ]),
            ...shown,
            ...foot.map((line) => ` ${line}`),
        ];
    }

    const picture = widths.list === 0 ? null : (look.paintList?.({ columns: widths.list, rows: bodyRows }) ?? null);
    const paint: Readonly<Record<PaneId, () => readonly string[]>> = {
        list: () => picture ?? [...listHead, ...list.lines],
        main: () => paintDetail("main", widths.main),
        side: () => paintDetail("side", widths.side),
    };
    const panes = shownPanes(widths).map((pane) => ({ width: widths[pane], lines: paint[pane]() }));
    return {
        lines: [...above, ...joinPanes(panes, bodyRows, theme)].slice(0, rows),
        owners: list.owners,
        offset: list.offset,
        topKey: list.topKey,
        listTop: above.length + listHead.length,
        detailTop: above.length + heads.length + tabRows,
    };
}

interface ListView<Item> {
    readonly lines: readonly string[];
    readonly owners: readonly Item[];
    readonly offset: number;
    readonly topKey: string | null;
}

/** Scrolls so that the selected item is in view, at least its first line, and draws the lines in view. */
function viewList<Item extends ListItem>(
    state: ListDetailState<Item>,
    { heightOf = () => 1, lineOf, keepsTop }: ListDetailLook<Item>,
    { width, height }: { readonly width: number; readonly height: number },
    before: PaintedListDetail<Item> | null,
    theme: Theme,
): ListView<Item> {
    const all = state.items() ?? [];
    const selected = state.selectedOrNull();
    const isActive = state.activePane() === "list";
    let [count, top, wished] = [0, 0, before?.offset ?? 0];
    for (const item of all) {
        top = item === selected ? count : top;
        wished = keepsTop === true && item.key === before?.topKey ? count : wished;
        count += heightOf(item);
    }
    const bottom = top + (selected === null ? 1 : heightOf(selected));
    // With the first selectable item, the headings above it are in view too.
    const offset =
        state.cursor() === 0
            ? Math.max(0, Math.min(bottom - height, top))
            : Math.max(0, Math.min(Math.max(Math.min(wished, count - height), bottom - height), top));
    const lines: string[] = [];
    const owners: Item[] = [];
    let line = 0;
    for (const item of all) {
        const itemHeight = heightOf(item);
        if (line >= offset + height) {
            break;
        }
        if (line + itemHeight > offset) {
            const texts = [lineOf(item, width - 1)].flat();
            for (let place = Math.max(0, offset - line); place < itemHeight && lines.length < height; place++) {
                const text = texts[place] ?? "";
                lines.push(
                    item !== selected || place > 0
                        ? ` ${fitStyled(text, width - 1)}`
                        : isActive
                          ? markSelected(text, true, width, theme)
                          : `${theme.style("accent", theme.symbols.cursor)}${fitStyled(text, width - 1)}`,
                );
                owners.push(item);
            }
        }
        line += itemHeight;
    }
    return { lines, owners, offset, topKey: owners[0]?.key ?? null };
}
