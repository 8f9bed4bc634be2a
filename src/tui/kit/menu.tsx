import type { Dialog, Host } from "./screen.js";
import { React } from "./ink.js";
import { editLineOrNull, type EditedText } from "./line-editor.js";
import { makeListArea } from "./list-area.js";
import { ListBox } from "./ListBox.js";
import { fitText } from "./lines/fit-text.js";
import type { Theme } from "./theme.js";
import { makeStore, type Readable } from "../terminal/store.js";

export interface MenuItem {
    readonly title: string;
    /** Shown at the right: a key, a count. */
    readonly hint?: string;
    /** Shown below the list while this item is selected. */
    readonly description?: string;
    /** Why the item cannot be chosen; it stays in the list. */
    readonly disabledReason?: string | null;
    run(): void;
}

export interface MenuOptions {
    readonly title: string;
    /** A function if they change with `changes`. */
    readonly items: readonly MenuItem[] | (() => readonly MenuItem[]);
    readonly changes?: readonly Readable<unknown>[];
    /** What to say when no item matches. */
    readonly describeEmpty?: () => string;
    /** Typing filters the items: they must contain the letters in this order. */
    readonly isSearchable?: boolean;
    readonly columns?: number;
    /** The item selected at first. */
    readonly selected?: number;
    /** Gets the typed text when Enter is pressed and no item matches; returns true to close the menu. */
    readonly onText?: (text: string) => boolean;
}

/** A list to choose from. */
export function makeMenu(app: Host, options: MenuOptions): Dialog {
    const query = makeStore<EditedText>({ text: "", cursor: 0 });
    const isSearchable = options.isSearchable ?? false;
    const listItems = (): readonly MenuItem[] =>
        typeof options.items === "function" ? options.items() : options.items;
    const matching = (): readonly MenuItem[] => filterByLetters(listItems(), query.get().text);
    const area = makeListArea(() => matching().length, { first: options.selected ?? 0, isTyping: isSearchable });

    const choose = (): void => {
        const item = matching()[area.cursor()];
        if (item === undefined) {
            if (options.onText?.(query.get().text) === true) {
                app.closeDialog();
            }
            return;
        }
        if (isOff(item)) {
            // Titles hold blanks that align them in columns.
            app.say(`${item.title.replaceAll(/ +/g, " ")}: ${item.disabledReason ?? ""}.`, "warned");
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
        changes: [query, area.place, ...(options.changes ?? [])],
        hints: [
            ...(isSearchable ? [["type", "to search"] as const] : []),
            ["↑↓", "choose"],
            ["⏎", "run"],
            ["esc", "close"],
        ],
        render: (size) => {
            const items = matching();
            const note =
                items[area.cursor()]?.description ??
                (items.length === 0 ? (options.describeEmpty?.() ?? "Nothing matches.") : "");
            return (
                <ListBox
                    size={size}
                    items={items}
                    area={area}
                    lineOf={(item, width) => formatItem(item, width, app.theme.get())}
                    search={isSearchable ? query.get() : undefined}
                    note={note}
                />
            );
        },
        takeInput: (event) => {
            if (area.takeInput(event)) {
                return true;
            }
            if (event.kind === "key") {
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
                        area.moveTo(found);
                        choose();
                        return true;
                    }
                }
            }
            const next = isSearchable ? editLineOrNull(query.get(), event) : null;
            if (next !== null) {
                query.set(next);
                area.moveTo(0);
            }
            return next !== null;
        },
    };
}

function isOff({ disabledReason }: MenuItem): boolean {
    return disabledReason !== undefined && disabledReason !== null;
}

/** The title, and at the right the reason why it cannot be chosen, or else its hint. */
function formatItem(item: MenuItem, width: number, theme: Theme): string {
    const hint = (isOff(item) ? item.disabledReason : item.hint) ?? "";
    const hintWidth = Math.min(hint.length, Math.floor(width / 2));
    const text = `${fitText(item.title, Math.max(0, width - 1 - hintWidth))} ${fitText(hint, hintWidth)}`;
    return isOff(item) ? theme.style("dim", text) : text;
}

/** The items whose title contains the letters in this order, or whose description contains the text; the closest first. */
function filterByLetters(items: readonly MenuItem[], text: string): readonly MenuItem[] {
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
    // An exact name comes first: `dim_product` before names that only begin with it.
    if (hint === wanted || lower.split(".").at(-1) === wanted) {
        return -1;
    }
    if (at >= 0) {
        // Titles that begin with the text, then titles with a word that does; within each group the list's order stays.
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
