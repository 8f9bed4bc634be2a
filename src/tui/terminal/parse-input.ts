import { cutInputOrNull, cutUnfinished, type CutPiece, type InputPiece } from "./cut-input.js";
import {
    keyOfApplicationOrNull,
    keyOfCharacterOrNull,
    keyOfConsole,
    keyOfControlOrNull,
    keyWithAltOrNull,
    type KeyPress,
} from "./name-keys.js";

/** One thing a person did, or a terminal answered. */
export type InputEvent =
    | KeyPress
    | { readonly kind: "paste"; readonly text: string }
    | MouseEvent
    /** The terminal's background colour, as red, green and blue from 0 to 1. */
    | { readonly kind: "background"; readonly color: readonly [number, number, number] };

export interface MouseEvent {
    readonly kind: "mouse";
    readonly action: "press" | "release" | "wheel-up" | "wheel-down";
    /** Cells from 0. */
    readonly row: number;
    readonly column: number;
}

/** Turns what arrives from a terminal into events. A sequence may arrive in pieces. */
export interface InputParser {
    push(chunk: Uint8Array): readonly InputEvent[];
    /** How long to wait for more bytes before calling `flush`; null when no sequence is incomplete. */
    patienceMs(): number | null;
    /** No more bytes came: a lone escape was the Escape key, and the start of a sequence is dropped. */
    flush(): readonly InputEvent[];
}

/** How long a lone escape may still become a sequence. A longer wait makes the Escape key slow. */
const escapePatienceMs = 100;
/** How long the rest of a sequence may take. It can be long, because no key sends the start of a sequence alone. */
const sequencePatienceMs = 500;
/** How long a paste may pause. What comes later acts as keys, so too long is better than too short. */
const pastePatienceMs = 5_000;

/** Longer control strings are still read to their ends, but not kept. */
const maxKeptBytes = 4_096;
/** The rest of a longer paste is dropped: no text field takes that much. */
const maxPastedBytes = 1_000_000;

const pasteStart = "200";
const pasteEnd = "\x1b[201~";

/** The rest of a sequence whose escape came so early that it counted as the Escape key. */
const lateRest = /^(?:\[[0-?]*[ -/]*[@-~]|O[A-DFHMP-S]|\]\d+;|P(?=[!-?])[0-?]*[ -/]*[@-~])/;

export function makeInputParser(): InputParser {
    let waiting = "";
    let pasted: { pieces: string[]; length: number } | null = null;
    let hasJustFlushedEscape = false;

    function push(chunk: Uint8Array): readonly InputEvent[] {
        const events: InputEvent[] = [];
        const bytes = Buffer.from(chunk).toString("latin1");
        let rest = hasJustFlushedEscape && lateRest.test(bytes) ? `\x1b${bytes}` : waiting + bytes;
        hasJustFlushedEscape = false;
        waiting = "";
        while (rest !== "") {
            if (pasted !== null) {
                rest = readPaste(rest, events);
                continue;
            }
            const cut = cutInputOrNull(rest);
            if (cut === null) {
                // The start says how the sequence ends; the last byte may be half of its end.
                waiting = rest.length > maxKeptBytes ? rest.slice(0, 2) + rest.slice(-1) : rest;
                return events;
            }
            take(cut, events);
            rest = rest.slice(cut.length);
        }
        return events;
    }

    function take({ piece }: CutPiece, events: InputEvent[]): void {
        if (piece.kind === "control" && piece.parameters === pasteStart && piece.final === "~") {
            pasted = { pieces: [], length: 0 };
            return;
        }
        const event = readPieceOrNull(piece);
        if (event !== null) {
            events.push(event);
        }
    }

    /** Takes pasted text up to its end mark, which may be split over two chunks; returns what follows the mark. */
    function readPaste(rest: string, events: InputEvent[]): string {
        const end = rest.indexOf(pasteEnd);
        if (end >= 0) {
            keep(rest.slice(0, end));
            endPaste(events);
            return rest.slice(end + pasteEnd.length);
        }
        const escape = rest.lastIndexOf("\x1b");
        const isCutMark = escape >= 0 && pasteEnd.startsWith(rest.slice(escape));
        keep(isCutMark ? rest.slice(0, escape) : rest);
        waiting = isCutMark ? rest.slice(escape) : "";
        return "";
    }

    function keep(bytes: string): void {
        if (pasted !== null) {
            const kept = bytes.slice(0, maxPastedBytes - pasted.length);
            pasted.pieces.push(kept);
            pasted.length += kept.length;
        }
    }

    function endPaste(events: InputEvent[]): void {
        const text = Buffer.from(pasted?.pieces.join("") ?? "", "latin1").toString("utf8");
        events.push({ kind: "paste", text: text.replaceAll(/\r\n?/g, "\n") });
        pasted = null;
    }

    function flush(): readonly InputEvent[] {
        const events: InputEvent[] = [];
        if (pasted !== null) {
            keep(waiting);
            endPaste(events);
        } else if (waiting !== "") {
            take(cutUnfinished(waiting), events);
        }
        hasJustFlushedEscape = waiting === "\x1b" && events[0]?.kind === "key";
        waiting = "";
        return events;
    }

    return {
        push,
        flush,
        patienceMs: () => {
            if (pasted !== null) {
                return pastePatienceMs;
            }
            if (waiting === "") {
                return hasJustFlushedEscape ? sequencePatienceMs : null;
            }
            return waiting === "\x1b" ? escapePatienceMs : sequencePatienceMs;
        },
    };
}

