import type { Host } from "../screen.js";
import { listMotionOrNull } from "../list-state.js";
import type { DetailLine } from "../lines/detail-lines.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import { detailStart, findInDetail, moveDetail, placeDetail, type DetailPlace } from "./detail-place.js";
import { layOutPanes, shownPanes, type PaneId, type PaneWidths } from "./panes.js";

export interface ListItem {
    /** The same as long as it is there, wherever it stands. */
    readonly key: string;
    /** The item that it belongs to: selected when this one goes. */
    readonly parentKey?: string;
}

export type DetailPaneId = Exclude<PaneId, "list">;

/** What narrows the list. */
export interface ListFilter {
    readonly text: string;
    readonly isProblemsOnly: boolean;
}

/** What is listed and how an item is described. */
export interface ListDetailContent<Item extends ListItem> {
    /** Whatever makes other items or other descriptions. */
    readonly changes: readonly Readable<unknown>[];
    /** Null while it is not known. */
    readonly items: (filter: ListFilter) => readonly Item[] | null;
    /** Where a person is who has not moved yet. */
    readonly firstOf: (items: readonly Item[]) => number;
    readonly tabsOf: (item: Item) => readonly string[];
    /** The tabs shown in the two panes as long as nobody chooses others. */
    readonly firstTabs: Readonly<Record<DetailPaneId, string>>;
    readonly linesOf: (item: Item, tab: string, width: number) => readonly DetailLine[];
}

/** Where a person is in a list and in the panes beside it. */
export interface ListDetailState<Item extends ListItem> {
    readonly changes: readonly Readable<unknown>[];
    readonly filter: Store<ListFilter>;
    readonly focus: Store<PaneId>;
    readonly isZoomed: Store<boolean>;
    /** Looked for in the descriptions; null when nothing is. */
    readonly findText: Store<string | null>;
    readonly items: () => readonly Item[] | null;
    readonly cursor: () => number;
    readonly selectedOrNull: () => Item | null;
    readonly widths: () => PaneWidths;
    /** The selected item, where a pane that describes it is in view. */
    readonly describedOrNull: () => Item | null;
    /** The pane that takes the keys: the focus, as far as it is in view. */
    readonly activePane: () => PaneId;
    readonly tabOf: (pane: DetailPaneId) => string;
    readonly showTab: (pane: DetailPaneId, tab: string) => void;
    readonly stepTab: (by: number) => void;
    readonly linesOf: (pane: DetailPaneId) => readonly DetailLine[];
    readonly placeOf: (pane: DetailPaneId) => DetailPlace;
    readonly moveTo: (index: number) => void;
    /** Selects an item, when it is there; nothing else is filtered out then. */
    readonly select: (key: string) => void;
    readonly move: (actionId: string) => void;
    readonly scroll: (pane: PaneId, by: number) => void;
    readonly find: (text: string, direction: "next" | "previous") => boolean;
    readonly stepPane: (by: number) => void;
    /** What was painted last. */
    readonly setHeights: (heights: Readonly<Record<PaneId, number>>) => void;
}

interface ListPlace {
    /** Null as long as nobody has moved. */
    readonly key: string | null;
    readonly parentKey?: string | undefined;
    /** Where it stood, for when it goes. */
    readonly index: number;
}

type DetailPlaces = Readonly<Record<DetailPaneId, DetailPlace>>;

const startPlaces: DetailPlaces = { main: detailStart, side: detailStart };
const mostKept = 30;

