/** One thing a person did, or a terminal answered. */
export type InputEvent =
    | KeyPress
    | { readonly kind: "paste"; readonly text: string }
    | MouseEvent
    /** The terminal's background colour, as red, green and blue from 0 to 1. */
    | { readonly kind: "background"; readonly color: readonly [number, number, number] };

export interface KeyPress {
    readonly kind: "key";
    /** `a`, `A`, `/`, `space`, `enter`, `up`, `pagedown`, `ctrl-p`, `shift-tab`, `alt-x`, `f5`. */
    readonly name: string;
    /** What it writes into a text; empty for keys that write nothing. */
    readonly text: string;
}

export interface MouseEvent {
    readonly kind: "mouse";
    readonly action: "press" | "release" | "wheel-up" | "wheel-down";
    /** Cells from 0. */
    readonly row: number;
    readonly column: number;
}

/** Turns what arrives from a terminal into events. A sequence may arrive in pieces. */
export interface InputParser {
    push(chunk: string): readonly InputEvent[];
    /** Nothing more came for a moment: a lone escape was the Escape key. */
    flush(): readonly InputEvent[];
    /** Whether `flush` would give something. */
    isWaiting(): boolean;
}

const pasteStart = "\x1b[200~";
const pasteEnd = "\x1b[201~";

/* eslint-disable no-control-regex -- escape sequences are what this reads */
const mouse = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])/;
const background = /^\x1b\]11;rgb:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)(?:\x07|\x1b\\)/i;
const control = /^\x1b\[([0-9;?]*)([ -/]*)([@-~])/;
const shifted = /^\x1bO([A-Za-z])/;
const unfinished = /^\x1b(?:\[[0-9;?<]*[ -/]*|\][^\x07\x1b]{0,100}\x1b?|O)?$/;
/* eslint-enable no-control-regex */

export function makeInputParser(): InputParser {
    let waiting = "";
    let pasted: string[] | null = null;

    function push(chunk: string): readonly InputEvent[] {
        const events: InputEvent[] = [];
        let rest = waiting + chunk;
        waiting = "";
        while (rest !== "") {
            if (pasted !== null) {
                rest = readPaste(rest, events);
            } else if (rest.startsWith(pasteStart)) {
                pasted = [];
                rest = rest.slice(pasteStart.length);
            } else if (unfinished.test(rest)) {
                waiting = rest;
                return events;
            } else {
                const { event, length } = readOne(rest);
                if (event !== null) {
                    events.push(event);
                }
                rest = rest.slice(length);
            }
        }
        return events;
    }

    /** Takes pasted text up to its end mark; a mark may be cut in two. */
    function readPaste(rest: string, events: InputEvent[]): string {
        const end = rest.indexOf(pasteEnd);
        if (end >= 0) {
            events.push({
                kind: "paste",
                text: [...(pasted ?? []), rest.slice(0, end)].join("").replaceAll(/\r\n?/g, "\n"),
            });
            pasted = null;
            return rest.slice(end + pasteEnd.length);
        }
        const held = Math.max(0, rest.lastIndexOf("\x1b", rest.length - 1));
        const isCutMark = held > 0 || rest.startsWith("\x1b") ? pasteEnd.startsWith(rest.slice(held)) : false;
        pasted?.push(isCutMark ? rest.slice(0, held) : rest);
        waiting = isCutMark ? rest.slice(held) : "";
        return "";
    }

    return {
        push,
        flush: () => {
            if (pasted !== null || waiting === "") {
                return [];
            }
            const [first = "", ...others] = waiting;
            waiting = "";
            return [readOne(first).event, ...others.map((character) => readOne(character).event)].filter(
                (event) => event !== null,
            );
        },
        isWaiting: () => pasted === null && waiting !== "",
    };
}

function readOne(rest: string): { readonly event: InputEvent | null; readonly length: number } {
    const [report, code = "0", column = "1", row = "1", final] = mouse.exec(rest) ?? [];
    if (report !== undefined) {
        return {
            event: readMouse(Number(code), Number(column) - 1, Number(row) - 1, final === "m"),
            length: report.length,
        };
    }
    const [reply, red = "0", green = "0", blue = "0"] = background.exec(rest) ?? [];
    if (reply !== undefined) {
        const share = (hex: string): number => parseInt(hex, 16) / (16 ** hex.length - 1);
        return { event: { kind: "background", color: [share(red), share(green), share(blue)] }, length: reply.length };
    }
    const [sequence, parameters = "", , letter = ""] = control.exec(rest) ?? [];
    if (sequence !== undefined) {
        const name = nameControl(parameters, letter);
        return { event: name === null ? null : key(name), length: sequence.length };
    }
    const [application, applicationLetter = ""] = shifted.exec(rest) ?? [];
    if (application !== undefined) {
        const name = letterNames[applicationLetter];
        return { event: name === undefined ? null : key(name), length: application.length };
    }
    if (rest.startsWith("\x1b") && rest.length > 1 && rest[1] !== "\x1b") {
        const { event, length } = readOne(rest.slice(1));
        return {
            event: event?.kind === "key" ? key(`alt-${event.name}`) : event,
            length: length + 1,
        };
    }
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return { event: readCharacter(character), length: character.length };
}

function readMouse(code: number, column: number, row: number, isRelease: boolean): MouseEvent | null {
    if (code === 64 || code === 65) {
        return { kind: "mouse", action: code === 64 ? "wheel-up" : "wheel-down", row, column };
    }
    // Only the left button; drags and modifiers are the terminal's own business.
    return code === 0 ? { kind: "mouse", action: isRelease ? "release" : "press", row, column } : null;
}

const letterNames: Readonly<Record<string, string>> = {
    A: "up",
    B: "down",
    C: "right",
    D: "left",
    F: "end",
    H: "home",
    Z: "shift-tab",
    P: "f1",
    Q: "f2",
    R: "f3",
    S: "f4",
    M: "enter",
};

const numberNames: Readonly<Record<string, string>> = {
    1: "home",
    2: "insert",
    3: "delete",
    4: "end",
    5: "pageup",
    6: "pagedown",
    7: "home",
    8: "end",
    11: "f1",
    12: "f2",
    13: "f3",
    14: "f4",
    15: "f5",
    17: "f6",
    18: "f7",
    19: "f8",
    20: "f9",
    21: "f10",
    23: "f11",
    24: "f12",
};

function nameControl(parameters: string, letter: string): string | null {
    const [first = "", modifier = "1"] = parameters.split(";");
    const name = letter === "~" ? numberNames[first] : letterNames[letter];
    if (name === undefined) {
        return null;
    }
    // 1 + shift 1 + alt 2 + control 4
    const bits = Number(modifier) - 1;
    const prefix = [bits & 4 ? "ctrl-" : "", bits & 2 ? "alt-" : "", bits & 1 ? "shift-" : ""].join("");
    return prefix + name;
}

const characterNames: Readonly<Record<string, string>> = {
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\b": "backspace",
};

function readCharacter(character: string): KeyPress | null {
    const name = characterNames[character];
    if (name !== undefined) {
        return key(name);
    }
    if (character === " ") {
        return { kind: "key", name: "space", text: " " };
    }
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) {
        return key(code === 0 ? "ctrl-space" : `ctrl-${String.fromCharCode(code + 0x60)}`);
    }
    return code >= 0x80 && code < 0xa0 ? null : { kind: "key", name: character, text: character };
}

function key(name: string): KeyPress {
    return { kind: "key", name, text: "" };
}
