import { Box, React, type ReactElement } from "./ink.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import { Painted } from "./Painted.js";
import type { ScrollArea } from "./scroll-area.js";

export interface ScrollBoxProps {
    readonly size: TerminalSize;
    /** All lines, styled and safe to show. */
    readonly lines: readonly string[];
    readonly area: ScrollArea;
}

/** As many lines as fit, from the scroll position on. */
export function ScrollBox({ size: { columns, rows }, lines, area }: ScrollBoxProps): ReactElement {
    const from = area.place(lines.length, rows);
    return (
        <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
            <Painted lines={lines.slice(from, from + rows)} />
        </Box>
    );
}
