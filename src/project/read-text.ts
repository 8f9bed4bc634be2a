import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { errorMessage } from "../config/errors.js";

/** Larger than any file that a person writes. */
const mostBytes = 10 * 1024 * 1024;

/** The text of a file, with line ends as `\n` and without byte order mark; or one sentence why it is not text. */
export function readTextFile(path: string): { readonly text: string } | { readonly trouble: string } {
    const read = readBytes(path);
    if ("trouble" in read) {
        return read;
    }
    const { bytes } = read;
    if (bytes[0] === 0xff && bytes[1] === 0xfe) {
        return { trouble: "It is written in UTF-16; save it as UTF-8." };
    }
    if (bytes.includes(0)) {
        return { trouble: "It is binary: it holds zero bytes." };
    }
    if (!isUtf8(bytes)) {
        return { trouble: "It is not written in UTF-8; save it as UTF-8." };
    }
    const text = bytes.toString("utf8");
    return { text: (text.startsWith("\ufeff") ? text.slice(1) : text).replaceAll(/\r\n?/g, "\n") };
}

/** The bytes of a file, or one sentence why it cannot be read. */
function readBytes(path: string): { readonly bytes: Buffer } | { readonly trouble: string } {
    try {
        const bytes = readFileSync(path);
        return bytes.length > mostBytes ? { trouble: `It is larger than ${mostBytes / 1024 / 1024} MB.` } : { bytes };
    } catch (error) {
        return { trouble: describeFileError(error) };
    }
}

export function describeFileError(error: unknown): string {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    switch (code) {
        case "EACCES":
        case "EPERM":
            return "It may not be read by this user.";
        case "ENOENT":
            return "It does not exist any more, or is a link to nothing.";
        case "ELOOP":
            return "It is a link that leads to itself.";
        default:
            return `It cannot be read: ${errorMessage(error)}.`;
    }
}
