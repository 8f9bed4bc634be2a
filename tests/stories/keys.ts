const named: Readonly<Record<string, string>> = {
    enter: "\r",
    esc: "\u001b",
    tab: "\t",
    "shift-tab": "\u001b[Z",
    space: " ",
    backspace: "\u007f",
    delete: "\u001b[3~",
    insert: "\u001b[2~",
    up: "\u001b[A",
    down: "\u001b[B",
    right: "\u001b[C",
    left: "\u001b[D",
    home: "\u001b[H",
    end: "\u001b[F",
    "page-up": "\u001b[5~",
    "page-down": "\u001b[6~",
    f1: "\u001bOP",
};

/** What a terminal sends for a key: a name like `down` or `ctrl-p`; anything else is text and sent as it is. */
export function bytesOfKey(key: string): string {
    const letter = /^ctrl-([a-z\\])$/.exec(key)?.[1];
    return letter === undefined ? (named[key] ?? key) : String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64);
}

export type MouseAction = "press" | "release" | "wheel-up" | "wheel-down";

/** The SGR report of a mouse action; row and column count from 0. */
export function bytesOfMouse(action: MouseAction, row: number, column: number): string {
    const button = { press: 0, release: 0, "wheel-up": 64, "wheel-down": 65 }[action];
    return `\u001b[<${button};${column + 1};${row + 1}${action === "release" ? "m" : "M"}`;
}
