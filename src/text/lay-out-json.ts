const token = /[\s]+|"(?:[^"\\]|\\[\s\S])*"?|[{}[\],:]|[^\s{}[\],:"]+/y;

/** Deeper levels are not indented further: with very deep nesting the blanks would grow with the square of the text. */
const deepestIndent = 40;

/**
 * Breaks JSON into lines, each level two blanks deeper. Only blanks between its parts change: numbers keep every digit,
 * keys their order. Text that is cut off or not JSON is laid out as far as possible.
 */
export function layOutJson(text: string): readonly string[] {
    const lines: string[] = [];
    let line = "";
    let depth = 0;
    let isOpen = false;
    const breakLine = (): void => {
        lines.push(line);
        line = "  ".repeat(Math.min(depth, deepestIndent));
    };
    token.lastIndex = 0;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
        const [part] = match;
        if (/^\s/.test(part)) {
            continue;
        }
        if (part === "}" || part === "]") {
            depth = Math.max(0, depth - 1);
            if (!isOpen) {
                breakLine();
            }
            isOpen = false;
            line += part;
            continue;
        }
        if (isOpen) {
            breakLine();
            isOpen = false;
        }
        if (part === "{" || part === "[") {
            line += part;
            depth++;
            isOpen = true;
        } else if (part === ",") {
            line += part;
            breakLine();
        } else {
            line += part === ":" ? ": " : part;
        }
    }
    lines.push(line);
    return lines;
}

/** The content of a JSON string that is itself JSON, as in payloads encoded twice; else null. */
export function unwrapJsonOrNull(text: string): string | null {
    if (!/^\s*"\s*(?:\{|\[)/.test(text)) {
        return null;
    }
    try {
        const inner: unknown = JSON.parse(text);
        JSON.parse(String(inner));
        return typeof inner === "string" ? inner : null;
    } catch {
        return null;
    }
}

/** Whether a text is a JSON object or array. Text over a million characters is judged by its first and last brackets only. */
export function looksLikeJson(text: string): boolean {
    if (
        !/^\s*(?:\{[\s\S]*\}|\[[\s\S]*\])\s*$/.test(text.length > 10_000 ? text.slice(0, 100) + text.slice(-100) : text)
    ) {
        return false;
    }
    if (text.length > 1_000_000) {
        return true;
    }
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}
