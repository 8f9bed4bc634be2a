/** A cell in the picture: a character of 14 pixels is 0.6 of that wide in most monospaced fonts. */
export const cellWidth = 8.4;
export const cellHeight = 18;

/** Formats a coordinate without rounding errors. */
export function formatNumber(value: number): string {
    return String(Math.round(value * 100) / 100);
}
