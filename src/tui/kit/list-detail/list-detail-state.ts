import type { Host } from "../screen.js";
import { listMotionOrNull } from "../list-state.js";
import type { DetailLine } from "../lines/detail-lines.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import { detailStart, findInDetail, moveDetail, placeDetail, type DetailPlace } from "./detail-place.js";
import { layOutPanes, shownPanes, type PaneId, type PaneShares, type PaneWidths } from "./panes.js";

export interface ListItem {
    /** Identifies the item; it does not change when the item moves. */
    readonly key: string;
    /** The item that it belongs to, which is selected when this one disappears. */
    readonly parentKey?: string;
    /** A heading or a remark, which cannot be selected. */
    readonly isFixed?: boolean;
}

export type DetailPaneId = Exclude<PaneId, "list">;

/** The text and the switch that filter the list. */
export interface ListFilter {
    readonly text: string;
    readonly isProblemsOnly: boolean;
}

export const noFilter: ListFilter = { text: "", isProblemsOnly: false };

/** What a person opened (true) and closed (false), by key. */
export type Folds = ReadonlyMap<string, boolean>;

/** The pane and the space for a description. */
export interface DetailRoom {
    readonly pane: DetailPaneId;
    /** Empty when the item has no tabs. */
    readonly tab: string;
    readonly width: number;
    readonly rows: number;
}

/** The items of the list, and how each is described. */
export interface ListDetailContent<Item extends ListItem> {
    /** A change of any of these may change the items or their descriptions. */
    readonly changes: readonly Readable<unknown>[];
    /** Null while the items are not known. */
    readonly items: (filter: ListFilter, folds: Folds) => readonly Item[] | null;
    /** How many lines an item takes; one when not given. */
    readonly heightOf?: (item: Item) => number;
    /** The index of the item selected before a person has moved, among the selectable ones; the first when not given. */
    readonly firstOf?: (items: readonly Item[]) => number;
    /** Whether the selection stays on the top place once it is there, when items are added above; else it stays on its item. */
    readonly staysAtTop?: () => boolean;
    /** What an item opens and closes; null for an item that does neither. */
    readonly foldOf?: (item: Item) => { readonly key: string; readonly isOpen: boolean } | null;
    readonly tabsOf?: (item: Item) => readonly string[];
    /** The tabs shown in the two panes until others are chosen. */
    readonly firstTabs?: Readonly<Record<DetailPaneId, string>>;
    readonly describe: (item: Item, room: DetailRoom) => readonly DetailLine[];
    readonly shares?: PaneShares;
    /** Whether the list takes the whole width while it has the focus. */
    readonly isListWide?: () => boolean;
    /** Called when a person has moved in the list. */
    readonly onMove?: (index: number) => void;
    /** Reads up to one end of a list that is read in parts; null when that end has been read. */
    readonly readEnd?: (end: "first" | "last") => Promise<void> | null;
}

