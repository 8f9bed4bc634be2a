import type { BrowseColumn } from "../../../browse/relation.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { editLineOrNull, type EditedText } from "../../kit/line-editor.js";
import { makeListArea } from "../../kit/list-area.js";
import { ListBox } from "../../kit/ListBox.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { makeStore } from "../../terminal/store.js";

export interface ColumnsOptions {
    readonly columns: readonly BrowseColumn[];
    readonly shown: readonly string[];
    readonly current: string | null;
    /** Shows these columns and goes to one of them. */
    readonly choose: (names: ReadonlySet<string>, goTo: string | null) => void;
}

/** Chooses the shown columns: Tab turns the selected one on and off, typing searches, Enter shows them and goes to the selected one. */
export function makeColumnsDialog(app: App, { columns, shown, current, choose }: ColumnsOptions): Dialog {
    const chosen = makeStore<ReadonlySet<string>>(new Set(shown));
    const query = makeStore<EditedText>({ text: "", cursor: 0 });
    const first = columns.findIndex(({ name }) => name === current);
    const matching = (): readonly BrowseColumn[] => {
        const wanted = query.get().text.toLowerCase();
        return columns.filter(({ name, comment }) => `${name} ${comment ?? ""}`.toLowerCase().includes(wanted));
    };
    const area = makeListArea(() => matching().length, { first: Math.max(0, first), isTyping: true });
    const toggle = (names: readonly string[]): void => {
        chosen.update((before) => {
            const after = new Set(before);
            const isOn = names.every((name) => before.has(name));
            for (const name of names) {
                if (isOn) {
                    after.delete(name);
                } else {
                    after.add(name);
                }
            }
            return after;
        });
    };
    return {
        title: "Columns",
        size: { columns: 76, rows: Math.min(columns.length, 30) + 4 },
        changes: [chosen, query, area.place],
        hints: [
            ["type", "to search"],
            ["tab", "on/off"],
            ["^A", "all on/off"],
            ["⏎", "show and go there"],
            ["esc", "cancel"],
        ],
        render: (size) => {
            const all = matching();
            const about = all[area.cursor()]?.comment ?? (all.length === 0 ? "No column matches." : "");
            return (
                <ListBox
                    size={size}
                    items={all}
                    area={area}
                    lineOf={({ name, typeName, isKey }, width) => {
                        const mark = chosen.get().has(name) ? "[x]" : "[ ]";
                        const type = fitText(`${typeName}${isKey ? " key" : ""}`, 24);
                        return `${mark} ${fitText(name, Math.max(8, width - 30))} ${type}`;
                    }}
                    search={query.get()}
                    note={`${chosen.get().size} of ${columns.length} shown. ${about}`}
                />
            );
        },
        takeInput: (event) => {
            if (area.takeInput(event)) {
                return true;
            }
            const all = matching();
            const name = event.kind === "key" ? event.name : "";
            const selected = all[area.cursor()]?.name;
            if (name === "tab") {
                toggle(selected === undefined ? [] : [selected]);
                return true;
            }
            if (name === "ctrl-a") {
                toggle(all.map((column) => column.name));
                return true;
            }
            if (name === "enter") {
                if (chosen.get().size === 0) {
                    app.say("At least one column must be shown.", "warned");
                } else {
                    app.closeDialog();
                    const names = new Set(chosen.get());
                    const hasSearched = query.get().text !== "";
                    if (hasSearched && selected !== undefined) {
                        names.add(selected);
                    }
                    choose(names, selected ?? null);
                }
                return true;
            }
            const next = editLineOrNull(query.get(), event);
            if (next !== null) {
                query.set(next);
                area.moveTo(0);
            }
            return next !== null;
        },
    };
}
