import { ownApplication, type LoadTurn } from "../database/embedded/open-embedded.js";
import { formatDuration } from "../text/format-values.js";
import type { Output } from "./output.js";

const lookEveryMs = 1000;

/**
 * Reports on stderr whom this process waits for at the embedded database, which serves one transaction at a time: once for each, after a
 * second.
 *
 * @returns a function that stops the reports
 */
export function tellEmbeddedWaits(loadTurn: LoadTurn, output: Pick<Output, "talk">): () => void {
    let told: number | null = null;
    const look = async (): Promise<void> => {
        const turn = await loadTurn();
        if (turn === null || turn.application === ownApplication) {
            told = null;
        } else if (turn.heldMs >= lookEveryMs && turn.backendPid !== told) {
            told = turn.backendPid;
            const what = turn.isRunning ? "a statement has been running" : "a transaction has been open";
            output.talk(
                `Waiting for the embedded database, which serves one at a time: ${what} for ${formatDuration(turn.heldMs)} in ${turn.application}.`,
            );
        }
    };
    const timer = setInterval(() => {
        // A failed look is harmless: the next one may succeed.
        look().catch(() => undefined);
    }, lookEveryMs);
    timer.unref();
    return () => {
        clearInterval(timer);
    };
}
