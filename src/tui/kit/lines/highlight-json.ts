import type { Segment } from "./styled-text.js";
import type { TextPiece } from "./long-text.js";

const token = /"(?:[^"\\]|\\.)*"?(\s*:\s*)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b|[^"\d\-tfn]+|[\s\S]/g;

/** A piece of a JSON line, split into segments with their roles. */
export function highlightJson({ text, isContinued }: TextPiece): readonly Segment[] {
    // Only strings are long enough for their line to be cut, so a continued piece begins inside a string.
    const rest = isContinued ? (/^(?:[^"\\]|\\.)*"?/.exec(text)?.[0] ?? "") : "";
    const segments: Segment[] = rest === "" ? [] : [{ text: rest, role: "string" }];
    for (const [part, colon] of text.slice(rest.length).matchAll(token)) {
        if (part.startsWith('"') && colon !== undefined) {
            segments.push({ text: part.slice(0, -colon.length), role: "accent" }, { text: colon, role: "plain" });
        } else {
            segments.push({ text: part, role: roleOf(part) });
        }
    }
    return segments;
}

function roleOf(part: string): Segment["role"] {
    if (part.startsWith('"')) {
        return "string";
    }
    return /^(?:true|false|null)$/.test(part) ? "keyword" : /^-?\d/.test(part) ? "number" : "plain";
}
