import type { Completion } from "./completion.js";

/** A possible completion, and the name that the written text is matched with. */
export interface Option extends Completion {
    readonly name: string;
}

/** Nobody looks through more. */
const mostCandidates = 500;

/**
 * The options that match the prefix, the best first: the name begins with it, a word of the name does
 * (`count` finds `order_count`), the name contains it. Equal matches keep their order.
 */
export function rankCompletions(options: readonly Option[], prefix: string): readonly Completion[] {
    const wanted = prefix.toLowerCase();
    const groups: Completion[][] = [[], [], []];
    const seen = new Set<string>();
    for (const { name, text, kind, detail } of options) {
        const quality = matchQuality(name.toLowerCase(), wanted, kind);
        if (quality !== null && !seen.has(text)) {
            seen.add(text);
            groups[quality]?.push({ text, kind, detail });
        }
    }
    return groups.flat().slice(0, mostCandidates);
}

function matchQuality(name: string, wanted: string, kind: Completion["kind"]): number | null {
    if (name.startsWith(wanted)) {
        return 0;
    }
    if (kind === "keyword") {
        return null;
    }
    const at = name.indexOf(wanted);
    if (at < 0) {
        return null;
    }
    return /[\s_.-]/.test(name[at - 1] ?? "") || name.includes(`_${wanted}`) ? 1 : 2;
}
