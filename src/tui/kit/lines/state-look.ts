import type { ModelStatus, TestStatus } from "../../../runs/run.js";
import type { Role, Theme } from "../theme.js";

/** How a state looks: its colour, its symbol, and a word of at most five letters. */
export type Look = readonly [role: Role, symbol: string, word: string];

/** The last result of a model, as stored in `ops`; null for a model that no run has built. */
export function lookOfResult(status: ModelStatus | null, hasWarned: boolean, { symbols }: Theme): Look {
    switch (status) {
        case null:
            return ["queued", symbols.queued, "never"];
        case "ok":
            return hasWarned ? ["warned", symbols.warned, "warn"] : ["ok", symbols.ok, "ok"];
        case "failed":
            return ["failed", symbols.failed, "FAIL"];
        case "skipped":
            return ["skipped", symbols.skipped, "skip"];
        case "running":
            return ["running", symbols.running, "run"];
        case "queued":
            return ["queued", symbols.queued, "queue"];
        case "cancelled":
            return ["warned", symbols.cancelled, "stop"];
    }
}

/** The last result of a data test; null for one that never ran. `isHeld`: a constraint guarantees it, so it need not run. */
export function lookOfTest(status: TestStatus | null, { symbols }: Theme, isHeld = false): Look {
    switch (status) {
        case null:
            return isHeld ? ["ok", symbols.ok, "held"] : ["queued", symbols.queued, "never"];
        case "passed":
            return ["ok", symbols.ok, "ok"];
        case "warned":
            return ["warned", symbols.warned, "warn"];
        case "known":
            return ["dim", symbols.warned, "known"];
        case "broken":
            return ["failed", symbols.failed, "broke"];
        case "failed":
            return ["failed", symbols.failed, "FAIL"];
    }
}

/** `✓ ok` */
export function formatLook([role, symbol, word]: Look, theme: Theme): string {
    return theme.style(role, `${symbol} ${word}`);
}
