import type { Dialog, Host } from "./screen.js";
import { Box, React, Text, type ReactElement, type ReactNode } from "./ink.js";
import { dialogInside, dialogPlace } from "./layout.js";
import { fitText } from "./lines/fit-text.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import { useChanges, useReadable } from "./use-readable.js";
import { ErrorPane } from "./ErrorPane.js";

export interface DialogBoxProps {
    readonly dialog: Dialog;
    readonly app: Pick<Host, "size" | "theme">;
}

/** A framed box above the screen. An error inside it is shown inside it. */
export function DialogBox({ dialog, app }: DialogBoxProps): ReactElement {
    const size = useReadable(app.size);
    const theme = useReadable(app.theme);
    useChanges(dialog.changes);
    const place = dialogPlace(dialog.size, size);
    const { left, top, width, height } = place;
    const { width: columns, height: rows } = dialogInside(place);
    const inside = { columns, rows };
    const title = fitText(dialog.title, Math.min(dialog.title.length, width - 6));
    const [corner, side] = theme.isAscii ? ["+", "|"] : ["─", "│"];
    const across = theme.isAscii ? "-" : "─";
    const [leftTop, rightTop, leftBottom, rightBottom] = theme.isAscii
        ? [corner, corner, corner, corner]
        : ["╭", "╮", "╰", "╯"];
    const topLine = `${leftTop}${across} ${theme.style("strong", title)} ${across.repeat(Math.max(0, width - 5 - title.length))}${rightTop}`;
    return (
        <Box position="absolute" marginLeft={left} marginTop={top} width={width} height={height} flexDirection="column">
            {/* Blanks over what is drawn below it: Ink leaves cells alone that nothing is written to. */}
            <Box position="absolute">
                <Lines lines={Array.from({ length: height }, () => " ".repeat(width))} width={width} />
            </Box>
            <Text wrap="truncate">{topLine}</Text>
            <Box height={inside.rows}>
                <Lines lines={Array.from({ length: inside.rows }, () => side)} width={1} />
                <Box
                    width={inside.columns + 2}
                    paddingX={1}
                    height={inside.rows}
                    flexDirection="column"
                    overflow="hidden"
                >
                    <ErrorPane key={dialog.title}>
                        <Inside dialog={dialog} size={inside} />
                    </ErrorPane>
                </Box>
                <Lines lines={Array.from({ length: inside.rows }, () => side)} width={1} />
            </Box>
            <Text wrap="truncate">{`${leftBottom}${across.repeat(width - 2)}${rightBottom}`}</Text>
        </Box>
    );
}

/** A component of its own, so that what it throws stays inside. */
function Inside({ dialog, size }: { readonly dialog: Dialog; readonly size: TerminalSize }): ReactNode {
    return dialog.render(size);
}

export interface LinesProps {
    readonly lines: readonly string[];
    readonly width?: number;
}

/** Finished lines, one below the other. */
export function Lines({ lines, width }: LinesProps): ReactElement {
    return (
        <Box flexDirection="column" {...(width === undefined ? {} : { width })}>
            {lines.map((line, index) => (
                <Text key={index} wrap="truncate">
                    {line === "" ? " " : line}
                </Text>
            ))}
        </Box>
    );
}
