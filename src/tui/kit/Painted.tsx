import { Box, React, Text, useLayoutEffect, type ReactElement } from "./ink.js";
import type { CellPlace, Rectangle, Region } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import type { Readable } from "../terminal/store.js";

export type PaintedProps = PaintedLines | PaintedRegion;

/** Few rows inside a box of Ink's. */
interface PaintedLines {
    /** Styled and safe to show; what is wider than the box is cut. */
    readonly lines: readonly string[];
}

/** A part of the screen that is painted past Ink, which takes as long to draw as it has cells to fill. */
interface PaintedRegion {
    readonly region: string;
    readonly place: Rectangle;
    /** The lines for a size, each exactly as wide. */
    readonly paint: (size: TerminalSize) => readonly string[];
    /** Where a text is edited in what was painted last; null while none is. */
    readonly cursor?: (() => CellPlace | null) | undefined;
    /** Painted again whenever one of these changes, once a moment. The list must stay the same from draw to draw. */
    readonly changes: readonly Readable<unknown>[];
    /** Shows lines at a place of the screen, or takes them away. */
    readonly show: (id: string, region: Region | null) => void;
}

/** Shows the lines of a painter: a grid, a long list, a chart, a slide. All else is laid out by Ink. */
export function Painted(props: PaintedProps): ReactElement {
    return "lines" in props ? (
        <Box flexDirection="column" flexShrink={0}>
            {props.lines.map((line, index) => (
                <Text key={index} wrap="truncate">
                    {line === "" ? " " : line}
                </Text>
            ))}
        </Box>
    ) : (
        <PaintedPart {...props} />
    );
}

function PaintedPart({ region, place, paint, cursor, changes, show }: PaintedRegion): null {
    const { left, top, width, height } = place;
    useLayoutEffect(() => {
        let isScheduled = false;
        let isShown = true;
        const paintNow = (): void => {
            isScheduled = false;
            if (isShown) {
                const lines = paint({ columns: width, rows: height });
                show(region, {
                    left,
                    top,
                    width,
                    height,
                    lines,
                    ...(cursor === undefined ? {} : { cursor: cursor() }),
                });
            }
        };
        const schedule = (): void => {
            if (!isScheduled) {
                isScheduled = true;
                queueMicrotask(paintNow);
            }
        };
        const ends = changes.map((readable) => readable.subscribe(schedule));
        paintNow();
        return () => {
            isShown = false;
            ends.forEach((end) => {
                end();
            });
            show(region, null);
        };
    }, [region, left, top, width, height, paint, cursor, changes, show]);
    // Ink draws nothing there.
    return null;
}