function readPieceOrNull(piece: InputPiece): InputEvent | null {
    switch (piece.kind) {
        case "character":
            return keyOfCharacterOrNull(piece.character);
        case "alt":
            return keyWithAltOrNull(piece.character);
        case "control":
            return readControlOrNull(piece.parameters, piece.intermediates, piece.final);
        case "application":
            return keyOfApplicationOrNull(piece.parameters, piece.final);
        case "console":
            return keyOfConsole(piece.final);
        case "mouse": {
            const [button, column, row] = piece.bytes;
            return readMouseOrNull(button - 32, column - 33, row - 33, false);
        }
        case "command":
            return readBackgroundOrNull(piece.body);
        case "nothing":
            return null;
    }
}

function readControlOrNull(parameters: string, intermediates: string, final: string): InputEvent | null {
    if (intermediates !== "") {
        return null;
    }
    const [, isSgr, code = "", column = "", row = ""] = /^(<?)(\d+);(\d+);(\d+)$/.exec(parameters) ?? [];
    if (isSgr !== undefined && (final === "M" || (final === "m" && isSgr !== ""))) {
        // Without `<` it is rxvt's form, which adds 32 to the button as the oldest form does.
        const button = Number(code) - (isSgr === "" ? 32 : 0);
        return readMouseOrNull(button, Number(column) - 1, Number(row) - 1, final === "m");
    }
    return keyOfControlOrNull(parameters, final);
}

/** Only the left button and the wheel; drags and modifiers are left to the terminal. */
function readMouseOrNull(code: number, column: number, row: number, isRelease: boolean): MouseEvent | null {
    if (column < 0 || row < 0) {
        return null;
    }
    // The older forms send 3 for the release of any button.
    const actions: Readonly<Record<number, MouseEvent["action"]>> = {
        0: isRelease ? "release" : "press",
        3: "release",
        64: "wheel-up",
        65: "wheel-down",
    };
    const action = actions[code];
    return action === undefined ? null : { kind: "mouse", action, row, column };
}

function readBackgroundOrNull(body: string): InputEvent | null {
    const colors = /^11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\/[0-9a-f]{1,4})?$/i.exec(body);
    if (colors === null) {
        return null;
    }
    const [, red = "0", green = "0", blue = "0"] = colors;
    const share = (hex: string): number => parseInt(hex, 16) / (16 ** hex.length - 1);
    return { kind: "background", color: [share(red), share(green), share(blue)] };
}
