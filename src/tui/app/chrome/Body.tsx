import { React, useMemo, type ReactElement } from "../../kit/ink.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import type { Screen } from "../../kit/screen.js";
import { Painted } from "../../kit/Painted.js";
import { useDerived, useReadable } from "../../kit/use-readable.js";
import { bodyPlace } from "../../kit/layout.js";
import type { FrameWriter } from "../../terminal/frame-writer.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { App } from "../app.js";
import type { Shell } from "../make-app.js";

export interface BodyProps {
    readonly shell: Shell;
    readonly show: FrameWriter["setRegion"];
}

/** The lines of the current screen. An error in a screen is shown in its place. */
export function Body({ shell, show }: BodyProps): ReactElement {
    const { app } = shell;
    const size = useReadable(app.size);
    useReadable(shell.screenId);
    const screen = shell.screen();
    const changes = useMemo(() => [...screen.changes, app.theme, app.connection], [screen, app]);
    const paint = useMemo(() => (room: TerminalSize) => paintScreen(screen, app, room), [screen, app]);
    const room = useDerived(screen.changes, () => screen.room?.());
    return (
        <Painted
            region="body"
            place={bodyPlace(size, room)}
            paint={paint}
            cursor={screen.cursor}
            changes={changes}
            show={show}
        />
    );
}

function paintScreen(screen: Screen, app: App, size: TerminalSize): readonly string[] {
    try {
        return screen.paint(size);
    } catch (error) {
        const theme = app.theme.get();
        const message = error instanceof Error ? error.message : String(error);
        return [
            "",
            theme.style("failed", fitText(` ${theme.symbols.failed} This screen could not be drawn.`, size.columns)),
            ...wrapText(message, size.columns - 4).map((line) => `   ${line}`),
            "",
            " r reads it again; the other screens work on.",
        ];
    }
}