/** The state of a list and of the panes beside it. */
export interface ListDetailState<Item extends ListItem> {
    readonly changes: readonly Readable<unknown>[];
    readonly filter: Store<ListFilter>;
    readonly focus: Store<PaneId>;
    readonly isZoomed: Store<boolean>;
    /** The text searched for in the descriptions; null when none is. */
    readonly findText: Store<string | null>;
    /** The marked items, the last one marked at the end. */
    readonly marks: Store<readonly Item[]>;
    /** All items of the list; null while they are not known. */
    readonly items: () => readonly Item[] | null;
    /** The items that can be selected. */
    readonly selectable: () => readonly Item[];
    readonly cursor: () => number;
    readonly selectedOrNull: () => Item | null;
    readonly widths: () => PaneWidths;
    /** The selected item, if a pane that describes it is in view. */
    readonly describedOrNull: () => Item | null;
    /** The pane that takes the keys: the one with the focus, or another when that one is not in view. */
    readonly activePane: () => PaneId;
    readonly tabsOf: (item: Item) => readonly string[];
    readonly tabOf: (pane: DetailPaneId) => string;
    /** The tabs that were asked for. */
    readonly tabs: Readable<unknown>;
    readonly showTab: (pane: DetailPaneId, tab: string) => void;
    readonly stepTab: (by: number) => void;
    readonly linesOf: (pane: DetailPaneId) => readonly DetailLine[];
    readonly placeOf: (pane: DetailPaneId) => DetailPlace;
    readonly moveTo: (index: number) => void;
    /** Selects an item as soon as it is listed; null selects the first. Clears the filter if it hides the item. */
    readonly select: (key: string | null) => void;
    readonly setFold: (key: string, isOpen: boolean) => void;
    readonly forgetFolds: () => void;
    readonly folds: () => Folds;
    readonly move: (actionId: string) => void;
    readonly scroll: (pane: PaneId, by: number) => void;
    readonly find: (text: string, direction: "next" | "previous") => boolean;
    readonly stepPane: (by: number) => void;
    /** Sets how many lines of each pane were painted last. */
    readonly setHeights: (heights: PaneHeights) => void;
}

type PaneHeights = Readonly<Record<PaneId, number>>;

interface ListPlace {
    /** Null until a person moves. */
    readonly key: string | null;
    readonly parentKey?: string | undefined;
    /** The item's last index, used when it disappears. */
    readonly index: number;
}

type DetailPlaces = Readonly<Record<DetailPaneId, DetailPlace>>;

const startPlaces: DetailPlaces = { main: detailStart, side: detailStart };
const mostKept = 30;

