import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { makeInputParser, type InputEvent } from "../../../src/tui/terminal/parse-input.js";

/** What comes of bytes, given as text or one by one, that arrive in these pieces; at last nothing more comes. */
function readAll(...pieces: readonly (string | readonly number[])[]): readonly InputEvent[] {
    const parser = makeInputParser();
    const events = pieces.flatMap((piece) =>
        parser.push(typeof piece === "string" ? Buffer.from(piece) : Uint8Array.from(piece)),
    );
    return parser.patienceMs() === null ? events : [...events, ...parser.flush()];
}

function namesOf(events: readonly InputEvent[]): readonly string[] {
    return events.map((event) => (event.kind === "key" ? event.name : event.kind));
}

/** Keys as terminals send them, and their names. */
const keys = [
    ["a", "a"],
    ["é", "é"],
    ["漢", "漢"],
    ["😀", "😀"],
    [" ", "space"],
    ["\r", "enter"],
    ["\t", "tab"],
    ["\x7f", "backspace"],
    ["\x03", "ctrl-c"],
    ["\x1bx", "alt-x"],
    ["\x1bé", "alt-é"],
    ["\x1b\r", "alt-enter"],
    ["\x1b\x7f", "alt-backspace"],
    ["\x1b[A", "up"],
    ["\x9bB", "down"],
    ["\x1bOC", "right"],
    ["\x8fD", "left"],
    ["\x1b[1;5A", "ctrl-up"],
    ["\x1b[1;3C", "alt-right"],
    ["\x1b[1;129A", "up"],
    ["\x1b[Z", "shift-tab"],
    ["\x1b[3~", "delete"],
    ["\x1b[3;5~", "ctrl-delete"],
    ["\x1b[15~", "f5"],
    // PuTTY, GNU screen and the console of Linux.
    ["\x1b[1~", "home"],
    ["\x1b[4~", "end"],
    ["\x1b[5~", "pageup"],
    ["\x1b[6~", "pagedown"],
    ["\x1b[11~", "f1"],
    ["\b", "backspace"],
    // rxvt.
    ["\x1b[7~", "home"],
    ["\x1b[8~", "end"],
    ["\x1bOR", "f3"],
    ["\x1b[R", "f3"],
    ["\x1b[[B", "f2"],
    ["\x1bOM", "enter"],
    ["\x1bOq", "1"],
    ["\x1b[b", "shift-down"],
    ["\x1bOb", "ctrl-down"],
    ["\x1b[1;1:1B", "down"],
    ["\x1b[1;1:2B", "down"],
    ["\x1b[97u", "a"],
    ["\x1b[97;5u", "ctrl-a"],
    ["\x1b[97;3u", "alt-a"],
    ["\x1b[97:65;2u", "A"],
    ["\x1b[97;2u", "A"],
    ["\x1b[97;65u", "a"],
    ["\x1b[49:33;2:1;33u", "!"],
    ["\x1b[233;;233u", "é"],
    ["\x1b[13u", "enter"],
    ["\x1b[13;3u", "alt-enter"],
    ["\x1b[9;2u", "shift-tab"],
    ["\x1b[27u", "escape"],
    ["\x1b[127;2u", "backspace"],
    ["\x1b[32;2u", "space"],
    ["\x1b[57400u", "1"],
    ["\x1b[57414u", "enter"],
    ["\x1b[57419u", "up"],
    ["\x1b[27;5;97~", "ctrl-a"],
    ["\x1b[27;2;65~", "A"],
    ["\x1b[27;1;13~", "enter"],
] as const;

test.each(keys)("reads %j as the key %s", (bytes, name) => {
    expect(namesOf(readAll(bytes))).toEqual([name]);
});

