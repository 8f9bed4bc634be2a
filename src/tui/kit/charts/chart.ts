/** What a part of a chart is, for colouring it. */
export type ChartRole = "bar" | "negative" | "line" | "axis" | "label" | "value" | "empty";

/** Everything that the look of a chart depends on besides its values. */
export interface ChartOptions {
    /** Terminal cells of every line. */
    readonly width: number;
    /** Draw with ASCII characters only. */
    readonly isAscii?: boolean;
    /** Colours a stretch of text; must not change its width. */
    readonly style?: (text: string, role: ChartRole) => string;
}

export interface TallChartOptions extends ChartOptions {
    /** The most lines. */
    readonly height: number;
}
