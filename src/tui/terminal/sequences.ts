/** Sequences that a terminal understands, by xterm's names: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
export const sequences = {
    enterAlternateScreen: "\x1b[?1049h",
    leaveAlternateScreen: "\x1b[?1049l",
    hideCursor: "\x1b[?25l",
    showCursor: "\x1b[?25h",
    /** A line that turns out wider than computed must not push the next one down. */
    wrapOff: "\x1b[?7l",
    wrapOn: "\x1b[?7h",
    pasteOn: "\x1b[?2004h",
    pasteOff: "\x1b[?2004l",
    /** Presses, releases and the wheel, in SGR coordinates. */
    mouseOn: "\x1b[?1000h\x1b[?1006h",
    mouseOff: "\x1b[?1006l\x1b[?1000l",
    /** The terminal shows a frame only once it is complete. */
    beginFrame: "\x1b[?2026h",
    endFrame: "\x1b[?2026l",
    resetStyle: "\x1b[0m",
    eraseLine: "\x1b[2K",
    eraseScreen: "\x1b[H\x1b[J",
    /** Asks for the background colour; the answer comes as input. */
    askBackground: "\x1b]11;?\x1b\\",
} as const;

export function moveTo(row: number, column: number): string {
    return `\x1b[${row + 1};${column + 1}H`;
}

/** Puts text on the clipboard of the terminal, also through SSH (OSC 52). */
export function copyToClipboard(text: string): string {
    return `\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`;
}
