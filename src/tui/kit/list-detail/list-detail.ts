import type { Handler, Handlers, Host, Screen } from "../screen.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { DetailLine } from "../lines/detail-lines.js";
import { listMotions } from "../list-state.js";
import {
    makeListDetailState,
    noFilter,
    type DetailPaneId,
    type ListDetailContent,
    type ListDetailState,
    type ListFilter,
    type ListItem,
} from "./list-detail-state.js";
import { paintListDetail, type ListDetailLook, type PaintedListDetail } from "./paint-list-detail.js";
import { paneAt, type PaneId } from "./panes.js";

export interface ListDetailOptions<Item extends ListItem> extends ListDetailContent<Item>, ListDetailLook<Item> {
    /** The label of the filter's text field; not given for a list without a filter. */
    readonly filterLabel?: string;
    /** Describes the problems filter, such as `only failing or stale`; not given for a list without it. */
    readonly problemsNote?: string;
    /** For a list that the database filters: called when the text is submitted, not at each key. */
    readonly onFilter?: (filter: ListFilter) => void;
    /** What the screen itself leaves out of the list, and how to show it again; null when it leaves nothing out. */
    readonly scope?: () => { readonly note: string; readonly end: () => void } | null;
    /** The greatest number of marked items; items cannot be marked when not given. */
    readonly mostMarks?: number;
    /** Enter in the list, or in a description without a line to open; returns false to move the focus to the description. */
    readonly openItem: (item: Item) => boolean;
    /** Called whenever another item may be selected or described. */
    readonly onSelect?: () => void;
}

/** A list with the description of the selected item beside it or in its place, perhaps in tabs. */
export interface ListDetail<Item extends ListItem> extends Pick<Screen, "changes" | "paint" | "handlers" | "hide"> {
    readonly state: ListDetailState<Item>;
    readonly click: NonNullable<Screen["click"]>;
    /** Shows an item that another screen asked for; Esc goes back there. */
    readonly visit: (key: string, tab: string | null) => void;
    /** Called when the screen comes into view by its own key, unchanged. */
    readonly enter: () => void;
}

