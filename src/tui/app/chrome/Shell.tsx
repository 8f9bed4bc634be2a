import type { Shell as ShellState } from "../make-app.js";
import { Box, React, Text, type ReactElement } from "../../kit/ink.js";
import { bodyPlace, footerRows, headerRows, isTooSmall, leastSize } from "../../kit/layout.js";
import { useReadable } from "../../kit/use-readable.js";
import { DialogBox } from "../../kit/DialogBox.js";
import { ErrorPane } from "../../kit/ErrorPane.js";
import { Footer } from "./Footer.js";
import { Header } from "./Header.js";

export interface ShellProps {
    readonly shell: ShellState;
}

/** Everything around the painted body: tabs, title, messages, keys, and a dialog above it. */
export function Shell({ shell }: ShellProps): ReactElement {
    const size = useReadable(shell.app.size);
    const dialog = useReadable(shell.dialog);
    const screenId = useReadable(shell.screenId);
    if (isTooSmall(size, shell.screen().leastSize)) {
        return (
            <Box width={size.columns} height={size.rows} flexDirection="column">
                <Text wrap="wrap">
                    stardeck needs {leastSize.columns}×{leastSize.rows} cells; this terminal has {size.columns}×
                    {size.rows}. Make it larger. What runs goes on.
                </Text>
            </Box>
        );
    }
    // Ink takes as long as it has cells to fill. The body is painted over it: only a dialog needs them.
    const body = dialog === null ? 0 : bodyPlace(size).height;
    return (
        <Box width={size.columns} height={headerRows + body + footerRows} flexDirection="column">
            <Box height={headerRows} flexDirection="column">
                <ErrorPane key={`header ${screenId}`}>
                    <Header shell={shell} />
                </ErrorPane>
            </Box>
            <Box height={body} />
            <Box height={footerRows} flexDirection="column">
                <ErrorPane key={`footer ${screenId}`}>
                    <Footer shell={shell} />
                </ErrorPane>
            </Box>
            {dialog !== null && <DialogBox key={dialog.title} dialog={dialog} app={shell.app} />}
        </Box>
    );
}
