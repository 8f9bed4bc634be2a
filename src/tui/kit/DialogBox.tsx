import type { Dialog, Host } from "./screen.js";
import { Box, React, Text, useLayoutEffect, type ReactElement, type ReactNode } from "./ink.js";
import { dialogInside, dialogPlace } from "./layout.js";
import type { Rectangle } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import { useChanges, useReadable } from "./use-readable.js";
import { ErrorPane } from "./ErrorPane.js";
import { Styled, ThemeContext } from "./Styled.js";

export interface DialogBoxProps {
    readonly dialog: Dialog;
    readonly app: Pick<Host, "size" | "theme">;
    /** Told where it stands; null when it is gone. */
    readonly onPlace?: (place: Rectangle | null) => void;
}

const asciiBorder = {
    topLeft: "+",
    top: "-",
    topRight: "+",
    right: "|",
    bottomRight: "+",
    bottom: "-",
    bottomLeft: "+",
    left: "|",
};

/** A framed box above the screen. An error inside it is shown inside it. */
export function DialogBox({ dialog, app, onPlace }: DialogBoxProps): ReactElement {
    const size = useReadable(app.size);
    const theme = useReadable(app.theme);
    useChanges(dialog.changes);
    const place = dialogPlace(dialog.size, size);
    const { left, top, width, height } = place;
    const inside = dialogInside(place);
    useLayoutEffect(() => onPlace?.({ left, top, width, height }), [onPlace, left, top, width, height]);
    useLayoutEffect(() => () => onPlace?.(null), [onPlace]);
    return (
        <ThemeContext.Provider value={theme}>
            <Box position="absolute" marginLeft={left} marginTop={top} width={width} height={height}>
                <Ground width={width} height={height} />
                <Box
                    position="absolute"
                    width={width}
                    height={height}
                    borderStyle={theme.isAscii ? asciiBorder : "round"}
                    paddingX={1}
                    flexDirection="column"
                    overflow="hidden"
                >
                    <ErrorPane key={dialog.title}>
                        <Inside dialog={dialog} size={{ columns: inside.width, rows: inside.height }} />
                    </ErrorPane>
                </Box>
                <Box position="absolute" marginLeft={2} width={width - 4} height={1}>
                    <Text> </Text>
                    <Styled role="strong">{dialog.title}</Styled>
                    <Text> </Text>
                </Box>
            </Box>
        </ThemeContext.Provider>
    );
}

/** Blanks over what is drawn below: Ink leaves cells alone that nothing is written to. */
function Ground({ width, height }: { readonly width: number; readonly height: number }): ReactElement {
    return (
        <Box position="absolute" width={width} height={height}>
            <Text>{Array.from({ length: height }, () => " ".repeat(width)).join("\n")}</Text>
        </Box>
    );
}

/** A component of its own, so that what it throws stays inside. */
function Inside({ dialog, size }: { readonly dialog: Dialog; readonly size: TerminalSize }): ReactNode {
    return dialog.render(size);
}
