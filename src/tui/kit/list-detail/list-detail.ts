import type { Handler, Handlers, Host, Screen } from "../screen.js";
import {
    makeListDetailState,
    type DetailPaneId,
    type ListDetailContent,
    type ListDetailState,
    type ListItem,
} from "./list-detail-state.js";
import { paintListDetail, type ListDetailLook, type PaintedListDetail } from "./paint-list-detail.js";
import { separatorWidth, shownPanes, type PaneId } from "./panes.js";

export interface ListDetailOptions<Item extends ListItem>
    extends ListDetailContent<Item>, Omit<ListDetailLook<Item>, "tabsOf" | "filterNote"> {
    /** The label of the question that filters. */
    readonly filterLabel: string;
    /** `only failing or stale` */
    readonly problemsNote: string;
    /** Enter in the list; false to go on into the description. */
    readonly openItem: (item: Item) => boolean;
    /** Called whenever another item may be selected or described. */
    readonly onSelect: () => void;
}

/** A list, and beside or behind it what describes the selected item, in tabs. */
export interface ListDetail<Item extends ListItem> extends Pick<Screen, "changes" | "paint" | "handlers" | "hide"> {
    readonly state: ListDetailState<Item>;
    readonly click: NonNullable<Screen["click"]>;
    /** Shows an item that another screen asked for; Esc goes back there. */
    readonly visit: (key: string, tab: string | null) => void;
    /** Comes into view as it was, by its own key. */
    readonly enter: () => void;
}

const motions = ["move.up", "move.down", "move.pageUp", "move.pageDown", "move.start", "move.end"] as const;

export function makeListDetail<Item extends ListItem>(app: Host, options: ListDetailOptions<Item>): ListDetail<Item> {
    const state = makeListDetailState(app, options);
    let painted: PaintedListDetail | null = null;
    /** Another screen sent the person to this item. */
    let visitedKey: string | null = null;
    const isVisiting = (): boolean => visitedKey !== null && state.selectedOrNull()?.key === visitedKey;

    const act = (run: () => void, disabledReason: () => string | null = () => null): Handler => ({
        run: () => {
            run();
            options.onSelect();
        },
        disabledReason,
    });
    const nothingListed = (): string | null => (state.selectedOrNull() === null ? "nothing is selected" : null);
    const noTabs = (): string | null =>
        nothingListed() ?? (state.describedOrNull() === null ? "no tabs are in view: the next pane has them" : null);
    const notFinding = (): string | null =>
        state.findText.get() === null ? "nothing is searched for: / in a description asks" : null;

    function open(): void {
        const pane = state.activePane();
        const item = state.selectedOrNull();
        if (item === null) {
            return;
        }
        if (pane === "list") {
            if (!options.openItem(item)) {
                state.focus.set("main");
            }
            return;
        }
        const { line } = state.placeOf(pane);
        const target = line === null ? undefined : state.linesOf(pane)[line]?.target;
        if (target !== undefined) {
            app.go(target);
        }
    }

    function hasTarget(): boolean {
        const pane = state.activePane();
        return pane === "list" || state.linesOf(pane).some(({ target }) => target !== undefined);
    }

    function ask(): void {
        if (state.activePane() === "list") {
            const before = state.filter.get();
            const setText = (text: string): void => {
                state.filter.set({ ...before, text });
                options.onSelect();
            };
            app.ask({
                label: options.filterLabel,
                initial: before.text,
                onChange: setText,
                onSubmit: setText,
                onCancel: () => {
                    state.filter.set(before);
                    options.onSelect();
                },
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

    /** What Esc does here; null when it has to leave the screen. */
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
        return text === "" && !isProblemsOnly
            ? null
            : () => {
                  state.filter.set({ text: "", isProblemsOnly: false });
              };
    }

    const handlers: Handlers = {
        ...Object.fromEntries(
            motions.map((id) => [
                id,
                act(() => {
                    state.move(id);
                }, nothingListed),
            ]),
        ),
        open: act(open, () => nothingListed() ?? (hasTarget() ? null : "there is nothing to open in this tab")),
        back: act(
            () => {
                stepBackOrNull()?.();
            },
            () => (stepBackOrNull() === null ? "this is the list" : null),
        ),
        find: act(ask),
        "find.next": act(() => {
            find(state.findText.get() ?? "", "next");
        }, notFinding),
        "find.previous": act(() => {
            find(state.findText.get() ?? "", "previous");
        }, notFinding),
        failuresOnly: act(() => {
            state.filter.update((filter) => ({ ...filter, isProblemsOnly: !filter.isProblemsOnly }));
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

    function paneAt(column: number): PaneId {
        const widths = state.widths();
        let end = 0;
        for (const pane of shownPanes(widths)) {
            end += widths[pane] + separatorWidth;
            if (column < end) {
                return pane;
            }
        }
        return "list";
    }

    function press(pane: PaneId, row: number, { listTop, detailTop, offset }: PaintedListDetail): void {
        const wasActive = state.activePane() === pane;
        if (pane === "list") {
            const index = offset + row - listTop;
            const isSecond = wasActive && index === state.cursor();
            if (row >= listTop && index < (state.items()?.length ?? 0)) {
                state.focus.set("list");
                state.moveTo(index);
                if (isSecond) {
                    open();
                }
            }
            return;
        }
        state.focus.set(pane);
        pressDetail(pane, row - detailTop, wasActive);
    }

    function pressDetail(pane: DetailPaneId, row: number, wasActive: boolean): void {
        const { top, line } = state.placeOf(pane);
        const pressed = top + row;
        if (row < 0 || state.linesOf(pane)[pressed]?.target === undefined) {
            return;
        }
        if (wasActive && pressed === line) {
            open();
        } else {
            state.scroll(pane, pressed - (line ?? 0));
        }
    }

    return {
        state,
        changes: state.changes,
        handlers,
        paint: (size) => {
            painted = paintListDetail(
                state,
                { ...options, filterNote: () => describeFilter(state, options.problemsNote) },
                size,
                painted,
                app.theme.get(),
            );
            return painted.lines;
        },
        click: ({ action, row, column }) => {
            if (painted === null) {
                return;
            }
            const pane = paneAt(column);
            if (action === "wheel-up" || action === "wheel-down") {
                state.scroll(pane, action === "wheel-up" ? -3 : 3);
            } else if (action === "press") {
                press(pane, row, painted);
            }
            options.onSelect();
        },
        visit: (key, tab) => {
            state.select(key);
            visitedKey = key;
            state.focus.set("main");
            if (tab !== null) {
                state.showTab("main", tab);
            }
            options.onSelect();
        },
        enter: () => {
            visitedKey = null;
            options.onSelect();
        },
        hide: () => {
            state.findText.set(null);
        },
    };
}

function describeFilter<Item extends ListItem>(state: ListDetailState<Item>, problemsNote: string): string {
    const { text, isProblemsOnly } = state.filter.get();
    const parts = [...(isProblemsOnly ? [problemsNote] : []), ...(text === "" ? [] : [`only with "${text}"`])];
    const none = state.items()?.length === 0 ? ": none" : "";
    return parts.length === 0 ? "" : `${parts.join(", ")}${none}   esc shows all`;
}
