export interface KeyPress {
    readonly kind: "key";
    /** `a`, `A`, `/`, `space`, `enter`, `up`, `pagedown`, `ctrl-p`, `shift-tab`, `alt-x`, `f5`. */
    readonly name: string;
    /** What the key types into a text; empty for keys that type nothing. */
    readonly text: string;
}

/** Last letters of `ESC [ A` and `ESC O A`. */
const letterNames: Readonly<Record<string, string>> = {
    A: "up",
    B: "down",
    C: "right",
    D: "left",
    F: "end",
    H: "home",
    P: "f1",
    Q: "f2",
    R: "f3",
    S: "f4",
};

/** The number of `ESC [ 3 ~`. */
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

const characterNames: Readonly<Record<string, string>> = {
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\b": "backspace",
};

/** Keys of the number pad in kitty's protocol, from 57399 on. */
const padKeys: readonly string[] = [
    ...Array.from("0123456789./*-+\r=,"),
    ...["left", "right", "up", "down", "pageup", "pagedown", "home", "end", "insert", "delete"],
];
const firstPadKey = 57399;

/** The key that sends a character or control character; null when no key does. */
export function keyOfCharacterOrNull(character: string): KeyPress | null {
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

export function keyWithAltOrNull(character: string): KeyPress | null {
    const plain = keyOfCharacterOrNull(character);
    return plain === null ? null : key(`alt-${plain.name}`);
}

/** The key that sends a control sequence; null for a terminal's answer and for keys that have no name here. */
export function keyOfControlOrNull(parameters: string, final: string): KeyPress | null {
    const [first = "", modifiers = "", third = ""] = parameters.split(";");
    const held = readModifiersOrNull(modifiers);
    if (held === null || !/^[0-9;:]*$/.test(parameters)) {
        return null;
    }
    const [number = ""] = first.split(":");
    if (final === "u") {
        return keyOfCodeOrNull(first, third, held);
    }
    if (final === "~") {
        // xterm's modifyOtherKeys, in its older form.
        return number === "27" ? keyOfCodeOrNull(third, "", held) : namedKeyOrNull(numberNames[number], held);
    }
    if (number !== "" && number !== "1") {
        return null;
    }
    if (/[a-d]/.test(final)) {
        // rxvt's arrows with Shift.
        return namedKeyOrNull(letterNames[final.toUpperCase()], { ...held, isShift: true });
    }
    if (final === "Z") {
        return key("shift-tab");
    }
    // With parameters it is a cursor position report, not F3.
    return final === "R" && parameters !== "" ? null : namedKeyOrNull(letterNames[final], held);
}

/** The key that sends `ESC O` and a letter: arrows, F1 to F4 and the number pad in modes that another program may have left on. */
export function keyOfApplicationOrNull(parameters: string, final: string): KeyPress | null {
    const held = readModifiersOrNull(parameters.split(";").at(-1) ?? "");
    if (held === null) {
        return null;
    }
    if (final === "M") {
        return key("enter");
    }
    if (/[j-y]/.test(final)) {
        // `j` to `y` are `*` to `9`, in the order of ASCII.
        return keyOfCharacterOrNull(String.fromCharCode(final.charCodeAt(0) - 0x40));
    }
    return /[a-d]/.test(final)
        ? namedKeyOrNull(letterNames[final.toUpperCase()], { ...held, isControl: true })
        : namedKeyOrNull(letterNames[final], held);
}

/** F1 to F5 by the letters A to E. */
export function keyOfConsole(final: string): KeyPress {
    return key(`f${final.charCodeAt(0) - 0x40}`);
}

interface Modifiers {
    readonly isShift: boolean;
    readonly isAlt: boolean;
    readonly isControl: boolean;
}

/** Null when the key is released, and with modifiers that belong to the desktop: Super, Hyper, Meta. */
function readModifiersOrNull(field: string): Modifiers | null {
    const [modifier = "", action = ""] = field.split(":");
    // 1 + shift 1 + alt 2 + control 4 + super 8 + hyper 16 + meta 32 + caps lock 64 + num lock 128
    const bits = (Number(modifier) || 1) - 1;
    return action === "3" || (bits & 0b111000) !== 0
        ? null
        : { isShift: (bits & 1) !== 0, isAlt: (bits & 2) !== 0, isControl: (bits & 4) !== 0 };
}

function namedKeyOrNull(name: string | undefined, { isShift, isAlt, isControl }: Modifiers): KeyPress | null {
    return name === undefined
        ? null
        : key([isControl ? "ctrl-" : "", isAlt ? "alt-" : "", isShift ? "shift-" : "", name].join(""));
}

/**
 * A key that is sent as the code of its character, as kitty (https://sw.kovidgoyal.net/kitty/keyboard-protocol/) and xterm do.
 *
 * @param codes the code, and the code with Shift: `49:33`
 * @param texts the codes of the text that the key types, if the terminal sends them
 */
function keyOfCodeOrNull(codes: string, texts: string, held: Modifiers): KeyPress | null {
    const [code = 0, shiftedCode = 0] = codes.split(":").map(Number);
    const isPlain = !held.isControl && !held.isAlt;
    const text = texts.split(":").map(characterOfCode).join("");
    if (isPlain && text !== "") {
        return keyOfCharacterOrNull(text);
    }
    const character = padKeys[code - firstPadKey] ?? characterOfCode(code);
    if (character === "") {
        return null;
    }
    if (character.length > 2) {
        return namedKeyOrNull(character, held);
    }
    const shifted = characterOfCode(shiftedCode) || character.toUpperCase();
    const plain = keyOfCharacterOrNull(held.isShift && !held.isControl ? shifted : character);
    if (plain === null || isPlain) {
        return plain?.name === "tab" && held.isShift ? key("shift-tab") : plain;
    }
    return namedKeyOrNull(held.isControl ? plain.name.toLowerCase() : plain.name, {
        ...held,
        isShift: plain.name === "tab" && held.isShift,
    });
}

/** Empty for a number that is no character, and for the private ones that kitty uses for keys without a text. */
function characterOfCode(code: number | string): string {
    const number = Number(code);
    const isCharacter = number > 0 && number <= 0x10ffff && !(number >= 0xd800 && number < 0xf900);
    return Number.isInteger(number) && isCharacter ? String.fromCodePoint(number) : "";
}

function key(name: string): KeyPress {
    return { kind: "key", name, text: "" };
}