export function makeListDetailState<Item extends ListItem>(
    app: Host,
    content: ListDetailContent<Item>,
): ListDetailState<Item> {
    const listPlace = makeStore<ListPlace>({ key: null, index: -1 });
    const places = makeStore<DetailPlaces>(startPlaces);
    const tabs = makeStore(content.firstTabs);
    const filter = makeStore<ListFilter>({ text: "", isProblemsOnly: false });
    const focus = makeStore<PaneId>("list");
    const isZoomed = makeStore(false);
    const findText = makeStore<string | null>(null);
    let heights: Readonly<Record<PaneId, number>> = { list: 10, main: 10, side: 10 };
    let listed: readonly Item[] | null | undefined;
    const described = new Map<string, readonly DetailLine[]>();
    const forget = (): void => {
        listed = undefined;
        described.clear();
    };
    for (const readable of [...content.changes, filter, app.theme]) {
        readable.subscribe(forget);
    }

    /** Asked for by every handler at every frame, so made once. */
    const items = (): readonly Item[] | null => (listed ??= content.items(filter.get()));

    function cursor(): number {
        const all = items() ?? [];
        const { key, parentKey, index } = listPlace.get();
        if (key === null) {
            return content.firstOf(all);
        }
        const found = all.findIndex((item) => item.key === key);
        const parent = found >= 0 ? found : all.findIndex((item) => item.key === parentKey);
        return parent >= 0 ? parent : clamp(index, 0, all.length - 1);
    }

    const selectedOrNull = (): Item | null => items()?.[cursor()] ?? null;
    const widths = (): PaneWidths => layOutPanes(app.size.get().columns, focus.get(), isZoomed.get());
    const activePane = (): PaneId => {
        const shown = shownPanes(widths());
        return shown.includes(focus.get()) ? focus.get() : (shown.at(-1) ?? "list");
    };

    function tabOf(pane: DetailPaneId): string {
        const item = selectedOrNull();
        const known = item === null ? [] : content.tabsOf(item);
        const wished = tabs.get()[pane];
        return known.includes(wished) ? wished : (known[pane === "side" ? known.length - 1 : 0] ?? "");
    }

    function showTab(pane: DetailPaneId, tab: string): void {
        const other = pane === "main" ? "side" : "main";
        const before = tabOf(pane);
        // Two panes that say the same would waste one.
        const isTaken = widths()[other] > 0 && tabOf(other) === tab;
        tabs.set({ ...tabs.get(), [pane]: tab, ...(isTaken ? { [other]: before } : {}) });
        places.set(isTaken ? startPlaces : { ...places.get(), [pane]: detailStart });
    }

    function linesOf(pane: DetailPaneId): readonly DetailLine[] {
        const item = selectedOrNull();
        const width = widths()[pane];
        if (item === null || width === 0) {
            return [];
        }
        const tab = tabOf(pane);
        const key = JSON.stringify([item.key, tab, width]);
        const lines = described.get(key) ?? content.linesOf(item, tab, width);
        if (described.size > mostKept) {
            described.clear();
        }
        described.set(key, lines);
        return lines;
    }

    const placeOf = (pane: DetailPaneId): DetailPlace => placeDetail(places.get()[pane], linesOf(pane), heights[pane]);
    const setPlace = (pane: DetailPaneId, place: DetailPlace): void => {
        places.set({ ...places.get(), [pane]: place });
    };

    function moveTo(index: number): void {
        const all = items() ?? [];
        const next = clamp(index, 0, all.length - 1);
        const before = selectedOrNull()?.key;
        listPlace.set({ key: all[next]?.key ?? null, parentKey: all[next]?.parentKey, index: next });
        if (selectedOrNull()?.key !== before) {
            places.set(startPlaces);
        }
    }

    function moveIn(pane: PaneId, by: number): void {
        if (pane === "list") {
            moveTo(cursor() + by);
        } else {
            setPlace(pane, moveDetail(placeOf(pane), by, linesOf(pane), heights[pane]));
        }
    }

    return {
        changes: [...content.changes, listPlace, places, tabs, filter, focus, isZoomed, findText],
        filter,
        focus,
        isZoomed,
        findText,
        items,
        cursor,
        selectedOrNull,
        widths,
        describedOrNull: () => (widths().main + widths().side > 0 ? selectedOrNull() : null),
        activePane,
        tabOf,
        showTab,
        stepTab: (by) => {
            const pane = activePane() === "side" ? "side" : "main";
            const item = selectedOrNull();
            const known = item === null ? [] : content.tabsOf(item);
            const next = known[(known.indexOf(tabOf(pane)) + by + known.length) % known.length];
            if (next !== undefined) {
                showTab(pane, next);
            }
        },
        linesOf,
        placeOf,
        moveTo,
        select: (key) => {
            if (items()?.some((item) => item.key === key) === false) {
                filter.set({ text: "", isProblemsOnly: false });
            }
            const index = items()?.findIndex((item) => item.key === key) ?? -1;
            if (index >= 0) {
                moveTo(index);
            } else {
                // Perhaps it is there once the list is read.
                listPlace.set({ key, index: 0 });
            }
        },
        move: (actionId) => {
            const pane = activePane();
            moveIn(pane, listMotionOrNull(actionId, heights[pane]) ?? 0);
        },
        scroll: moveIn,
        find: (text, direction) => {
            const pane = activePane() === "side" ? "side" : "main";
            findText.set(text === "" ? null : text);
            const found = findInDetail(placeOf(pane), text, direction, linesOf(pane), heights[pane]);
            if (found !== null) {
                setPlace(pane, found);
            }
            return found !== null;
        },
        stepPane: (by) => {
            const shown = shownPanes(widths());
            // One at a time: as if there were two.
            const all: readonly PaneId[] = shown.length === 1 ? ["list", "main"] : shown;
            focus.set(all[(all.indexOf(activePane()) + by + all.length) % all.length] ?? "list");
        },
        setHeights: (next) => {
            heights = next;
        },
    };
}

function clamp(value: number, least: number, most: number): number {
    return Math.max(least, Math.min(value, most));
}
