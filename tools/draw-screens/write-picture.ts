import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** `2 min ago`, `633 days old`, and the width of a text that may contain such an age. */
const aging = /(?:\d[\d,]* (?:s|min|h|days?)|just now)\b(?: ago| old)?| textLength="[^"]*"/g;

/** Writes a file, unless the existing one differs only in ages. */
export function writePicture(file: string, text: string): void {
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (before.replaceAll(aging, "") !== text.replaceAll(aging, "")) {
        writeFileSync(file, text);
    }
}
