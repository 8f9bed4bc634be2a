import { findBinding, screenIds, screenTitles, type ScreenId } from "../../kit/keymap.js";
import { fitText } from "../../kit/lines/fit-text.js";
import type { Theme } from "../../kit/theme.js";

interface Tab {
    readonly id: ScreenId;
    readonly label: string;
    readonly start: number;
}

export const productName = " stardeck";

/** The tabs of the first line, with two blanks between them if they fit, else one; in a narrow terminal only the current one is named. */
export function layOutTabs(current: ScreenId, columns: number, ids: readonly ScreenId[] = screenIds): readonly Tab[] {
    const keys = ids.map((id) => findBinding(`go.${id}`).keys[0] ?? "");
    const full = ids.map((id, index) => `${keys[index] ?? ""} ${screenTitles[id]}`);
    const width = productName.length + full.reduce((sum, label) => sum + label.length + 1, 0);
    const brackets = 2;
    const isNamed = width + brackets <= columns;
    const isWide = !isNamed || width + ids.length < columns;
    let start = productName.length;
    return ids.map((id, index) => {
        const isCurrent = id === current;
        const name = isNamed || isCurrent ? (full[index] ?? "") : (keys[index] ?? "");
        const label = isCurrent ? `[${name}]` : isWide ? ` ${name} ` : name;
        const spaced = index === 0 || !isWide ? ` ${label}` : label;
        const tab = { id, label: spaced, start };
        start += spaced.length;
        return tab;
    });
}

/** The same first line that `Header` draws on Home, for the frame before Ink is loaded. */
export function paintFirstHeader(databaseName: string, columns: number, theme: Theme): string {
    const tabs = layOutTabs("home", columns);
    const used = productName.length + tabs.reduce((sum, tab) => sum + tab.label.length, 0);
    const styled = tabs.map(({ id, label }) => theme.style(id === "home" ? "accent" : "dim", label)).join("");
    const room = columns - used - 2;
    const name = room < leastNameWidth ? "" : theme.style("dim", ` ${fitText(databaseName, room, "right")} `);
    return theme.style("strong", productName) + styled + name;
}

/** In fewer cells the name of a database cannot be recognised. */
export const leastNameWidth = 6;

/** The tab at a column of the first line; null when there is none. */
export function tabAt(
    column: number,
    current: ScreenId,
    columns: number,
    ids: readonly ScreenId[] = screenIds,
): ScreenId | null {
    const tab = layOutTabs(current, columns, ids).find(
        ({ start, label }) => column >= start && column < start + label.length,
    );
    return tab?.id ?? null;
}
