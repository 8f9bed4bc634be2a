import { plainText, type DetailLine } from "../lines/detail-lines.js";

/** The scroll position and the selected line in a pane of lines. */
export interface DetailPlace {
    /** The first line in view. */
    readonly top: number;
    /** The line that is selected, or that was found last. */
    readonly line: number | null;
}

export const detailStart: DetailPlace = { top: 0, line: null };

/** Adapts the place to the current lines: on a line that can be opened, if there are any, and in view. */
export function placeDetail(place: DetailPlace, lines: readonly DetailLine[], height: number): DetailPlace {
    const places = placesToOpen(lines);
    const lastTop = Math.max(0, lines.length - height);
    if (places.length === 0) {
        const line = place.line !== null && place.line < lines.length ? place.line : null;
        return { top: clamp(place.top, 0, lastTop), line };
    }
    const wished = place.line ?? 0;
    const line = places.find((each) => each >= wished) ?? places.at(-1) ?? 0;
    // The first line to open brings the lines before it into view, the last one the lines after it.
    const first = line === places[0] && line < height ? 0 : line;
    const last = line === places.at(-1) ? lines.length - 1 : line;
    const top = Math.max(Math.min(place.top, first), Math.min(last - height + 1, line));
    return { top: clamp(top, 0, lastTop), line };
}

/** Goes to another line that can be opened, or scrolls if there is none. */
export function moveDetail(place: DetailPlace, by: number, lines: readonly DetailLine[], height: number): DetailPlace {
    const places = placesToOpen(lines);
    const { top, line } = placeDetail(place, lines, height);
    if (places.length === 0) {
        return placeDetail({ top: top + by, line: null }, lines, height);
    }
    const index = places.indexOf(line ?? 0);
    if (Math.abs(by) === 1) {
        return placeDetail({ top, line: places[clamp(index + by, 0, places.length - 1)] ?? 0 }, lines, height);
    }
    const wished = (line ?? 0) + by;
    const next =
        by > 0
            ? (places.find((each) => each >= wished) ?? places.at(-1))
            : (places.findLast((each) => each <= wished) ?? places[0]);
    return placeDetail({ top, line: next ?? 0 }, lines, height);
}

/** The next line that contains a text, going on from the other end; null when no line does. */
export function findInDetail(
    place: DetailPlace,
    wanted: string,
    direction: "next" | "previous",
    lines: readonly DetailLine[],
    height: number,
): DetailPlace | null {
    const lower = wanted.toLowerCase();
    const found = lines.flatMap(({ text }, index) => (plainText(text).toLowerCase().includes(lower) ? [index] : []));
    const from = place.line ?? place.top - 1;
    const line =
        direction === "next"
            ? (found.find((each) => each > from) ?? found[0])
            : (found.findLast((each) => each < from) ?? found.at(-1));
    if (line === undefined) {
        return null;
    }
    const isInView = line >= place.top && line < place.top + height;
    const top = isInView ? place.top : line - Math.floor(height / 3);
    return { top: clamp(top, 0, Math.max(0, lines.length - height)), line };
}

function placesToOpen(lines: readonly DetailLine[]): readonly number[] {
    return lines.flatMap(({ target, open }, index) => (target === undefined && open === undefined ? [] : [index]));
}

function clamp(value: number, least: number, most: number): number {
    return Math.max(least, Math.min(value, most));
}