export function makeListDetail<Item extends ListItem>(app: Host, options: ListDetailOptions<Item>): ListDetail<Item> {
    const state = makeListDetailState(app, options);
    const onSelect = options.onSelect ?? ((): void => undefined);
    // In a narrow terminal a change of focus can bring a description into view, which must then be read.
    state.focus.subscribe(onSelect);
    let painted: PaintedListDetail<Item> | null = null;
    /** The item to which another screen sent the person. */
    let visitedKey: string | null = null;
    const isVisiting = (): boolean => visitedKey !== null && state.selectedOrNull()?.key === visitedKey;

    const act = (run: () => void, disabledReason: () => string | null = () => null): Handler => ({
        run: () => {
            run();
            onSelect();
        },
        disabledReason,
    });
    const nothingListed = (): string | null => (state.selectedOrNull() === null ? "nothing is selected" : null);
    const notListed = (): string | null => (state.items() === null ? "nothing is listed yet" : null);
    const noTabs = (): string | null =>
        nothingListed() ??
        (countTabs() === 0
            ? "there are no tabs"
            : state.describedOrNull() === null
              ? "no tabs are in view: the next pane has them"
              : null);
    const notFinding = (): string | null =>
        state.findText.get() === null ? "nothing was searched yet: / in a description searches" : null;

    function countTabs(): number {
        const item = state.selectedOrNull();
        return item === null ? 0 : state.tabsOf(item).length;
    }

    function canOpen({ target, open: openLine }: DetailLine): boolean {
        return target !== undefined || openLine !== undefined;
    }

    function open(): void {
        const pane = state.activePane();
        const item = state.selectedOrNull();
        if (item === null) {
            return;
        }
        const lines = pane === "list" ? [] : state.linesOf(pane);
        if (pane === "list" || !lines.some(canOpen)) {
            if (!options.openItem(item)) {
                state.focus.set("main");
            }
            return;
        }
        const line = lines[state.placeOf(pane).line ?? -1];
        if (line?.target !== undefined) {
            app.go(line.target);
        }
        line?.open?.();
    }

    function hasTarget(): boolean {
        const pane = state.activePane();
        return pane === "list" || countTabs() === 0 || state.linesOf(pane).some(canOpen);
    }

    function setFilter(filter: ListFilter): void {
        state.filter.set(filter);
        if (options.onFilter !== undefined) {
            state.select(null);
            options.onFilter(filter);
        }
        onSelect();
    }

    function fold(isOpen: boolean): void {
        const item = state.selectedOrNull();
        const pane = state.activePane();
        if (item === null) {
            return;
        }
        if (pane !== "list") {
            if (countTabs() > 1) {
                state.stepTab(isOpen ? 1 : -1);
            } else if (!isOpen) {
                state.focus.set("list");
            }
            return;
        }
        const own = options.foldOf?.(item) ?? null;
        if (own !== null && (isOpen || own.isOpen)) {
            state.setFold(own.key, isOpen);
            state.select(own.key);
        } else if (!isOpen && item.parentKey !== undefined) {
            // With nothing to close, Left selects the parent.
            state.select(item.parentKey);
        } else if (isOpen && options.foldOf === undefined) {
            state.focus.set("main");
        }
    }

    function ask(): void {
        if (state.activePane() === "list") {
            const before = state.filter.get();
            const setText = (text: string): void => {
                setFilter({ ...before, text });
            };
            app.ask({
                label: options.filterLabel ?? "",
                initial: before.text,
                onSubmit: setText,
                ...(options.onFilter !== undefined
                    ? {}
                    : {
                          onChange: setText,
                          onCancel: () => {
                              setFilter(before);
                          },
                      }),
            });
            return;
        }
        app.ask({
            label: "find",
            initial: state.findText.get() ?? "",
            onSubmit: (text) => {
                find(text, "next");
            },
        });
    }

    function find(text: string, direction: "next" | "previous"): void {
        if (!state.find(text, direction) && text !== "") {
            app.say(`There is no "${text}" here.`, "warned");
        }
    }

    /** What Esc does within the screen; null when Esc leaves the screen. */
    function stepBackOrNull(): (() => void) | null {
        const { text, isProblemsOnly } = state.filter.get();
        const widths = state.widths();
        if (state.activePane() !== "list") {
            if (state.findText.get() !== null) {
                return () => {
                    state.findText.set(null);
                };
            }
            if (state.isZoomed.get() && widths.list === 0 && app.size.get().columns !== widths.main) {
                return () => {
                    state.isZoomed.set(false);
                };
            }
            return isVisiting()
                ? null
                : () => {
                      state.isZoomed.set(false);
                      state.focus.set("list");
                  };
        }
        const scope = options.scope?.() ?? null;
        return text === "" && !isProblemsOnly && scope === null
            ? null
            : () => {
                  scope?.end();
                  setFilter(noFilter);
              };
    }

    const handlers: Handlers = {
        ...Object.fromEntries(
            listMotions.map((id) => [
                id,
                act(() => {
                    state.move(id);
                }, nothingListed),
            ]),
        ),
        "move.left": act(() => {
            fold(false);
        }, nothingListed),
        "move.right": act(() => {
            fold(true);
        }, nothingListed),
        open: act(open, () => nothingListed() ?? (hasTarget() ? null : "there is nothing to open in this tab")),
        back: act(
            () => {
                stepBackOrNull()?.();
            },
            () => (stepBackOrNull() === null ? "this is the list" : null),
        ),
        find: act(ask, () =>
            options.filterLabel === undefined && state.activePane() === "list"
                ? "the list is short; in a description it finds text"
                : notListed(),
        ),
        "find.next": act(() => {
            find(state.findText.get() ?? "", "next");
        }, notFinding),
        "find.previous": act(() => {
            find(state.findText.get() ?? "", "previous");
        }, notFinding),
        ...(options.problemsNote === undefined
            ? {}
            : {
                  failuresOnly: act(() => {
                      const filter = state.filter.get();
                      setFilter({ ...filter, isProblemsOnly: !filter.isProblemsOnly });
                  }, notListed),
              }),
        ...(options.mostMarks === undefined
            ? {}
            : {
                  mark: act(() => {
                      toggleMark(state, options.mostMarks ?? 0);
                  }, nothingListed),
              }),
        "tab.next": act(() => {
            state.stepTab(1);
        }, noTabs),
        "tab.previous": act(() => {
            state.stepTab(-1);
        }, noTabs),
        "pane.next": act(() => {
            state.stepPane(1);
        }, nothingListed),
        "pane.previous": act(() => {
            state.stepPane(-1);
        }, nothingListed),
        zoom: act(
            () => {
                state.isZoomed.update((isOn) => !isOn);
            },
            () => (app.size.get().columns < 100 ? "there is one pane only" : nothingListed()),
        ),
    };

    function press(pane: PaneId, row: number, { listTop, detailTop, owners }: PaintedListDetail<Item>): void {
        const wasActive = state.activePane() === pane;
        if (pane !== "list") {
            state.focus.set(pane);
            pressDetail(pane, row - detailTop, wasActive);
            return;
        }
        const item = owners[row - listTop];
        const index = item === undefined ? -1 : state.selectable().indexOf(item);
        if (index >= 0) {
            const isSecond = wasActive && index === state.cursor();
            state.focus.set("list");
            state.moveTo(index);
            if (isSecond) {
                open();
            }
        }
    }

    function pressDetail(pane: DetailPaneId, row: number, wasActive: boolean): void {
        const { top, line } = state.placeOf(pane);
        const pressed = top + row;
        const detail = state.linesOf(pane)[pressed];
        if (row < 0 || detail === undefined || !canOpen(detail)) {
            return;
        }
        if (wasActive && pressed === line) {
            open();
        } else {
            state.scroll(pane, pressed - (line ?? 0));
        }
    }

    function describeFilter(): string {
        const { text, isProblemsOnly } = state.filter.get();
        const scope = options.scope?.() ?? null;
        const parts = [
            ...(scope === null ? [] : [scope.note]),
            ...(isProblemsOnly ? [options.problemsNote ?? ""] : []),
            ...(text === "" ? [] : [`only with "${text}"`]),
        ];
        const none = state.items()?.length === 0 ? ": none" : "";
        return parts.length === 0 ? "" : makeVisible(`${parts.join(", ")}${none}   esc shows all`);
    }

    return {
        state,
        changes: state.changes,
        handlers,
        paint: (size) => {
            painted = paintListDetail(state, options, describeFilter(), size, painted, app.theme.get());
            return painted.lines;
        },
        click: ({ action, row, column }) => {
            if (painted === null) {
                return;
            }
            const pane = paneAt(column, state.widths());
            if (action === "wheel-up" || action === "wheel-down") {
                state.scroll(pane, action === "wheel-up" ? -3 : 3);
            } else if (action === "press") {
                press(pane, row, painted);
            }
            onSelect();
        },
        visit: (key, tab) => {
            state.select(key);
            visitedKey = key;
            state.focus.set("main");
            if (tab !== null) {
                state.showTab("main", tab);
            }
            onSelect();
        },
        enter: () => {
            visitedKey = null;
            onSelect();
        },
        hide: () => {
            state.findText.set(null);
        },
    };
}

function toggleMark<Item extends ListItem>({ marks, selectedOrNull }: ListDetailState<Item>, most: number): void {
    const item = selectedOrNull();
    if (item !== null) {
        marks.update((known) => {
            const others = known.filter(({ key }) => key !== item.key);
            return others.length < known.length ? others : [...known, item].slice(-most);
        });
    }
}