/** What terminals answer and report, though nobody has pressed a key. */
const reports = [
    ["the foreground", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"],
    ["a colour of the palette, ended by BEL", "\x1b]4;1;rgb:cdcd/0000/0000\x07"],
    ["the clipboard", `\x1b]52;c;${Buffer.from("select 1".repeat(2_000)).toString("base64")}\x1b\\`],
    ["a title with other letters", "\x1b]l漢字 é ✜\x1b\\"],
    ["a command in 8-bit forms", "\x9d10;rgb:0/0/0\x9c"],
    ["the terminal's name", "\x1bP>|tmux 3.3a\x1b\\"],
    ["a setting", "\x1bP1$r0 q\x1b\\"],
    ["a capability, in 8-bit forms", "\x901+r524742=38\x9c"],
    ["an application's string", "\x1b_Gi=31;OK\x1b\\"],
    ["an application's string in 8-bit forms", "\x9fGi=31;OK\x9c"],
    ["a private message", "\x1b^private\x1b\\"],
    ["a private message in 8-bit forms", "\x9eprivate\x9c"],
    ["a start of string", "\x1bXanything\x1b\\"],
    ["a start of string in 8-bit forms", "\x98anything\x9c"],
    ["a terminator alone", "\x1b\\"],
    ["what the terminal is", "\x1b[?62;22c"],
    ["which version it is", "\x1b[>41;354;0c"],
    ["which unit it is", "\x1bP!|00000000\x1b\\"],
    ["that it is well", "\x1b[0n"],
    ["where the cursor is", "\x1b[12;40R"],
    ["where the cursor is, in the first row", "\x1b[1;2R"],
    ["where the cursor is, with the page", "\x1b[?12;40;1R"],
    ["a mode", "\x1b[?2026;2$y"],
    ["its size", "\x1b[8;24;80t"],
    ["its size after a change", "\x1b[48;24;80;480;800t"],
    ["the keyboard's mode", "\x1b[?1u"],
    ["modifyOtherKeys' mode", "\x1b[>4;2m"],
    ["the colour scheme", "\x1b[?997;1n"],
    ["parameters", "\x1b[2;1;1;128;128;1;0x"],
    ["a locator", "\x1b[1;2;12;40;0&w"],
    ["that it has the focus", "\x1b[I"],
    ["that it has lost the focus", "\x1b[O"],
    ["a released key", "\x1b[97;1:3u"],
    ["a released arrow", "\x1b[1;1:3B"],
    ["a key with Super", "\x1b[97;9u"],
    ["Shift alone", "\x1b[57441;2u"],
    ["a code that is no character", "\x1b[1114112u"],
    ["half of a character", "\x1b[55296u"],
    ["an end of a paste without its start", "\x1b[201~"],
    ["a dragged mouse", "\x1b[<32;10;10M"],
    ["rxvt's mouse", "\x1b[64;12;40M"],
] as const;

test.each(reports)("takes no key from %s", (_name, bytes) => {
    expect(namesOf(readAll(bytes)).filter((name) => name !== "mouse")).toEqual([]);
});

const arbitraryReport = fc.oneof(
    fc.constantFrom(...reports.map(([, bytes]) => Buffer.from(bytes))),
    // Every control string: any opener, any body, any end.
    fc
        .tuple(
            fc.constantFrom("\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x9d", "\x90", "\x9f", "\x9e", "\x98"),
            fc.string({ unit: fc.constantFrom(...Array.from("0;1?/=|[]OM~ABq \n\\漢é😀✜")) }),
            fc.constantFrom("\x1b\\", "\x9c", "\x07"),
        )
        .map((parts) => Buffer.from(parts.join(""))),
    // Every control sequence that is marked as private, or has a byte between its numbers and its end.
    fc
        .tuple(
            fc.constantFrom("\x1b[?", "\x1b[>", "\x1b[=", "\x9b?", "\x1b[1;2 ", "\x1b[1!"),
            fc.stringMatching(/^[!-/]{0,2}[@-~]$/),
        )
        .map((parts) => Buffer.from(parts.join(""))),
    // X10's mouse: any three bytes from 32 on.
    fc
        .array(fc.integer({ min: 32, max: 255 }), { minLength: 3, maxLength: 3 })
        .map((bytes) => Buffer.from([0x1b, 0x5b, 0x4d, ...bytes])),
);

it("keeps exactly the keys between any reports, however the bytes are split", () => {
    const piece = fc.oneof(
        arbitraryReport.map((bytes) => ({ bytes, name: null })),
        fc.constantFrom(...keys).map(([bytes, name]) => ({ bytes: Buffer.from(bytes), name })),
    );
    fc.assert(
        fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 20 }), (sent, places) => {
            const bytes = Buffer.concat(sent.map((each) => each.bytes));
            const cuts = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
            const parser = makeInputParser();
            const events = [0, ...cuts].flatMap((start, index) =>
                parser.push(bytes.subarray(start, cuts[index] ?? bytes.length)),
            );
            expect(namesOf(events.filter(({ kind }) => kind === "key"))).toEqual(
                sent.flatMap(({ name }) => name ?? []),
            );
            expect(parser.patienceMs()).toBeNull();
        }),
        { numRuns: 2_000 },
    );
});

