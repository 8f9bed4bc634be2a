/* eslint-disable no-control-regex -- escape sequences are what this reads */

/** One thing that a terminal sent, cut out by the grammar of its bytes and not interpreted yet. */
export type InputPiece =
    /** A character; U+FFFD for bytes that are not valid UTF-8. */
    | { readonly kind: "character"; readonly character: string }
    /** Escape and then a character: a key with Alt. */
    | { readonly kind: "alt"; readonly character: string }
    /** `ESC [ parameters intermediates final`: CSI. */
    | {
          readonly kind: "control";
          readonly parameters: string;
          readonly intermediates: string;
          readonly final: string;
      }
    /** `ESC O parameters final`: SS3. */
    | { readonly kind: "application"; readonly parameters: string; readonly final: string }
    /** F1 to F5 on the Linux console: `ESC [ [ A`. */
    | { readonly kind: "console"; readonly final: string }
    /** `ESC [ M` and three bytes: button, column and row, each plus 32. */
    | { readonly kind: "mouse"; readonly bytes: readonly [number, number, number] }
    /** An operating system command (OSC) without its introducer and terminator. */
    | { readonly kind: "command"; readonly body: string }
    /** Other control strings (DCS, SOS, PM, APC), a terminator without its string, and sequences that break off. */
    | { readonly kind: "nothing" };

export interface CutPiece {
    readonly piece: InputPiece;
    /** In bytes. */
    readonly length: number;
}

/** The 8-bit forms of SS3, DCS, SOS, CSI, OSC, PM and APC, encoded in UTF-8. */
const eightBit = /^\xc2([\x8f\x90\x98\x9b\x9d-\x9f])/;
const control = /^\x1b\[([0-?]*)([ -/]*)([@-~])/;
const application = /^\x1bO([0-9;]*)([A-Za-z])/;
const consoleKey = /^\x1b\[\[([A-E])/;
const mouse = /^\x1b\[M([\x00\x20-\xff])([\x00\x20-\xff])([\x00\x20-\xff])/;
/** A control string ends with BEL, `ESC \` or the 8-bit terminator in UTF-8. Most other control characters abort it. */
const string = /^\x1b([\]PX^_])([\x08-\x0d\x20-\xff]*?)(?:\x07|\x1b\\|\xc2\x9c)/;
const unfinished = /^\x1b(?:\[[0-?]*[ -/]*|\[\[|\[M[\x00\x20-\xff]{0,2}|O[0-9;]*|[\]PX^_][\x08-\x0d\x20-\xff]*\x1b?)?$/;
const broken = /^\x1b(?:\[M[\x00\x20-\xff]{0,2}|\[[0-?]*[ -/]*|O[0-9;]*|[\]PX^_][\x08-\x0d\x20-\xff]*)/;

const nothing = { kind: "nothing" } as const;

/**
 * The first piece of what a terminal sent, by ECMA-48 and xterm's list (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 *
 * @param bytes one character a byte (latin1), not empty
 * @returns null while the piece is incomplete
 */
export function cutInputOrNull(bytes: string): CutPiece | null {
    const rest = bytes.replace(eightBit, (_, code: string) => `\x1b${String.fromCharCode(code.charCodeAt(0) - 0x40)}`);
    return rest.startsWith("\x1b") ? cutSequenceOrNull(rest) : cutCharacterOrNull(rest);
}

/** Like `cutInputOrNull`, once no more bytes come: reads an incomplete piece as the key that a person may have pressed. */
export function cutUnfinished(bytes: string): CutPiece {
    const { length } = bytes;
    if (bytes === "\x1b") {
        return { piece: { kind: "character", character: bytes }, length };
    }
    if (/^\x1b[ -~]$/.test(bytes)) {
        return { piece: { kind: "alt", character: bytes.charAt(1) }, length };
    }
    if (!bytes.startsWith("\x1b") && !eightBit.test(bytes)) {
        return { piece: { kind: "character", character: "\ufffd" }, length };
    }
    // rxvt ends its keys with Shift in `$`, which in other sequences is an intermediate byte.
    const shifted = /^\x1b\[(\d+)\$$/.exec(bytes)?.[1];
    return shifted === undefined
        ? { piece: nothing, length }
        : { piece: { kind: "control", parameters: `${shifted};2`, intermediates: "", final: "~" }, length };
}

function cutSequenceOrNull(rest: string): CutPiece | null {
    const [mouseReport, ...positions] = mouse.exec(rest) ?? [];
    if (mouseReport !== undefined) {
        const [button = 0, column = 0, row = 0] = positions.map((byte) => byte.charCodeAt(0));
        return { piece: { kind: "mouse", bytes: [button, column, row] }, length: mouseReport.length };
    }
    const [key, keyFinal = ""] = consoleKey.exec(rest) ?? [];
    if (key !== undefined) {
        return { piece: { kind: "console", final: keyFinal }, length: key.length };
    }
    const [whole, opener = "", body = ""] = string.exec(rest) ?? [];
    if (whole !== undefined) {
        return { piece: opener === "]" ? { kind: "command", body } : nothing, length: whole.length };
    }
    if (unfinished.test(rest)) {
        return null;
    }
    const [sequence, parameters = "", intermediates = "", final = ""] = control.exec(rest) ?? [];
    if (sequence !== undefined && sequence !== "\x1b[M") {
        return { piece: { kind: "control", parameters, intermediates, final }, length: sequence.length };
    }
    const [applicationKey, keyParameters = "", letter = ""] = application.exec(rest) ?? [];
    if (applicationKey !== undefined) {
        return {
            piece: { kind: "application", parameters: keyParameters, final: letter },
            length: applicationKey.length,
        };
    }
    const length = broken.exec(rest)?.[0].length ?? 0;
    return length > 2 ? { piece: nothing, length } : cutAltOrNull(rest);
}

function cutAltOrNull(rest: string): CutPiece | null {
    // Two in a row: the first is the Escape key, the second begins another piece.
    if (rest.startsWith("\x1b\x1b")) {
        return { piece: { kind: "character", character: "\x1b" }, length: 1 };
    }
    const next = cutCharacterOrNull(rest.slice(1));
    if (next === null) {
        return null;
    }
    const { character } = next.piece;
    return { piece: character === "\\" ? nothing : { kind: "alt", character }, length: next.length + 1 };
}

interface CutCharacter extends CutPiece {
    readonly piece: { readonly kind: "character"; readonly character: string };
}

/** A character of UTF-8; null while it is incomplete. */
function cutCharacterOrNull(bytes: string): CutCharacter | null {
    const lead = bytes.charCodeAt(0);
    const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const found = /^[^][\x80-\xbf]*/.exec(bytes.slice(0, length))?.[0] ?? "";
    if (found.length < length && found.length === bytes.length) {
        return null;
    }
    const character = String.fromCodePoint(Buffer.from(found, "latin1").toString("utf8").codePointAt(0) ?? 0);
    return { piece: { kind: "character", character }, length: found.length };
}
