import type { Screen } from "../kit/screen.js";
import { bodyPlace, isTooSmall } from "../kit/layout.js";
import type { Shell } from "./make-app.js";
import { fitText, wrapText } from "../kit/lines/fit-text.js";
import type { FrameWriter } from "../terminal/frame-writer.js";

/**
 * Keeps the body of the current screen painted: after any change of what it shows, once a moment.
 * An error in a screen is shown in its place.
 *
 * @returns ends it.
 */
export function keepBodyPainted(shell: Shell, writer: FrameWriter): () => void {
    const { app } = shell;
    let isScheduled = false;
    let endChanges: readonly (() => void)[] = [];

    const paint = (): void => {
        isScheduled = false;
        const size = app.size.get();
        const screen = shell.screen();
        if (isTooSmall(size, screen.leastSize)) {
            writer.setRegion("body", null);
            return;
        }
        const place = bodyPlace(size, screen.room?.());
        const lines = paintScreen(screen, shell, place.width, place.height);
        writer.setRegion("body", { ...place, lines });
    };
    const schedule = (): void => {
        if (!isScheduled) {
            isScheduled = true;
            queueMicrotask(paint);
        }
    };
    const watchScreen = (): void => {
        for (const end of endChanges) {
            end();
        }
        endChanges = shell.screen().changes.map((readable) => readable.subscribe(schedule));
        schedule();
    };
    const ends = [
        shell.screenId.subscribe(watchScreen),
        ...[app.size, app.theme, app.connection].map((readable) => readable.subscribe(schedule)),
    ];
    watchScreen();
    return () => {
        for (const end of [...ends, ...endChanges]) {
            end();
        }
    };
}

function paintScreen(screen: Screen, { app }: Shell, columns: number, rows: number): readonly string[] {
    try {
        return screen.paint({ columns, rows });
    } catch (error) {
        const theme = app.theme.get();
        const message = error instanceof Error ? error.message : String(error);
        return [
            "",
            theme.style("failed", fitText(` ${theme.symbols.failed} This screen could not be drawn.`, columns)),
            ...wrapText(message, columns - 4).map((line) => `   ${line}`),
            "",
            " r reads it again; the other screens work on.",
        ];
    }
}
