import type { Completion } from "./completion.js";

/** What may stand at the cursor, and by which name it is found. */
export interface Option extends Completion {
    readonly name: string;
}

/** More than a person looks through. */
const mostCandidates = 500;

/**
 * The options that match what is written, the best first: those that begin with it, those of which a part does
 * (`count` finds `order_count`), those that contain it; among equals in the order given.
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
