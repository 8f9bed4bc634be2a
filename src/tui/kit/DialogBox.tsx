import type { Dialog, Host } from "./screen.js";
import {
    Box,
    React,
    Text,
    useCallback,
    useContext,
    useLayoutEffect,
    type ReactElement,
    type ReactNode,
} from "./ink.js";
import { dialogInside, dialogPlace } from "./layout.js";
import type { CellPlace, Rectangle } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import { useChanges, useReadable } from "./use-readable.js";
import { ErrorPane } from "./ErrorPane.js";
import { Styled, ThemeContext } from "./Styled.js";
import { CursorContext } from "./TextField.js";

export interface DialogBoxProps {
    readonly dialog: Dialog;
    readonly app: Pick<Host, "size" | "theme">;
    /** Called with the box's place on the screen, and with null when the box is closed. */
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

/** A framed box above the screen, drawn separately. An error in its content is shown inside the box. */
export function DialogBox({ dialog, app, onPlace }: DialogBoxProps): ReactElement {
    const size = useReadable(app.size);
    const theme = useReadable(app.theme);
    useChanges(dialog.changes);
    const place = dialogPlace(dialog.size, size);
    const { left, top, width, height } = place;
    const inside = dialogInside(place);
    useLayoutEffect(() => onPlace?.({ left, top, width, height }), [onPlace, left, top, width, height]);
    useLayoutEffect(() => () => onPlace?.(null), [onPlace]);
    const placeCursor = useContext(CursorContext);
    const setCursor = useCallback(
        (cell: CellPlace | null) => {
            placeCursor(cell === null ? null : { row: top + cell.row, column: left + cell.column });
        },
        [placeCursor, left, top],
    );
    return (
        <ThemeContext.Provider value={theme}>
            <CursorContext.Provider value={setCursor}>
                <Box width={width} height={height} flexShrink={0}>
                    <Box
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
            </CursorContext.Provider>
        </ThemeContext.Provider>
    );
}

/** A component of its own, so that `ErrorPane` catches what it throws. */
function Inside({ dialog, size }: { readonly dialog: Dialog; readonly size: TerminalSize }): ReactNode {
    return dialog.render(size);
}
