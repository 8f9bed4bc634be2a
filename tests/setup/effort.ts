/**
 * A factor for how long to search for counterexamples: `STARDECK_TEST_EFFORT=20 npm test` searches longer, and `.ci/run` shorter. Each run
 * tries other cases.
 */
const effort = Number(process.env.STARDECK_TEST_EFFORT ?? "1");

/** The number of cases to try in place of `usual`; `least` where each must be tried at least once. */
export function countCases(usual: number, least = 1): number {
    return Math.max(least, Math.ceil(usual * effort));
}

/** A case may take seconds on a busy machine. */
export const searchTimeoutMs = Math.ceil(300_000 * Math.max(1, effort));