export function makeListDetailState<Item extends ListItem>(
    app: Pick<Host, "size" | "theme">,
    content: ListDetailContent<Item>,
): ListDetailState<Item> {
    const listPlace = makeStore<ListPlace>({ key: null, index: -1 });
    const places = makeStore<DetailPlaces>(startPlaces);
    const tabs = makeStore(content.firstTabs ?? { main: "", side: "" });
    const filter = makeStore<ListFilter>(noFilter);
    const folds = makeStore<Folds>(new Map());
    const focus = makeStore<PaneId>("list");
    const isZoomed = makeStore(false);
    const findText = makeStore<string | null>(null);
    const marks = makeStore<readonly Item[]>([]);
    let heights: PaneHeights = { list: 10, main: 10, side: 10 };
    let listed: { readonly all: readonly Item[] | null; readonly selectable: readonly Item[] } | null = null;
    const described = new Map<string, readonly DetailLine[]>();
    const forget = (): void => {
        listed = null;
        described.clear();
    };
    for (const readable of [...content.changes, filter, folds, focus, isZoomed, app.theme, app.size]) {
        readable.subscribe(forget);
    }

    /** Cached, because every handler asks for it at every frame. */
    function list(): NonNullable<typeof listed> {
        if (listed === null) {
            const all = content.items(filter.get(), folds.get());
            listed = { all, selectable: all?.filter(({ isFixed }) => isFixed !== true) ?? [] };
        }
        return listed;
    }

    const selectable = (): readonly Item[] => list().selectable;

    function cursor(): number {
        const all = selectable();
        const { key, parentKey, index } = listPlace.get();
        if (key === null) {
            return content.firstOf?.(all) ?? 0;
        }
        const found = all.findIndex((item) => item.key === key);
        const parent = found >= 0 ? found : all.findIndex((item) => item.key === parentKey);
        return parent >= 0 ? parent : clamp(index, 0, all.length - 1);
    }

    const selectedOrNull = (): Item | null => selectable()[cursor()] ?? null;
    const widths = (): PaneWidths =>
        layOutPanes(
            app.size.get().columns,
            focus.get(),
            isZoomed.get() || (focus.get() === "list" && content.isListWide?.() === true),
            content.shares,
        );
    const activePane = (): PaneId => {
        const shown = shownPanes(widths());
        return shown.includes(focus.get()) ? focus.get() : (shown.at(-1) ?? "list");
    };
    const tabsOf = (item: Item): readonly string[] => content.tabsOf?.(item) ?? [];

    function tabOf(pane: DetailPaneId): string {
        const item = selectedOrNull();
        const known = item === null ? [] : tabsOf(item);
        const wished = tabs.get()[pane];
        return known.includes(wished) ? wished : (known[pane === "side" ? known.length - 1 : 0] ?? "");
    }

    function showTab(pane: DetailPaneId, tab: string): void {
        const other = pane === "main" ? "side" : "main";
        const before = tabOf(pane);
        // When the other pane shows this tab, the panes swap tabs.
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
        const room = { pane, tab: tabOf(pane), width: width - 1, rows: heights[pane] };
        const key = JSON.stringify([item.key, room]);
        const lines = described.get(key) ?? content.describe(item, room);
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
        const all = selectable();
        const next = clamp(index, 0, all.length - 1);
        const before = selectedOrNull()?.key;
        const item = all[next];
        const isAtTop = next === 0 && content.staysAtTop?.() === true;
        listPlace.set({ key: isAtTop ? null : (item?.key ?? null), parentKey: item?.parentKey, index: next });
        if (selectedOrNull()?.key !== before) {
            places.set(startPlaces);
        }
        content.onMove?.(next);
    }

    /** The index after moving by a page, which is counted in lines and not in items. */
    function pageFrom(start: number, by: number): number {
        const all = selectable();
        const { heightOf } = content;
        if (heightOf === undefined || Math.abs(by) <= 1 || !Number.isFinite(by)) {
            return start + by;
        }
        let [index, lines] = [start, 0];
        for (let next = all[index + Math.sign(by)]; next !== undefined; next = all[index + Math.sign(by)]) {
            lines += heightOf(next);
            if (lines > Math.abs(by) && index !== start) {
                break;
            }
            index += Math.sign(by);
        }
        return index;
    }

    function moveIn(pane: PaneId, by: number): void {
        if (pane !== "list") {
            setPlace(pane, moveDetail(placeOf(pane), by, linesOf(pane), heights[pane]));
            return;
        }
        const reading = Number.isFinite(by) ? null : (content.readEnd?.(by < 0 ? "first" : "last") ?? null);
        if (reading === null) {
            moveTo(pageFrom(cursor(), by));
        } else {
            void reading.then(() => {
                moveTo(by < 0 ? 0 : selectable().length - 1);
            });
        }
    }

    return {
        changes: [...content.changes, listPlace, places, tabs, filter, folds, focus, isZoomed, findText, marks],
        filter,
        focus,
        isZoomed,
        findText,
        marks,
        tabs,
        items: () => list().all,
        selectable,
        cursor,
        selectedOrNull,
        widths,
        describedOrNull: () => (widths().main + widths().side > 0 ? selectedOrNull() : null),
        activePane,
        tabsOf,
        tabOf,
        showTab,
        stepTab: (by) => {
            const pane = activePane() === "side" ? "side" : "main";
            const item = selectedOrNull();
            const known = item === null ? [] : tabsOf(item);
            const next = known[(known.indexOf(tabOf(pane)) + by + known.length) % known.length];
            if (next !== undefined) {
                showTab(pane, next);
            }
        },
        linesOf,
        placeOf,
        moveTo,
        select: (key) => {
            if (key !== null && list().all?.some((item) => item.key === key) === false) {
                filter.set(noFilter);
            }
            const index = selectable().findIndex((item) => item.key === key);
            if (index >= 0) {
                moveTo(index);
            } else {
                // It may be listed once the list has been read.
                listPlace.set({ key, index: 0 });
                places.set(startPlaces);
            }
        },
        setFold: (key, isOpen) => {
            folds.update((known) => new Map([...known, [key, isOpen]]));
        },
        forgetFolds: () => {
            folds.set(new Map());
        },
        folds: folds.get,
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
            // When only one pane fits, Tab goes between the list and its description.
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
