import { cutToWidth, makeVisible, widthOf } from "../../../text/visible-text.js";

/** A label and the cell it belongs to. */
export interface AxisLabel {
    readonly text: string;
    /** The cell for the label's middle, or for its first glyph. */
    readonly at: number;
    readonly anchor: "middle" | "start";
}

export interface PlacedLabel {
    readonly text: string;
    /** Its first cell. */
    readonly column: number;
}

const gap = 2;
/** The shortest label to reckon with, in cells. It bounds the distances to try when there are thousands of labels. */
const shortest = 3;

/** As many labels as fit side by side into `width` cells: every n-th one, always with the last. */
export function placeLabels(labels: readonly AxisLabel[], width: number, isAscii: boolean): readonly PlacedLabel[] {
    const mostLabels = Math.max(1, Math.floor((width + gap) / (shortest + gap)));
    for (let step = Math.ceil(labels.length / mostLabels); step <= labels.length; step++) {
        const chosen = labels.filter((_, index) => (labels.length - 1 - index) % step === 0);
        const texts = shortenDates(chosen.map(({ text }) => text)).map((text) => cutLabel(text, width, isAscii));
        const placed = chosen.map(({ at, anchor }, index): PlacedLabel => {
            const text = texts[index] ?? "";
            const textWidth = widthOf(text);
            const wish = anchor === "start" ? at : at - Math.floor((textWidth - 1) / 2);
            return { text, column: Math.max(0, Math.min(wish, width - textWidth)) };
        });
        if (
            placed.every(
                ({ text, column }, index) => column + widthOf(text) + gap <= (placed[index + 1]?.column ?? Infinity),
            )
        ) {
            return placed;
        }
    }
    return [];
}

/** The label cut to `width` cells and safe to show. */
export function cutLabel(label: string, width: number, isAscii: boolean): string {
    const cut = width < 1 ? "" : cutToWidth(makeVisible(label.slice(0, width * 20)), width);
    return isAscii ? cut.replace(/…$/, ".") : cut;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Dates as people write them: `25 Nov`, with the year only where it changes. First days of months become the month's name, first
 * days of years the year. Other texts stay.
 */
function shortenDates(labels: readonly string[]): readonly string[] {
    const dates = labels.map((label) => /^(\d{4})-(\d\d)-(\d\d)$/.exec(label));
    if (dates.length === 0 || dates.includes(null)) {
        return labels;
    }
    const areFirsts = dates.every((date) => date?.[3] === "01");
    const areYears = areFirsts && dates.every((date) => date?.[2] === "01") && dates.length > 1;
    return dates.map((date, index) => {
        const [, year = "", month = "", day = ""] = date ?? [];
        const before = dates[index - 1]?.[1] ?? year;
        const name = months[Number(month) - 1] ?? month;
        if (areYears) {
            return year;
        }
        return `${areFirsts ? "" : `${Number(day)} `}${name}${before === year ? "" : ` ${year}`}`;
    });
}
