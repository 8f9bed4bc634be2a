import type { Dialog, Host } from "./screen.js";
import { Lines } from "./DialogBox.js";
import { React } from "./ink.js";
import { editLineOrNull, type EditedText } from "./line-editor.js";
import { listStart, moveList, placeList, type ListState } from "./list-state.js";
import { formatEditLine } from "./lines/edit-line.js";
import { fitText } from "./lines/fit-text.js";
import { markSelected } from "./lines/table-lines.js";
import { makeStore, type Readable } from "../terminal/store.js";

export interface MenuItem {
    readonly title: string;
    /** At the right: a key, a count. */
    readonly hint?: string;
    /** Below the list while this item is selected. */
    readonly description?: string;
    /** Why it cannot be chosen; it stays listed. */
    readonly disabledReason?: string | null;
    run(): void;
}

export interface MenuOptions {
    readonly title: string;
    /** A function where they change with `changes`. */
    readonly items: readonly MenuItem[] | (() => readonly MenuItem[]);
    readonly changes?: readonly Readable<unknown>[];
    /** What to say when no item matches. */
    readonly describeEmpty?: () => string;
    /** Typing narrows the items by their letters in order. */
    readonly isSearchable?: boolean;
    readonly columns?: number;
    /** The item selected at first. */
    readonly selected?: number;
    /** Takes the typed text when no item matches it, or as it is chosen. */
    readonly onText?: (text: string) => boolean;
}

/** A list to choose from. */
export function makeMenu(app: Host, options: MenuOptions): Dialog {
    const query = makeStore<EditedText>({ text: "", cursor: 0 });
    const list = makeStore<ListState>({ ...listStart, cursor: options.selected ?? 0 });
    const isSearchable = options.isSearchable ?? false;
    const listItems = (): readonly MenuItem[] =>
        typeof options.items === "function" ? options.items() : options.items;
    const matching = (): readonly MenuItem[] => filterByLetters(listItems(), query.get().text);
    let height = 10;

    const choose = (): void => {
        const item = matching()[list.get().cursor];
        if (item === undefined) {
            if (options.onText?.(query.get().text) === true) {
                app.closeDialog();
            }
            return;
        }
        if (item.disabledReason !== undefined && item.disabledReason !== null) {
            // Titles stand in columns.
            app.say(`${item.title.replaceAll(/ +/g, " ")}: ${item.disabledReason}.`, "warned");
            return;
        }
        app.closeDialog();
        item.run();
    };

    return {
        title: options.title,
        get size() {
            return {
                columns: options.columns ?? 60,
                rows: Math.min(listItems().length, 30) + (isSearchable ? 2 : 0) + 2,
            };
        },
        changes: [query, list, ...(options.changes ?? [])],
        hints: isSearchable ? "type to search  ↑↓ choose  ⏎ run  esc close" : "↑↓ choose  ⏎ run  esc close",
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const items = matching();
            height = Math.max(1, rows - (isSearchable ? 2 : 0) - 2);
            const { cursor, offset } = placeList(list.get(), list.get().cursor, items.length, height);
            const lines = items.slice(offset, offset + height).map((item, index) => {
                const isOff = item.disabledReason !== undefined && item.disabledReason !== null;
                const hint = isOff ? (item.disabledReason ?? "") : (item.hint ?? "");
                const hintWidth = Math.min(hint.length, Math.floor(columns / 2));
                const text = `${fitText(item.title, Math.max(0, columns - 2 - hintWidth))} ${fitText(hint, hintWidth)}`;
                return markSelected(isOff ? theme.style("dim", text) : text, index + offset === cursor, columns, theme);
            });
            const head = isSearchable
                ? [`${theme.style("accent", "›")} ${formatEditLine(query.get(), columns - 2).line}`, ""]
                : [];
            const filler = Array.from({ length: Math.max(0, height - lines.length) }, () => "");
            const about =
                items[cursor]?.description ??
                (items.length === 0 ? (options.describeEmpty?.() ?? "Nothing matches.") : "");
            return <Lines lines={[...head, ...lines, ...filler, "", theme.style("dim", fitText(about, columns))]} />;
        },
        cursor: ({ columns }) =>
            isSearchable ? { row: 0, column: 2 + formatEditLine(query.get(), columns - 2).column } : null,
        takeInput: (event) => {
            if (event.kind === "mouse") {
                const by = event.action === "wheel-up" ? -1 : event.action === "wheel-down" ? 1 : 0;
                list.update((state) => moveList(state, by, matching().length, height));
                return true;
            }
            if (event.kind === "key") {
                const motions: Readonly<Record<string, number>> = {
                    up: -1,
                    down: 1,
                    "ctrl-p": -1,
                    "ctrl-n": 1,
                    pageup: -height,
                    pagedown: height,
                    ...(isSearchable ? {} : { k: -1, j: 1, home: -Infinity, end: Infinity, g: -Infinity, G: Infinity }),
                };
                const motion = motions[event.name];
                if (motion !== undefined) {
                    list.update((state) => moveList(state, motion, matching().length, height));
                    return true;
                }
                if (event.name === "enter") {
                    choose();
                    return true;
                }
                if (event.name === "escape" && query.get().text !== "") {
                    query.set({ text: "", cursor: 0 });
                    return true;
                }
                if (!isSearchable) {
                    const found = listItems().findIndex(({ hint }) => hint === event.name);
                    if (found >= 0 && event.name !== "escape") {
                        list.set({ cursor: found, offset: list.get().offset });
                        choose();
                        return true;
                    }
                }
            }
            const next = isSearchable ? editLineOrNull(query.get(), event) : null;
            if (next !== null) {
                query.set(next);
                list.set(listStart);
            }
            return next !== null;
        },
    };
}

/** The items whose title or description holds the letters in this order, the closest first. */
export function filterByLetters(items: readonly MenuItem[], text: string): readonly MenuItem[] {
    const wanted = text.toLowerCase().trim();
    if (wanted === "") {
        return items;
    }
    return items
        .map((item) => ({ item, score: scoreOf(item, wanted) }))
        .filter(({ score }) => score < Infinity)
        .sort((a, b) => a.score - b.score)
        .map(({ item }) => item);
}

function scoreOf({ title, description = "", hint }: MenuItem, wanted: string): number {
    const lower = title.toLowerCase();
    const at = lower.indexOf(wanted);
    // `dim_product` means the table of that name before a view whose name begins with it.
    if (hint === wanted || lower.split(".").at(-1) === wanted) {
        return -1;
    }
    if (at >= 0) {
        // Among the titles that begin with it, or with a word of which it does, the list's own order decides.
        return at === 0 ? 0 : /[a-z0-9]/.test(lower[at - 1] ?? "") ? 2 : 1;
    }
    let place = -1;
    for (const letter of wanted) {
        place = lower.indexOf(letter, place + 1);
        if (place < 0) {
            return description.toLowerCase().includes(wanted) ? 1000 : Infinity;
        }
    }
    return 100 + place;
}
