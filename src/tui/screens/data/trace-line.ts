import { makeVisible, widthOf } from "../../../text/visible-text.js";
import { findBinding, formatKey } from "../../kit/keymap.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { formatTabs } from "../../kit/lines/detail-lines.js";

/** The path upstream to the shown rows. */
export interface TraceTrail {
    /** The names of the steps before, the first one first. */
    readonly before: readonly string[];
    /** The names of the choices at this step. */
    readonly here: readonly string[];
    /** The index of the choice that is shown. */
    readonly chosen: number;
}

/** `mart_weekly_discounts › [fct_order_items] dim_date   ] next`; if it is too long, the first steps are left out. */
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
