import { makeVisible, widthOf } from "../../../text/visible-text.js";
import { findBinding, formatKey } from "../../kit/keymap.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { formatTabs } from "../../kit/lines/detail-lines.js";

/** Where a person is on the way upstream. */
export interface TraceTrail {
    /** What the rows before came from, the first one first. */
    readonly before: readonly string[];
    /** What can be shown here. */
    readonly here: readonly string[];
    /** Index of the one that is. */
    readonly chosen: number;
}

/** `mart_weekly_discounts › [fct_order_items] dim_date   ] the next`; the beginning of the way gives way. */
export function formatTraceLine({ before, here, chosen }: TraceTrail, width: number, theme: Theme): string {
    const names = here.map(makeVisible);
    const arrow = theme.isAscii ? " > " : " › ";
    const room = width - names.reduce((sum, name) => sum + widthOf(name) + 2, 0);
    const way = before.map(makeVisible);
    const draw = (from: number): string =>
        [...(from > 0 ? [theme.symbols.ellipsis] : []), ...way.slice(from)].map((name) => name + arrow).join("");
    let from = 0;
    while (from < way.length && widthOf(draw(from)) > room) {
        from++;
    }
    const start = draw(from);
    const tabs = formatTabs(names, names[chosen] ?? "", Math.max(0, width - widthOf(start)), theme);
    const line = `${theme.style("dim", start)}${tabs.trimEnd()}`;
    const key = formatKey(findBinding("tab.next").keys[0] ?? "", theme);
    const hints = names.length > 1 ? [`   ${key} shows the next of ${names.length}`, `  ${key} next`] : [];
    const hint = hints.find((each) => styledWidth(line) + each.length <= width) ?? "";
    return fitStyled(line + theme.style("dim", hint), width);
}
