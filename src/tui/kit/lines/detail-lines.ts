import type { Target } from "../screen.js";
import { fitStyled, sliceStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Theme } from "../theme.js";
import { fitText, wrapText } from "./fit-text.js";

/** A line of a pane that describes something: styled and safe to show. */
export interface DetailLine {
    readonly text: string;
    /** The screen that Enter on the line goes to. */
    readonly target?: Target;
    /** Called by Enter on the line, after going to the target. */
    readonly open?: () => void;
}

export function toDetailLines(lines: readonly string[]): readonly DetailLine[] {
    return lines.map((text) => ({ text }));
}

/** `name     value`; a long value goes on in the next line, below its start. */
export function formatFact(
    name: string,
    value: string,
    { width, nameWidth, theme }: { readonly width: number; readonly nameWidth: number; readonly theme: Theme },
): readonly string[] {
    const [first = "", ...others] = wrapText(value, Math.max(8, width - nameWidth));
    return [
        `${theme.style("dim", fitText(name, nameWidth))}${first}`,
        ...others.map((line) => `${" ".repeat(nameWidth)}${line}`),
    ];
}

/** A heading above the lines that follow. */
export function formatHeading(text: string, width: number, theme: Theme): string {
    return theme.style("accent", fitText(text, width).trimEnd());
}

/** The names of tabs, the shown one in brackets; tabs before it scroll out of view when they do not fit. */
export function formatTabs(tabs: readonly string[], current: string, width: number, theme: Theme): string {
    const at = Math.max(0, tabs.indexOf(current));
    const draw = (from: number): string =>
        tabs
            .slice(from)
            .map((tab) => (tab === tabs[at] ? theme.style("accent", `[${tab}]`) : ` ${tab} `))
            .join("");
    const endOfCurrent = (from: number): number =>
        tabs.slice(from, at + 1).reduce((sum, tab) => sum + styledWidth(tab) + 2, 0);
    let from = 0;
    while (from < at && endOfCurrent(from) > width) {
        from++;
    }
    return fitStyled(draw(from), width);
}

/** The line with every occurrence of the text marked; upper and lower case match. */
export function markMatches(line: string, wanted: string, theme: Theme): string {
    const plain = plainText(line).toLowerCase();
    const lower = wanted.toLowerCase();
    if (lower === "" || !plain.includes(lower)) {
        return line;
    }
    let marked = "";
    let cell = 0;
    let from = 0;
    for (let at = plain.indexOf(lower); at >= 0; at = plain.indexOf(lower, from)) {
        const start = cell + styledWidth(plain.slice(from, at));
        const end = start + styledWidth(plain.slice(at, at + lower.length));
        marked += sliceStyled(line, cell, start) + theme.style("match", plainText(sliceStyled(line, start, end)));
        cell = end;
        from = at + lower.length;
    }
    return marked + sliceStyled(line, cell, styledWidth(line));
}

/** A styled line without its styles. */
export function plainText(line: string): string {
    // eslint-disable-next-line no-control-regex -- escape sequences are what this takes away
    return line.replaceAll(/\x1b\[[0-9;]*m/g, "");
}
