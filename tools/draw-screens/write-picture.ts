import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** `2 min ago`, `633 days old`, and the width of a text that may hold such an age. */
const aging = /(?:\d[\d,]* (?:s|min|h|days?)|just now)\b(?: ago| old)?| textLength="[^"]*"/g;

/** Writes a file, unless the one that is there tells the same and only its ages are older. */
export function writePicture(file: string, text: string): void {
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (before.replaceAll(aging, "") !== text.replaceAll(aging, "")) {
        writeFileSync(file, text);
    }
}
