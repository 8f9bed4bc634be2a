import { cutToWidth } from "../../text/visible-text.js";
import type { ReportTone } from "../block-content.js";
import { escapeHtml } from "./escape-html.js";

/** A column of a table, with the texts below its title. */
export interface HtmlColumn {
    readonly title: string;
    readonly align: "left" | "right" | "center";
    readonly cells: readonly { readonly text: string; readonly tone?: ReportTone }[];
}

/** Texts up to this length stay on one line. */
const mostUnbroken = 32;
/** Only words longer than this may be broken. */
const mostInWord = 40;
/** Longer texts are cut. */
const mostInCell = 400;
/** How many characters fit across a landscape page, in the usual and in the small font size. */
const usualWidth = 112;
const smallWidth = 145;
const gap = 3;

/**
 * A table that fits on a landscape page. Long texts have several lines, but words and numbers are not broken. Columns that do not
 * fit are left out, the last ones first, and named below.
 */
export function buildTableHtml(columns: readonly HtmlColumn[], caption = ""): string {
    const least = columns.map(leastWidth);
    const extent = (count: number): number => least.slice(0, count).reduce((sum, width) => sum + width + gap, 0);
    let count = columns.length;
    while (count > 1 && extent(count) > smallWidth) {
        count--;
    }
    const shown = columns.slice(0, count);
    const hidden = columns.slice(count).map(({ title }) => title);
    const head = shown.map(({ title, align }) => `<th class="${align}">${escapeHtml(title)}</th>`).join("");
    const rows = (shown[0]?.cells ?? []).map(
        (_, row) =>
            `<tr>${shown.map(({ align, cells }) => buildCell(cells[row] ?? { text: "" }, align)).join("")}</tr>`,
    );
    const below = [caption, ...(hidden.length === 0 ? [] : [`No room for ${hidden.join(", ")}.`])]
        .filter((text) => text !== "")
        .map(escapeHtml)
        .join("<br>");
    const size = extent(count) > usualWidth ? ' class="small"' : "";
    return `<div class="table"><table${size}><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>${below === "" ? "" : `<p class="dim">${below}</p>`}</div>`;
}

function buildCell({ text, tone }: HtmlColumn["cells"][number], align: HtmlColumn["align"]): string {
    const cut = cutToWidth(text, mostInCell);
    const breaking = keepsTogether(cut) ? "" : longestWord(cut) > mostInWord ? " anywhere" : " words";
    return `<td class="${align}${tone === undefined ? "" : ` ${tone}`}${breaking}">${escapeHtml(cut)}</td>`;
}

function leastWidth({ title, cells }: HtmlColumn): number {
    const widths = cells.map(({ text }) =>
        keepsTogether(text) ? text.length : Math.min(mostInWord, Math.max(longestWord(text), mostUnbroken / 2)),
    );
    return widths.reduce((one, other) => Math.max(one, other), longestWord(title));
}

function keepsTogether(text: string): boolean {
    return text.length <= mostUnbroken && !text.includes("\n");
}

function longestWord(text: string): number {
    return text.split(/\s/).reduce((longest, { length }) => Math.max(longest, length), 0);
}
