import { Unicode11Addon } from "@xterm/addon-unicode11";
import headless, { type Terminal } from "@xterm/headless";
import type { TerminalModes } from "./story-terminal.js";

export interface ScreenTerminalOptions {
    readonly columns: number;
    readonly rows: number;
    /** What it answers when asked for its background, as `#rrggbb`; null for no answer. */
    readonly background: string | null;
    /** What its normal screen holds before the program starts. */
    readonly firstLine: string;
}

/** A terminal without a window. */
export interface ScreenTerminal {
    readonly terminal: Terminal;
    readonly modes: () => Omit<TerminalModes, "isLineInput">;
}

export async function makeScreenTerminal(options: ScreenTerminalOptions): Promise<ScreenTerminal> {
    const terminal = new headless.Terminal({
        cols: options.columns,
        rows: options.rows,
        scrollback: 10_000,
        allowProposedApi: true,
    });
    // Emoji take two columns, as in the terminals of today.
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = "11";

    // xterm tells most modes, but not whether the cursor shows.
    let isCursorVisible = true;
    const setCursor =
        (isVisible: boolean) =>
        (modes: (number | number[])[]): boolean => {
            isCursorVisible = modes.includes(25) ? isVisible : isCursorVisible;
            return false;
        };
    terminal.parser.registerCsiHandler({ prefix: "?", final: "h" }, setCursor(true));
    terminal.parser.registerCsiHandler({ prefix: "?", final: "l" }, setCursor(false));
    const { background } = options;
    if (background !== null) {
        const answer = [1, 3, 5].map((start) => background.slice(start, start + 2).repeat(2)).join("/");
        terminal.parser.registerOscHandler(11, (question) => {
            if (question === "?") {
                terminal.input(`\u001b]11;rgb:${answer}\u001b\\`);
            }
            return question === "?";
        });
    }
    await new Promise<void>((resolve) => {
        terminal.write(`${options.firstLine}\r\n`, resolve);
    });
    return {
        terminal,
        modes: () => ({
            isAlternateScreen: terminal.buffer.active.type === "alternate",
            isCursorVisible,
            isWrapping: terminal.modes.wraparoundMode,
            isMouseReported: terminal.modes.mouseTrackingMode !== "none",
            isPasteBracketed: terminal.modes.bracketedPasteMode,
            isFocusReported: terminal.modes.sendFocusMode,
        }),
    };
}
