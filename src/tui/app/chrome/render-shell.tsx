import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeStore } from "../../terminal/store.js";
import type { Rectangle } from "../../terminal/compose-frame.js";
import type { FrameWriter } from "../../terminal/frame-writer.js";
import { DialogBox } from "../../kit/DialogBox.js";
import { React, render, type ReactElement } from "../../kit/ink.js";
import { makeInkStreams, type InkStreams } from "../../kit/ink-streams.js";
import { headerRows, isTooSmall } from "../../kit/layout.js";
import { CursorContext } from "../../kit/TextField.js";
import { useReadable } from "../../kit/use-readable.js";
import type { Shell as ShellState } from "../make-app.js";
import { Shell } from "./Shell.js";

/**
 * Shows the interface until the returned function is called. The lines around the body and the dialog are two Ink trees, because
 * Ink's time grows with the cells of a tree: a key in a menu redraws only the menu.
 */
export function renderShell(shell: ShellState, writer: FrameWriter): () => void {
    const { size } = shell.app;
    const around = renderTree(
        <Shell shell={shell} writer={writer} />,
        makeInkStreams(size, (lines) => {
            writer.setChrome(placeAround(lines, size.get().rows));
        }),
    );
    const dialogSize = makeStore<TerminalSize>(size.get());
    let place: Rectangle | null = null;
    let drawn: readonly string[] = [];
    const show = (): void => {
        writer.setDialog(place === null ? null : { ...place, lines: drawn });
    };
    const setPlace = (next: Rectangle | null): void => {
        place = next;
        if (next !== null) {
            dialogSize.set({ columns: next.width, rows: next.height });
        }
        show();
    };
    const above = renderTree(
        <CursorContext.Provider value={writer.setCursor}>
            <OpenDialog shell={shell} onPlace={setPlace} />
        </CursorContext.Provider>,
        makeInkStreams(dialogSize, (lines) => {
            drawn = lines;
            show();
        }),
    );
    return () => {
        above.unmount();
        around.unmount();
    };
}

function renderTree(tree: ReactElement, streams: InkStreams): { unmount(): void } {
    return render(tree, { ...streams, debug: true, patchConsole: false, exitOnCtrlC: false });
}

interface OpenDialogProps {
    readonly shell: ShellState;
    readonly onPlace: (place: Rectangle | null) => void;
}

function OpenDialog({ shell, onPlace }: OpenDialogProps): ReactElement | null {
    const dialog = useReadable(shell.dialog);
    const size = useReadable(shell.app.size);
    useReadable(shell.screenId);
    return dialog === null || isTooSmall(size, shell.screen().leastSize) ? null : (
        <DialogBox key={dialog.title} dialog={dialog} app={shell.app} onPlace={onPlace} />
    );
}

/** Puts the header lines at the top of the screen and the footer lines at its bottom. */
function placeAround(lines: readonly string[], rows: number): readonly string[] {
    const missing = Array.from({ length: Math.max(0, rows - lines.length) }, () => "");
    return [...lines.slice(0, headerRows), ...missing, ...lines.slice(headerRows)];
}