it("gives nothing but whole events for any bytes, and is at rest after two silences", () => {
    fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 8 }), (chunks) => {
            const parser = makeInputParser();
            const events = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush(), ...parser.flush()];
            expect(namesOf(events)).not.toContain("");
            expect(parser.patienceMs()).toBeNull();
            expect(namesOf(parser.push(Buffer.from("q")))).toEqual(["q"]);
        }),
    );
});

describe("what is not all there", () => {
    it("waits a moment for what may follow an escape, and takes it for the Escape key then", () => {
        const parser = makeInputParser();
        expect(parser.push(Buffer.from("\x1b"))).toEqual([]);
        expect(parser.patienceMs()).toBe(100);
        expect(namesOf(parser.flush())).toEqual(["escape"]);
        expect(parser.flush()).toEqual([]);
        expect(parser.patienceMs()).toBeNull();
    });

    it("takes an escape before another key for the Escape key where no key is sent so", () => {
        expect(namesOf(readAll("\x1b\x1b"))).toEqual(["escape", "escape"]);
        expect(namesOf(readAll("\x1b\x1b[A"))).toEqual(["escape", "up"]);
    });

    it("waits longer for a sequence that has begun, and makes one key of it", () => {
        const parser = makeInputParser();
        for (const byte of ["\x1b", "[", "1", ";", "5"]) {
            expect(parser.push(Buffer.from(byte))).toEqual([]);
        }
        expect(parser.patienceMs()).toBe(500);
        expect(namesOf(parser.push(Buffer.from("A")))).toEqual(["ctrl-up"]);
    });

    it.each([
        ["[A", ["escape", "up"]],
        ["OP", ["escape", "f1"]],
        ["[<64;3;4M", ["escape", "mouse"]],
        ["]10;rgb:f/f/f\x1b\\", ["escape"]],
        ["P>|tmux 3.3a\x1b\\", ["escape"]],
        ["[", ["escape", "["]],
        ["OK", ["escape", "O", "K"]],
    ])("reads %j that comes just after Escape's time as what it belongs to", (late, names) => {
        const parser = makeInputParser();
        const events = [...parser.push(Buffer.from("\x1b")), ...parser.flush()];
        expect(parser.patienceMs()).toBe(500);
        expect(namesOf([...events, ...parser.push(Buffer.from(late))])).toEqual(names);
    });

    it.each([
        ["\x1b[", ["alt-["]],
        ["\x1bO", ["alt-O"]],
        ["\x1b]", ["alt-]"]],
        ["\x1bP", ["alt-P"]],
        ["\x1b[3$", ["shift-delete"]],
        ["\x1b[12;4", []],
        ["\x1b[M!", []],
        ["\x1b]10;rgb:ff", []],
        ["\x9d10;rgb:ff", []],
        ["\x1bP>|tmux", []],
    ])("takes %j for %j when nothing more comes", (bytes, names) => {
        expect(namesOf(readAll(bytes))).toEqual(names);
        const parser = makeInputParser();
        parser.push(Buffer.from(bytes));
        parser.flush();
        expect(namesOf(parser.push(Buffer.from("q")))).toEqual(["q"]);
    });

    it.each([
        ["\x1b[12;4\r", ["enter"]],
        ["\x1b[12;4\x1b[A", ["up"]],
        ["\x1b]10;rgb:ff\x03", ["ctrl-c"]],
        ["\x1b]10;rgb:ff\x1b[A", ["up"]],
        ["\x1bP>|tmux\x1b]11;rgb:0/0/0\x07q", ["background", "q"]],
        ["\x1b[M!\x03", ["ctrl-c"]],
    ])("drops what breaks off in %j and keeps what follows", (bytes, names) => {
        expect(namesOf(readAll(bytes))).toEqual(names);
    });

    it("reads a string of any length to its end without keeping it", () => {
        const parser = makeInputParser();
        expect(parser.push(Buffer.from("\x1b]52;c;"))).toEqual([]);
        for (let count = 0; count < 1_000; count++) {
            expect(parser.push(Buffer.from("QUFB".repeat(1_000)))).toEqual([]);
        }
        expect(parser.push(Buffer.from("\x1b"))).toEqual([]);
        expect(namesOf(parser.push(Buffer.from("\\q")))).toEqual(["q"]);
    });
});

