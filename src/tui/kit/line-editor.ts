import type { InputEvent } from "../terminal/parse-input.js";

/** A text being edited; the cursor is an index in UTF-16 units. */
export interface EditedText {
    readonly text: string;
    readonly cursor: number;
}

/** Longer than anything a person types; a longer paste is cut. */
const maxLength = 100_000;

const graphemes = new Intl.Segmenter();

/** The text after a key or a paste, with the editing keys of shells; null for any other event. */
export function editOrNull({ text, cursor }: EditedText, event: InputEvent): EditedText | null {
    if (event.kind === "paste") {
        return insert({ text, cursor }, event.text);
    }
    if (event.kind !== "key") {
        return null;
    }
    const before = text.slice(0, cursor);
    const after = text.slice(cursor);
    switch (event.name) {
        case "left":
        case "ctrl-b":
            return { text, cursor: cursor - lastGrapheme(before).length };
        case "right":
        case "ctrl-f":
            return { text, cursor: cursor + firstGrapheme(after).length };
        case "home":
        case "ctrl-a":
            return { text, cursor: before.lastIndexOf("\n") + 1 };
        case "end":
        case "ctrl-e":
            return { text, cursor: after.includes("\n") ? cursor + after.indexOf("\n") : text.length };
        case "backspace": {
            const start = cursor - lastGrapheme(before).length;
            return { text: text.slice(0, start) + after, cursor: start };
        }
        case "delete":
        case "ctrl-d":
            return { text: before + after.slice(firstGrapheme(after).length), cursor };
        case "ctrl-w":
        case "alt-backspace": {
            const kept = before.trim() === "" ? before : (/^[^]*\s(?=\S)/.exec(before)?.[0] ?? "");
            return { text: kept + after, cursor: kept.length };
        }
        case "ctrl-u":
            return { text: after, cursor: 0 };
        case "ctrl-k":
            return { text: before, cursor };
        default:
            return event.text === "" ? null : insert({ text, cursor }, event.text);
    }
}

/** Like `editOrNull`, for a text of one line: line breaks of a paste become spaces, and those at its end are dropped. */
export function editLineOrNull(edited: EditedText, event: InputEvent): EditedText | null {
    return editOrNull(
        edited,
        event.kind === "paste" ? { ...event, text: withoutLastBreaks(event.text).replaceAll("\n", " ") } : event,
    );
}

function withoutLastBreaks(text: string): string {
    return /^[^]*[^\n]/.exec(text)?.[0] ?? "";
}

function insert({ text, cursor }: EditedText, added: string): EditedText {
    const room = added.slice(0, Math.max(0, maxLength - text.length));
    return { text: text.slice(0, cursor) + room + text.slice(cursor), cursor: cursor + room.length };
}

function firstGrapheme(text: string): string {
    return graphemes.segment(text.slice(0, 100))[Symbol.iterator]().next().value?.segment ?? "";
}

function lastGrapheme(text: string): string {
    return [...graphemes.segment(text.slice(-100))].at(-1)?.segment ?? "";
}
