import { Box, React, Text, useLayoutEffect, type ReactElement } from "./ink.js";
import type { CellPlace, Rectangle, Region } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import type { Readable } from "../terminal/store.js";

export type PaintedProps = PaintedLines | PaintedRegion;

/** A few rows inside an Ink box. */
interface PaintedLines {
    /** Styled and safe to show; lines wider than the box are cut. */
    readonly lines: readonly string[];
}

/** A part of the screen that is painted without Ink, because Ink's time grows with the cells that it fills. */
interface PaintedRegion {
    readonly region: string;
    readonly place: Rectangle;
    /** The lines for a size, each exactly as wide. */
    readonly paint: (size: TerminalSize) => readonly string[];
    /** The cell at which a text is edited, in the lines painted last; null while no text is. */
    readonly cursor?: (() => CellPlace | null) | undefined;
    /** A change of any of these paints the region again, once per microtask. The array must stay the same from draw to draw. */
    readonly changes: readonly Readable<unknown>[];
    /** Shows lines at a place of the screen; null removes them. */
    readonly show: (id: string, region: Region | null) => void;
}

/** Shows the lines of a painter: a grid, a long list, a chart, a slide. Ink lays out everything else. */
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
