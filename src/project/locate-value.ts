import type { ValuePath } from "./plain-value.js";

/**
 * Where in a file's text a part of a definition is written: the key of a property, or the start of a list's item. If a part is not
 * written out (a variable, a spread, a call), the nearest place around it; null if not even the definition is found.
 *
 * @param exportName the name of the definition's export; `default` for the default export
 */
export function locateValueOrNull(text: string, exportName: string, path: ValuePath): number | null {
    let at = findExportOrNull(text, exportName);
    if (at === null) {
        return null;
    }
    let place = at;
    for (const key of path) {
        const open = skipToValue(text, at);
        const found = text[open] === "{" ? findKeyOrNull(text, open, key) : findItemOrNull(text, open, key);
        if (found === null) {
            return place;
        }
        place = found.place;
        at = found.value;
    }
    return place;
}

function findExportOrNull(text: string, exportName: string): number | null {
    const pattern =
        exportName === "default"
            ? /^\s*export\s+default\s+/m
            : new RegExp(`^\\s*export\\s+(?:const|let|var)\\s+${exportName}\\b[^=\\n]*=\\s*`, "m");
    const found = pattern.exec(text);
    if (found === null) {
        return null;
    }
    const start = found.index + found[0].length;
    // `export default model;` exports the variable of that name.
    const variable = /^([\w$]+)\s*;?\s*$/m.exec(text.slice(start).split("\n")[0] ?? "")?.[1];
    const declared =
        variable === undefined
            ? null
            : new RegExp(`^\\s*(?:const|let|var)\\s+${variable.replaceAll("$", "\\$")}\\b[^=\\n]*=\\s*`, "m").exec(
                  text,
              );
    return declared === null ? start : declared.index + declared[0].length;
}

/** Skips blanks, comments and the call around a value: `defineModel(`. */
function skipToValue(text: string, from: number): number {
    let at = skipBlank(text, from);
    const call = /^[\w$.]+(?:<[^>()]*>)?\(/.exec(text.slice(at, at + 200));
    if (call !== null) {
        at = skipBlank(text, at + call[0].length);
    }
    return at;
}

interface Found {
    readonly place: number;
    readonly value: number;
}

function findKeyOrNull(text: string, open: number, key: string | number): Found | null {
    for (const member of membersOf(text, open)) {
        const [, quoted, word] = /^(?:["'`]([^"'`\n]*)["'`]|([\w$]+))/.exec(text.slice(member, member + 300)) ?? [];
        const name = quoted ?? word;
        if (name !== String(key)) {
            continue;
        }
        const afterName = skipBlank(text, member + name.length + (quoted === undefined ? 0 : 2));
        return { place: member, value: text[afterName] === ":" ? skipBlank(text, afterName + 1) : member };
    }
    return null;
}

function findItemOrNull(text: string, open: number, key: string | number): Found | null {
    if (text[open] !== "[" || typeof key !== "number") {
        return null;
    }
    const members = membersOf(text, open);
    const place = members[key];
    // With a spread, items cannot be counted.
    return place === undefined || members.some((member) => text.startsWith("...", member))
        ? null
        : { place, value: place };
}

/** Where each member of an object or list begins. */
function membersOf(text: string, open: number): readonly number[] {
    const members: number[] = [];
    let at = skipBlank(text, open + 1);
    while (at < text.length && !"}])".includes(text[at] ?? "")) {
        members.push(at);
        at = skipMember(text, at);
        if (text[at] === ",") {
            at = skipBlank(text, at + 1);
        }
    }
    return members;
}

/** Skips to the comma or bracket that ends a member. */
function skipMember(text: string, from: number): number {
    let depth = 0;
    const plain = /[^"'`{}[\](),/]*/y;
    for (let at = from; at < text.length; at++) {
        plain.lastIndex = at;
        plain.exec(text);
        at = plain.lastIndex;
        const character = text[at] ?? "";
        const past = character === "/" ? skipBlank(text, at) : at;
        if (past > at) {
            at = past - 1;
        } else if (character !== "" && `"'\``.includes(character)) {
            at = endOfText(text, at);
        } else if (character !== "" && "{[(".includes(character)) {
            depth++;
        } else if (character !== "" && "}])".includes(character)) {
            if (depth === 0) {
                return at;
            }
            depth--;
        } else if (character === "," && depth === 0) {
            return at;
        }
    }
    return text.length;
}

function endOfText(text: string, start: number): number {
    for (let at = start + 1; at < text.length; at++) {
        if (text[at] === "\\") {
            at++;
        } else if (text[at] === text[start]) {
            return at;
        }
    }
    return text.length;
}

/** Skips white space and comments. */
function skipBlank(text: string, from: number): number {
    const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    blank.lastIndex = from;
    blank.exec(text);
    return Math.max(from, blank.lastIndex);
}
