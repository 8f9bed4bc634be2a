import type { BrowseColumn } from "../../../browse/relation.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Lines } from "../../kit/DialogBox.js";
import { React } from "../../kit/ink.js";
import { editLineOrNull, type EditedText } from "../../kit/line-editor.js";
import { moveList, placeList, type ListState } from "../../kit/list-state.js";
import { formatEditLine } from "../../kit/lines/edit-line.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { makeStore } from "../../terminal/store.js";

export interface ColumnsOptions {
    readonly columns: readonly BrowseColumn[];
    readonly shown: readonly string[];
    readonly current: string | null;
    /** Shows these columns and goes to one of them. */
    readonly choose: (names: ReadonlySet<string>, goTo: string | null) => void;
}

/** Which columns are shown: Tab turns the selected one on and off, typing searches, Enter shows them and goes there. */
export function makeColumnsDialog(app: App, { columns, shown, current, choose }: ColumnsOptions): Dialog {
    const chosen = makeStore<ReadonlySet<string>>(new Set(shown));
    const query = makeStore<EditedText>({ text: "", cursor: 0 });
    const first = columns.findIndex(({ name }) => name === current);
    const list = makeStore<ListState>({ cursor: Math.max(0, first), offset: 0 });
    let height = 10;
    const matching = (): readonly BrowseColumn[] => {
        const wanted = query.get().text.toLowerCase();
        return columns.filter(({ name, comment }) => `${name} ${comment ?? ""}`.toLowerCase().includes(wanted));
    };
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
        changes: [chosen, query, list],
        hints: "type to search  tab on/off  ^A all on/off  ⏎ show and go there  esc cancel",
        render: (size) => {
            const theme = app.theme.get();
            const all = matching();
            height = Math.max(1, size.rows - 4);
            const { cursor, offset } = placeList(list.get(), list.get().cursor, all.length, height);
            const lines = all.slice(offset, offset + height).map(({ name, typeName, isKey }, index) => {
                const mark = chosen.get().has(name) ? "[x]" : "[ ]";
                const type = fitText(`${typeName}${isKey ? " key" : ""}`, 24);
                const text = `${mark} ${fitText(name, Math.max(8, size.columns - 31))} ${type}`;
                return markSelected(text, index + offset === cursor, size.columns, theme);
            });
            const filler = Array.from({ length: Math.max(0, height - lines.length) }, () => "");
            const about = all[cursor]?.comment ?? (all.length === 0 ? "No column matches." : "");
            const head = `${theme.style("accent", "›")} ${formatEditLine(query.get(), size.columns - 2).line}`;
            const count = `${chosen.get().size} of ${columns.length} shown. ${about}`;
            return (
                <Lines lines={[head, "", ...lines, ...filler, "", theme.style("dim", fitText(count, size.columns))]} />
            );
        },
        cursor: (size) => ({ row: 0, column: 2 + formatEditLine(query.get(), size.columns - 2).column }),
        takeInput: (event) => {
            const all = matching();
            const move = (by: number): void => {
                list.update((state) => moveList(state, by, all.length, height));
            };
            if (event.kind === "mouse") {
                move(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            const motions: Readonly<Record<string, number>> = { up: -1, down: 1, pageup: -height, pagedown: height };
            const name = event.kind === "key" ? event.name : "";
            const motion = motions[name];
            const selected = all[list.get().cursor]?.name;
            if (motion !== undefined) {
                move(motion);
                return true;
            }
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
                list.set({ cursor: 0, offset: 0 });
            }
            return next !== null;
        },
    };
}
