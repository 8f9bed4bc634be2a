import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant, or null when none is near. */
export function nearestNameOrNull(given: string, known: readonly string[]): string | null {
    const lower = given.toLowerCase();
    const nearest = known.length === 0 ? null : closest(lower, [...known]);
    if (nearest !== null && distance(lower, nearest) <= Math.max(2, Math.floor(given.length / 3))) {
        return nearest;
    }
    return given.length < 3 ? null : (known.find((name) => name.includes(lower)) ?? null);
}

/** The hint after “unknown …”: the nearest name, or where to find all of them. */
export function didYouMean(given: string, known: readonly string[], otherwise: string): string {
    const nearest = nearestNameOrNull(given, known);
    return nearest === null ? otherwise : `Did you mean ${nearest}?`;
}
