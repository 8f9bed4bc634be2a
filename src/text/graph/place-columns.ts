import type { Channel } from "./route-channel.js";

/** A free column between tracks: two lines side by side would look like one. */
const columnsPerTrack = 2;

/** The column of a track in its channel; the first column is kept for incoming lines. */
export function columnOf(track: number): number {
    return 1 + track * columnsPerTrack;
}

/** The first column of each layer. */
export function placeColumns(widths: readonly number[], channels: readonly Channel[]): readonly number[] {
    let left = 0;
    return widths.map((width, layer) => {
        const own = left;
        left += width + Math.max(3, columnOf((channels[layer]?.trackCount ?? 0) - 1) + 2);
        return own;
    });
}