describe("UTF-8", () => {
    it("joins a character that comes byte by byte", () => {
        const bytes = [...Buffer.from("漢😀é")].map((byte) => [byte]);
        expect(namesOf(readAll(...bytes))).toEqual(["漢", "😀", "é"]);
    });

    it.each([
        ["a byte that begins nothing", [0xff, 0x61], ["\ufffd", "a"]],
        ["a continuation alone", [0x9d, 0x61], ["\ufffd", "a"]],
        ["a character that breaks off", [0xe6, 0xbc, 0x61], ["\ufffd", "a"]],
        ["a character that breaks off before a sequence", [0xe6, 0x1b, 0x5b, 0x41], ["\ufffd", "up"]],
        ["Latin-1", [0xe9], ["\ufffd"]],
    ])("shows %s as a replacement and keeps what follows", (_name, bytes, names) => {
        expect(namesOf(readAll(bytes))).toEqual(names);
    });
});

describe("the mouse", () => {
    it.each([
        ["SGR", "\x1b[<0;11;6M", "\x1b[<0;11;6m", "\x1b[<65;11;6M"],
        ["X10", "\x1b[M +&", "\x1b[M#+&", "\x1b[Ma+&"],
        ["rxvt", "\x1b[32;11;6M", "\x1b[35;11;6M", "\x1b[97;11;6M"],
    ])("is read in the form of %s", (_name, press, release, wheel) => {
        const place = { kind: "mouse", row: 5, column: 10 };
        expect(readAll(press, release, wheel)).toEqual([
            { ...place, action: "press" },
            { ...place, action: "release" },
            { ...place, action: "wheel-down" },
        ]);
    });

    it("is read in columns whose bytes look like UTF-8", () => {
        expect(readAll([0x1b, 0x5b, 0x4d, 0x20, 0xc3, 0xa9, 0x71])).toEqual([
            { kind: "mouse", action: "press", column: 0xc3 - 33, row: 0xa9 - 33 },
            { kind: "key", name: "q", text: "q" },
        ]);
    });
});

test.each([
    ["\x1b]11;rgb:ffff/0000/8080\x1b\\", [1, 0, 0x8080 / 0xffff]],
    ["\x1b]11;rgb:f/0/8\x07", [1, 0, 8 / 15]],
    ["\x1b]11;rgba:ffff/0000/0000/ffff\x9c", [1, 0, 0]],
])("reads the background of %j", (bytes, color) => {
    expect(readAll(bytes)).toEqual([{ kind: "background", color }]);
});

describe("a paste", () => {
    it.each([
        ["line ends of Windows", "select 1,\r\n 'x\r\ny'\r\n", "select 1,\n 'x\ny'\n"],
        ["line ends as terminals send them", "a\rb\r\rc", "a\nb\n\nc"],
        ["line ends that stay", "a\nb\n\nc", "a\nb\n\nc"],
        [
            "escape sequences as they are",
            "\x1b[31mred\x1b]10;?\x1b\\\x1b[200~\x1b",
            "\x1b[31mred\x1b]10;?\x1b\\\x1b[200~\x1b",
        ],
        ["every character", "漢😀é", "漢😀é"],
        ["nothing", "", ""],
    ])("gives %s, however it is split", (_name, sent, text) => {
        const bytes = Buffer.from(`\x1b[200~${sent}\x1b[201~q`);
        const expected = [
            { kind: "paste", text },
            { kind: "key", name: "q", text: "q" },
        ];
        expect(readAll(...[...bytes].map((byte) => [byte]))).toEqual(expected);
        for (let cut = 0; cut <= bytes.length; cut++) {
            expect(readAll([...bytes.subarray(0, cut)], [...bytes.subarray(cut)])).toEqual(expected);
        }
    });

    it("is given without its end when that does not come for long, and keys are keys again", () => {
        const parser = makeInputParser();
        expect(parser.push(Buffer.from("\x1b[200~select 1\x1b[20"))).toEqual([]);
        expect(parser.patienceMs()).toBe(5_000);
        expect(parser.flush()).toEqual([{ kind: "paste", text: "select 1\x1b[20" }]);
        expect(namesOf(parser.push(Buffer.from("q")))).toEqual(["q"]);
    });

    it("is cut after a million bytes", () => {
        const events = readAll("\x1b[200~", ...Array.from({ length: 3 }, () => "x".repeat(600_000)), "\x1b[201~q");
        expect(namesOf(events)).toEqual(["paste", "q"]);
        expect(events[0]).toEqual({ kind: "paste", text: "x".repeat(1_000_000) });
    });
});
