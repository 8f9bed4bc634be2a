import type { Shell as ShellState } from "../make-app.js";
import { Box, React, Text, useCallback, type ReactElement } from "../../kit/ink.js";
import { bodyPlace, footerRows, headerRows, isTooSmall, leastSize } from "../../kit/layout.js";
import { useReadable } from "../../kit/use-readable.js";
import { ErrorPane } from "../../kit/ErrorPane.js";
import { ThemeContext } from "../../kit/Styled.js";
import { CursorContext } from "../../kit/TextField.js";
import type { CellPlace } from "../../terminal/compose-frame.js";
import type { FrameWriter } from "../../terminal/frame-writer.js";
import { Body } from "./Body.js";
import { Footer } from "./Footer.js";
import { Header } from "./Header.js";

export interface ShellProps {
    readonly shell: ShellState;
    /** Gets the painted body and the place of the cursor. */
    readonly writer: Pick<FrameWriter, "setRegion" | "setCursor">;
}

/** The whole screen: tabs, the painted body, messages and keys. */
export function Shell({ shell, writer }: ShellProps): ReactElement {
    const size = useReadable(shell.app.size);
    const theme = useReadable(shell.app.theme);
    const screenId = useReadable(shell.screenId);
    // Ink's time grows with the cells that it fills: so it does not draw the body, and dialogs are a separate tree.
    const hiddenRows = bodyPlace(size).height;
    const { setCursor: placeCursor } = writer;
    const setCursor = useCallback(
        (place: CellPlace | null) => {
            const row = place === null || place.row < headerRows ? 0 : hiddenRows;
            placeCursor(place === null ? null : { ...place, row: place.row + row });
        },
        [placeCursor, hiddenRows],
    );
    if (isTooSmall(size, shell.screen().leastSize)) {
        return <TooSmall columns={size.columns} rows={size.rows} />;
    }
    return (
        <ThemeContext.Provider value={theme}>
            <CursorContext.Provider value={setCursor}>
                <Box width={size.columns} height={headerRows + footerRows} flexDirection="column">
                    <Box height={headerRows} flexDirection="column">
                        <ErrorPane key={`header ${screenId}`}>
                            <Header shell={shell} />
                        </ErrorPane>
                    </Box>
                    <Body shell={shell} show={writer.setRegion} />
                    <Box height={footerRows} flexDirection="column">
                        <ErrorPane key={`footer ${screenId}`}>
                            <Footer shell={shell} />
                        </ErrorPane>
                    </Box>
                </Box>
            </CursorContext.Provider>
        </ThemeContext.Provider>
    );
}

/** Shown when nothing else fits. */
function TooSmall({ columns, rows }: { readonly columns: number; readonly rows: number }): ReactElement {
    return (
        <Box width={columns} height={rows} flexDirection="column">
            <Text wrap="wrap">
                stardeck needs {leastSize.columns}×{leastSize.rows} cells; this terminal has {columns}×{rows}. Make it
                larger. What runs goes on.
            </Text>
        </Box>
    );
}
