import type { Action } from "../../kit/dispatch.js";
import { formatKey } from "../../kit/keymap.js";
import type { Theme } from "../../kit/theme.js";

/** The keys that matter now, as many as fit; `?` always does. */
export function formatFooterLine(actions: readonly Action[], columns: number, theme: Theme): string {
    const hints = actions
        .filter(({ binding, reason }) => binding.footer !== undefined && reason === null)
        .sort((a, b) => (a.binding.footer ?? 0) - (b.binding.footer ?? 0))
        .map(({ binding, handler }) => ({
            key: formatKey(binding.keys[0] ?? "", theme),
            title: handler.title?.() ?? binding.title,
        }));
    let used = 1;
    const fitting = hints.filter(({ key, title }) => {
        const width = key.length + title.length + 3;
        const fits = used + width <= columns;
        used += fits ? width : 0;
        return fits;
    });
    return ` ${fitting.map(({ key, title }) => `${theme.style("key", key)} ${title}`).join("  ")}`;
}
